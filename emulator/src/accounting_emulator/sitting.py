"""One request's turn at the books: what it carried out, and the answer it was given."""

from typing import TYPE_CHECKING

from accounting_emulator.books import Command, Event
from accounting_emulator.company import Company

if TYPE_CHECKING:
    from accounting_emulator.journal import Reply


class Sitting:
    """Collects what one request changes, so that it reaches the journal as one line."""

    def __init__(self, *, company: Company) -> None:
        self.company = company
        self.commands: list[Command] = []
        self.events: list[Event] = []
        self.reply: Reply | None = None

    def execute(self, command: Command) -> tuple[Event, ...]:
        """Carry a command out; one that changes nothing is not worth a line.

        Raises:
            Refusal: the books do not allow it.
        """
        events = self.company.execute(command=command)
        if events:
            self.commands.append(command)
            self.events += events
        return events
