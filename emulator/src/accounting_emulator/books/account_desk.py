"""The chart of accounts as it changes: new accounts, renamed, moved, switched off."""

from collections.abc import Callable

import msgspec
from msgspec import UNSET

from accounting_emulator import chart
from accounting_emulator.books.account_types import CLASSIFICATIONS, SUB_TYPES, TYPE_OF_SUB_TYPE
from accounting_emulator.books.commands import AccountFields, Event, SaveAccount
from accounting_emulator.books.item_rules import merged
from accounting_emulator.books.ledger import Ledger
from accounting_emulator.books.names import checked_name
from accounting_emulator.books.refusals import Refusal
from accounting_emulator.books.trees import has_active_below, placed, renamed_below, switched_off
from accounting_emulator.chart import Account
from accounting_emulator.layers import ZERO

_PERMANENT = ("OpeningBalanceEquity", "RetainedEarnings", "UndepositedFunds")
_PERMANENT_TYPES = ("Accounts Receivable", "Accounts Payable")


class AccountDesk:
    """Carries out what commands ask about accounts; `holds_stock` says whether items use one."""

    def __init__(
        self,
        *,
        accounts: dict[int, Account],
        ledger: Ledger,
        holds_stock: Callable[[int], bool],
    ) -> None:
        self._accounts = accounts
        self._ledger = ledger
        self._holds_stock = holds_stock

    def save(self, *, command: SaveAccount) -> tuple[Event, ...]:
        """Add an account or change one; nothing happens when nothing would change.

        Raises:
            Refusal: there is no such account, or what it would become is not allowed.
        """
        if command.account_id is None:
            return self._create(command)
        old = self._accounts.get(command.account_id)
        if old is None:
            raise Refusal("not_found", f"There is no account with id {command.account_id}.")
        new = self._switched(self._drafted(old, command), command.fields)
        if new == old:
            return ()
        self._refuse_taken(new)
        self._expect_same_class(old, new)
        if old.active and not new.active:
            self._clear_balance(old, command.today)
        self._put(
            msgspec.structs.replace(new, sync_token=old.sync_token + 1, updated_at=command.at),
            old.full_name,
        )
        return (Event("Account", new.id, "Update"),)

    def _create(self, command: SaveAccount) -> tuple[Event, ...]:
        blank = Account(
            id=max(self._accounts, default=0) + 1,
            name="",
            full_name="",
            classification="",
            account_type="",
            account_sub_type="",
            created_at=command.at,
            updated_at=command.at,
        )
        account = self._drafted(blank, command)
        checked_name(name=account.name, what="An account")
        self._refuse_taken(account)
        if command.opening_balance:
            self._open(account, command)
        self._put(account, account.full_name)
        return (Event("Account", account.id, "Create"),)

    def _drafted(self, old: Account, command: SaveAccount) -> Account:
        fields = command.fields
        changes = {
            name: value
            for name, value in msgspec.structs.asdict(fields).items()
            if value is not UNSET and name in ("name", "number", "description")
        }
        if "name" in changes and changes["name"] != old.name:
            changes["name"] = _checked(changes["name"])
        if fields.account_type is not UNSET or fields.account_sub_type is not UNSET:
            changes |= _kind(old, fields)
        if command.details:
            changes["details"] = merged(old=old.details, new=command.details)
        draft = msgspec.structs.replace(old, **changes)
        parent_id = old.parent_id if fields.parent_id is UNSET else fields.parent_id
        return self._placed(draft, parent_id)

    def _placed(self, account: Account, parent_id: int | None) -> Account:
        parent = self._accounts.get(parent_id or 0)
        if parent is not None and parent.account_type != account.account_type:
            raise Refusal("bad_parent", "A sub-account has the type of its parent.")
        return placed(row=account, parent_id=parent_id, rows=self._accounts, kinds="Accounts")

    def _switched(self, account: Account, fields: AccountFields) -> Account:
        if fields.active is UNSET or fields.active == account.active:
            return account
        if fields.active:
            return msgspec.structs.replace(account, active=True)
        self._expect_dispensable(account)
        return switched_off(
            row=account,
            is_taken=lambda row: self._find(row.full_name) not in (None, account.id),
        )

    def _expect_dispensable(self, account: Account) -> None:
        is_fixed = (
            account.account_sub_type in _PERMANENT or account.account_type in _PERMANENT_TYPES
        )
        if is_fixed or self._is_stock_account(account):
            raise Refusal("rule", f"{account.name} is in use and cannot be made inactive.")
        if has_active_below(row=account, rows=self._accounts):
            raise Refusal("rule", f"{account.name} has sub-accounts; make them inactive first.")

    def _expect_same_class(self, old: Account, new: Account) -> None:
        if new.account_type == old.account_type and new.account_sub_type == old.account_sub_type:
            return
        if self._is_stock_account(old):
            raise Refusal("rule", f"{old.name} holds stock and keeps its type.")
        if new.classification != old.classification and self._ledger.has_entries(account=old.id):
            raise Refusal("rule", f"{old.name} has transactions and keeps its class.")

    def _is_stock_account(self, account: Account) -> bool:
        """Say whether items keep their stock here; asks all items, so only where it can be."""
        return account.account_sub_type == "Inventory" and self._holds_stock(account.id)

    def _clear_balance(self, account: Account, today: str) -> None:
        """Empty a balance sheet account into opening balance equity, as switching it off does."""
        balance = self._ledger.balances.get(account.id, ZERO)
        if account.classification not in chart.BALANCE_SHEET_CLASSES:
            return
        self._ledger.move(
            on=today,
            memo="Account made inactive",
            accounts=(chart.OPENING_BALANCE_EQUITY, account.id),
            amount=balance,
        )

    def _open(self, account: Account, command: SaveAccount) -> None:
        if command.opened_on is None:
            raise Refusal("opening_date_missing", "An opening balance needs its date.")
        if account.classification not in chart.BALANCE_SHEET_CLASSES:
            raise Refusal("rule", f"An account of type {account.account_type} opens with nothing.")
        sign = 1 if account.classification in chart.DEBIT_CLASSES else -1
        self._ledger.move(
            on=command.opened_on,
            memo="Opening balance",
            accounts=(account.id, chart.OPENING_BALANCE_EQUITY),
            amount=command.opening_balance * sign,
        )

    def _put(self, account: Account, old_name: str) -> None:
        self._accounts[account.id] = account
        if account.full_name == old_name:
            return
        for row in renamed_below(rows=self._accounts, old_name=old_name, new=account):
            self._accounts[row.id] = row

    def _find(self, full_name: str) -> int | None:
        wanted = full_name.casefold()
        matches = (a.id for a in self._accounts.values() if a.full_name.casefold() == wanted)
        return next(matches, None)

    def _refuse_taken(self, account: Account) -> None:
        for row in self._accounts.values():
            if row.id == account.id:
                continue
            if row.full_name.casefold() == account.full_name.casefold():
                raise Refusal("duplicate_name", f"The name supplied already exists. : Id={row.id}")
            if account.number is not None and row.number == account.number:
                raise Refusal("rule", f"The account number {account.number} is used by {row.name}.")


def _checked(name: str) -> str:
    if '"' in name:
        raise Refusal("bad_name", "The name of an account holds no quotation mark.")
    return checked_name(name=name, what="An account")


def _kind(old: Account, fields: AccountFields) -> dict[str, str]:
    """Settle class, type and detail type; either of the last two brings the other along."""
    kind = (old.account_type or None) if fields.account_type is UNSET else fields.account_type
    sub = fields.account_sub_type
    if sub is UNSET:
        sub = old.account_sub_type if kind == old.account_type else None
    if kind is None and sub is None:
        raise Refusal("no_account_type", "An account needs a type or a detail type.")
    if kind is None:
        kind = TYPE_OF_SUB_TYPE.get(sub or "")
    if kind not in SUB_TYPES:
        raise Refusal("bad_choice", f"There is no account type {kind or sub}.")
    sub = sub or SUB_TYPES[kind][0]
    if sub not in SUB_TYPES[kind]:
        raise Refusal("bad_choice", f"{sub} is no detail type of {kind}.")
    return {
        "account_type": kind,
        "account_sub_type": sub,
        "classification": CLASSIFICATIONS[kind],
    }
