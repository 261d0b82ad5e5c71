"""The trial balance: what every account stands at, and proof that debits equal credits."""

from decimal import Decimal

import msgspec

from accounting_emulator.books import Books
from accounting_emulator.layers import ZERO


class TrialRow(msgspec.Struct, frozen=True, kw_only=True):
    """One account's balance, on the side where it stands."""

    account_id: str
    name: str
    debit: Decimal
    credit: Decimal


class TrialBalance(msgspec.Struct, frozen=True, kw_only=True):
    """All accounts with a balance, and the two totals."""

    rows: tuple[TrialRow, ...]
    total_debit: Decimal
    total_credit: Decimal
    inventory_value: Decimal
    is_balanced: bool


def trial_balance(*, books: Books) -> TrialBalance:
    """List every account that has a balance, in the order of their names."""
    standing = ((books.accounts[number], amount) for number, amount in books.balances.items())
    rows = tuple(
        TrialRow(
            account_id=str(account.id),
            name=account.name,
            debit=max(amount, ZERO),
            credit=max(-amount, ZERO),
        )
        for account, amount in sorted(standing, key=lambda pair: pair[0].name)
        if amount
    )
    debit = sum((row.debit for row in rows), ZERO)
    credit = sum((row.credit for row in rows), ZERO)
    return TrialBalance(
        rows=rows,
        total_debit=debit,
        total_credit=credit,
        inventory_value=books.shelf.value,
        is_balanced=debit == credit,
    )
