"""What a company remembers of its changes beside the objects themselves.

Objects carry when they were last updated. What they cannot tell is kept here: which items changed
by nothing but a movement of stock, and which objects are gone for good.
"""

from collections.abc import Iterable

import msgspec

from accounting_emulator.books import Event


class Gone(msgspec.Struct, frozen=True):
    """An object that was deleted; `at` in seconds since 1970 UTC."""

    entity: str
    id: int
    at: int


class ChangeTimes:
    """When items moved and were edited, and what was deleted."""

    def __init__(self) -> None:
        self._moved: dict[int, int] = {}
        self._edited: dict[int, int] = {}
        self._gone: list[Gone] = []

    def note(self, *, events: Iterable[Event], at: int) -> None:
        """Remember what happened at an instant."""
        for event in events:
            if event.operation == "Delete":
                self._gone.append(Gone(event.entity, event.id, at))
            elif event.entity == "Item":
                times = self._moved if event.is_stock_move else self._edited
                times[event.id] = at

    def list_moved(self, *, since: float) -> list[int]:
        """List the items whose stock moved since an instant."""
        return [number for number, at in self._moved.items() if at >= since]

    def list_only_moved(self, *, since: float) -> set[int]:
        """List the items that changed since an instant by movements of stock alone."""
        moved = self.list_moved(since=since)
        return {number for number in moved if self._edited.get(number, 0) < since}

    def list_gone(self, *, entity: str, since: float) -> list[Gone]:
        """List what was deleted since an instant, the earliest first."""
        return [gone for gone in self._gone if gone.entity == entity and gone.at >= since]
