"""One company's books: chart of accounts, items with their stock, name lists, ledger."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from accounting_emulator import chart
from accounting_emulator.books.account_desk import AccountDesk
from accounting_emulator.books.commands import (
    Command,
    CreateItem,
    Details,
    EditItem,
    Event,
    ItemCommand,
    MergeItems,
    RemoveItem,
    SaveAccount,
    SaveEntry,
    SaveSettings,
    SetQuantity,
)
from accounting_emulator.books.item_desk import ItemDesk
from accounting_emulator.books.item_rules import merged
from accounting_emulator.books.ledger import Entry, Ledger
from accounting_emulator.books.merging import merge_items
from accounting_emulator.books.name_lists import make_name_lists
from accounting_emulator.items import Item, ItemShelf
from accounting_emulator.layers import ZERO


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What was changed about the company itself since it was founded."""

    sync_token: int = 0
    updated_at: int | None = None
    details: Details = {}


class Books:
    """Everything one company has written down; changes only by commands."""

    def __init__(self, *, accounts: Iterable[chart.Account]) -> None:
        self.accounts = {account.id: account for account in accounts}
        self.shelf = ItemShelf()
        self.lists = make_name_lists()
        self.ledger = Ledger()
        self.settings = {"CompanyInfo": Settings(), "Preferences": Settings()}
        self._items = ItemDesk(shelf=self.shelf, accounts=self.accounts, ledger=self.ledger)
        self._chart = AccountDesk(
            accounts=self.accounts, ledger=self.ledger, holds_stock=self._holds_stock
        )

    @property
    def entries(self) -> list[Entry]:
        """Give all entries in the order of posting."""
        return self.ledger.entries

    @property
    def balances(self) -> dict[int, Decimal]:
        """Give the balance of each account that was posted to; debits are positive."""
        return self.ledger.balances

    def open_with(self, *, items: Iterable[Item]) -> None:
        """Take over a catalogue as it stands, posting its opening stock day by day.

        Items come in the order of their ids. One entry per day and asset account keeps the
        ledger of a large catalogue short.
        """
        opening: dict[tuple[str, int], Decimal] = {}
        for item in items:
            self.shelf.put(item=item)
            for layer in item.layers:
                key = (layer.received_on, item.asset_account or 0)
                opening[key] = opening.get(key, ZERO) + layer.value
        for (day, account), value in sorted(opening.items()):
            self.ledger.move(
                on=day,
                memo="Opening stock",
                accounts=(account, chart.OPENING_BALANCE_EQUITY),
                amount=value,
            )

    def execute(self, *, command: Command) -> tuple[Event, ...]:
        """Carry one command out and say what happened.

        Raises:
            Refusal: the books do not allow it; nothing has changed.
        """
        match command:
            case SaveAccount():
                return self._chart.save(command=command)
            case SaveEntry():
                return self.lists[command.list].save(command=command)
            case SaveSettings():
                return self._save_settings(command)
            case _:
                return self._execute_on_item(command)

    def _execute_on_item(self, command: ItemCommand) -> tuple[Event, ...]:
        match command:
            case CreateItem():
                return self._items.create(command=command)
            case EditItem():
                return self._items.edit(command=command)
            case SetQuantity():
                return self._items.set_quantity(command=command)
            case MergeItems():
                return merge_items(shelf=self.shelf, ledger=self.ledger, command=command)
            case RemoveItem():
                return self._items.remove(command=command)

    def get_item(self, *, item_id: int) -> Item:
        """Give one item.

        Raises:
            Refusal: no item has this id.
        """
        return self._items.get(item_id=item_id)

    def _save_settings(self, command: SaveSettings) -> tuple[Event, ...]:
        old = self.settings[command.subject]
        details = merged(old=old.details, new=command.details)
        closed = command.closed_through
        closed = self.ledger.closed_through if closed is msgspec.UNSET else closed
        if details == old.details and closed == self.ledger.closed_through:
            return ()
        self.ledger.closed_through = closed
        self.settings[command.subject] = Settings(
            sync_token=old.sync_token + 1, updated_at=command.at, details=details
        )
        return (Event(command.subject, 1, "Update"),)

    def _holds_stock(self, account: int) -> bool:
        return any(
            item.active and item.asset_account == account and item.is_tracked
            for item in self.shelf.items()
        )
