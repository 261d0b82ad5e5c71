"""The general ledger: balanced entries, the balances they add up to, and closed periods.

An entry that does not balance is a fault of the programmer, not of the world: it is asserted,
never refused. A date in a closed period is refused, and before anything is written.
"""

from collections import defaultdict
from decimal import Decimal

import msgspec

from accounting_emulator.books.refusals import Refusal
from accounting_emulator.layers import ZERO


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One side of an entry: debits are positive, credits negative."""

    account: int
    amount: Decimal


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One balanced posting."""

    occurred_on: str
    memo: str
    lines: tuple[Line, ...]
    item_id: int | None = None


class Ledger:
    """All entries of one company, in the order in which they were posted."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.balances: dict[int, Decimal] = defaultdict(lambda: ZERO)
        self.closed_through: str | None = None

    def expect_open(self, *, day: str) -> None:
        """Let a day pass when the books are open on it; days as YYYY-MM-DD.

        Raises:
            Refusal: the books are closed up to that day or a later one.
        """
        if self.closed_through is not None and day <= self.closed_through:
            raise Refusal("closed", f"The books are closed up to {self.closed_through}.")

    def post(self, *, entry: Entry) -> None:
        """Write one entry down; lines without an amount are left out.

        Raises:
            Refusal: the books are closed on its day.
        """
        lines = tuple(line for line in entry.lines if line.amount)
        if not lines:
            return
        if sum((line.amount for line in lines), ZERO):
            raise AssertionError(f"an entry balances: {entry}")
        self.expect_open(day=entry.occurred_on)
        for line in lines:
            self.balances[line.account] += line.amount
        self.entries.append(msgspec.structs.replace(entry, lines=lines))

    def move(
        self,
        *,
        on: str,
        memo: str,
        accounts: tuple[int, int],
        amount: Decimal,
        item_id: int | None = None,
    ) -> None:
        """Write the commonest entry: debit the first account, credit the second.

        Raises:
            Refusal: the books are closed on that day.
        """
        debit, credit = accounts
        lines = (Line(debit, amount), Line(credit, -amount))
        self.post(entry=Entry(occurred_on=on, memo=memo, lines=lines, item_id=item_id))

    def has_entries(self, *, account: int) -> bool:
        """Say whether anything was ever posted to an account."""
        return any(line.account == account for entry in self.entries for line in entry.lines)
