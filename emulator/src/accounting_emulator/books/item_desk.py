"""Everything that happens to items: creating, editing, switching off, moving stock."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec
from msgspec import UNSET

from accounting_emulator import chart
from accounting_emulator.books import item_rules
from accounting_emulator.books.commands import (
    CreateItem,
    EditItem,
    Event,
    ItemFields,
    RemoveItem,
    SetQuantity,
)
from accounting_emulator.books.ledger import Ledger
from accounting_emulator.books.merging import bundles
from accounting_emulator.books.names import below, checked_name
from accounting_emulator.books.refusals import Refusal
from accounting_emulator.items import Item, ItemShelf
from accounting_emulator.layers import ZERO, Layer, consume, receive, to_cents

BEFORE_START = "Transaction date is prior to start date for inventory item"
_DEFAULT_ACCOUNTS: Mapping[str, Mapping[str, int]] = {
    "Inventory": {
        "income_account": chart.SALES_OF_PRODUCT_INCOME,
        "expense_account": chart.COST_OF_GOODS_SOLD,
        "asset_account": chart.INVENTORY_ASSET,
    },
    "NonInventory": {
        "income_account": chart.SALES_OF_PRODUCT_INCOME,
        "expense_account": chart.SUPPLIES,
    },
    "Service": {"income_account": chart.SERVICES},
}


class ItemDesk:
    """Carries out what commands ask about items."""

    def __init__(
        self, *, shelf: ItemShelf, accounts: dict[int, chart.Account], ledger: Ledger
    ) -> None:
        self._shelf = shelf
        self._accounts = accounts
        self._ledger = ledger

    def get(self, *, item_id: int) -> Item:
        """Give one item.

        Raises:
            Refusal: no item has this id.
        """
        item = self._shelf.find(item_id=item_id)
        if item is None:
            raise Refusal("not_found", f"There is no item with id {item_id}.")
        return item

    def create(self, *, command: CreateItem) -> tuple[Event, ...]:
        """Add an item.

        Raises:
            Refusal: it is incomplete, or its name is taken, or the books are closed.
        """
        if command.type == "Group":
            raise Refusal("rule", "A bundle is made by a person in QuickBooks, not by an app.")
        item = self._placed(self._drafted(command), command.parent_id)
        item_rules.expect_accounts(item=item, accounts=self._accounts)
        self._refuse_taken(item.full_name, None)
        if item.is_tracked:
            item = self._opened(item, command)
        self._shelf.put(item=item)
        return (Event("Item", item.id, "Create"),)

    def _drafted(self, command: CreateItem) -> Item:
        tracked = command.type == "Inventory"
        name = checked_name(
            name=None if command.fields.name is UNSET else command.fields.name, what="An item"
        )
        draft = Item(
            id=self._shelf.next_id,
            name=name,
            full_name=name,
            sku=None,
            type=command.type,
            active=True,
            unit_price=None,
            created_at=command.at,
            updated_at=command.at,
            started_on=(command.started_on or command.today) if tracked else None,
        )
        draft = msgspec.structs.replace(draft, **_DEFAULT_ACCOUNTS.get(command.type, {}))
        return item_rules.with_fields(item=draft, fields=command.fields, details=command.details)

    def _placed(self, item: Item, parent_id: int | None) -> Item:
        """Put an item below a category, or at the top."""
        if parent_id is None:
            return msgspec.structs.replace(item, parent_id=None, level=0, full_name=item.name)
        parent = self._shelf.find(item_id=parent_id)
        if parent is None:
            raise Refusal("bad_reference", f"Items element id {parent_id} not found")
        item_rules.expect_parent(item=item, parent=parent)
        full_name = f"{parent.full_name}:{item.name}"
        return msgspec.structs.replace(
            item, parent_id=parent_id, level=parent.level + 1, full_name=full_name
        )

    def _opened(self, item: Item, command: CreateItem) -> Item:
        quantity, day = command.quantity, item.started_on or command.today
        value = to_cents(amount=quantity * (item.purchase_cost or ZERO))
        if quantity < 0:
            raise Refusal("rule", "An item cannot start with less than nothing.")
        if day > command.today:
            raise Refusal("before_start", BEFORE_START)
        if quantity:
            self._ledger.expect_open(day=day)
        accounts = (item.asset_account or 0, chart.OPENING_BALANCE_EQUITY)
        self._ledger.move(
            on=day, memo="Opening stock", accounts=accounts, amount=value, item_id=item.id
        )
        layers = (Layer(day, quantity, value),) if quantity else ()
        return msgspec.structs.replace(item, layers=layers)

    def edit(self, *, command: EditItem) -> tuple[Event, ...]:
        """Change an item; nothing happens when nothing would change.

        Raises:
            Refusal: there is no such item, or what it would become is not allowed.
        """
        old = self.get(item_id=command.item_id)
        new = self._edited(old, command)
        if new != old:
            new = msgspec.structs.replace(new, sync_token=old.sync_token + 1, updated_at=command.at)
        new = self._restocked(old, new, command)
        if new == old:
            return ()
        self._shelf.put(item=new)
        if new.full_name != old.full_name and self._shelf.has_children(item_id=old.id):
            self._rename_below(old.full_name, new)
        return (Event("Item", new.id, "Update"),)

    def _edited(self, old: Item, command: EditItem) -> Item:
        new = item_rules.with_fields(item=old, fields=command.fields, details=command.details)
        if command.type is not UNSET:
            item_rules.expect_type_change(old=old.type, new=command.type)
            new = msgspec.structs.replace(new, type=command.type)
        if command.parent_id is not UNSET and command.parent_id != old.parent_id:
            new = self._placed(new, command.parent_id)
        new = self._switched(new, command.fields)
        if (new.income_account, new.expense_account, new.asset_account, new.type) != (
            *(old.income_account, old.expense_account, old.asset_account, old.type),
        ):
            item_rules.expect_accounts(item=new, accounts=self._accounts)
        if new.full_name.casefold() != old.full_name.casefold():
            self._refuse_taken(new.full_name, old.id)
        return new

    def _switched(self, item: Item, fields: ItemFields) -> Item:
        """Switch an item on or off; switching off frees its name by a suffix."""
        if fields.active is UNSET or fields.active == item.active:
            return item
        if fields.active:
            return msgspec.structs.replace(item, active=True)
        if item.type == "Category":
            raise Refusal("rule", "A category cannot be made inactive.")
        return item_rules.switched_off(item=item, shelf=self._shelf)

    def _restocked(self, old: Item, new: Item, command: EditItem) -> Item:
        """Move the stock that an edit moves: to a count, to another account, or all of it out."""
        day = command.counted_on or command.today
        if command.quantity is not None and day < (old.started_on or ""):
            raise Refusal("before_start", BEFORE_START)
        if old.active and not new.active and new.on_hand:
            return self._moved(new, -new.on_hand, command.today, chart.INVENTORY_SHRINKAGE)
        if old.is_tracked and new.asset_account != old.asset_account:
            self._carry_value(old, new, command.today)
        if old.is_tracked and command.quantity is not None and command.quantity != new.on_hand:
            difference = command.quantity - new.on_hand
            return self._moved(new, difference, day, chart.INVENTORY_SHRINKAGE)
        return new

    def remove(self, *, command: RemoveItem) -> tuple[Event, ...]:
        """Take an item away for good, once its stock is out.

        Raises:
            Refusal: there is no such item, or another needs it.
        """
        item = self.get(item_id=command.item_id)
        if item.type == "Category" and self._shelf.has_children(item_id=item.id):
            raise Refusal("rule", f"{item.full_name} is a category that was used; it stays.")
        if any(item.id in bundle.members for bundle in bundles(shelf=self._shelf)):
            raise Refusal("rule", f"{item.full_name} is part of a bundle; it stays.")
        if item.on_hand:
            self._moved(item, -item.on_hand, command.today, chart.INVENTORY_SHRINKAGE)
        self._shelf.remove(item_id=item.id)
        return (Event("Item", item.id, "Delete"),)

    def _carry_value(self, old: Item, new: Item, on: str) -> None:
        self._ledger.move(
            on=on,
            memo="Stock to another account",
            accounts=(new.asset_account or 0, old.asset_account or 0),
            amount=sum((layer.value for layer in old.layers), ZERO),
            item_id=old.id,
        )

    def _rename_below(self, old_name: str, parent: Item) -> None:
        lead = f"{old_name}:"
        blocks = self._shelf.heads_with(word=lead.encode())
        ids = [head.id for heads in blocks for head in heads if head.full_name.startswith(lead)]
        deeper = parent.full_name.count(":") - old_name.count(":")
        for item_id in ids:
            item = self.get(item_id=item_id)
            full_name = below(full_name=item.full_name, old=old_name, new=parent.full_name)
            level = item.level + deeper
            self._shelf.put(item=msgspec.structs.replace(item, full_name=full_name, level=level))

    def set_quantity(self, *, command: SetQuantity) -> tuple[Event, ...]:
        """Adjust an item's stock to a count.

        Raises:
            Refusal: the item is not counted, or the account cannot take the difference.
        """
        item = self.get(item_id=command.item_id)
        if not item.is_tracked:
            raise Refusal("rule", f"{item.full_name} is not an inventory item.")
        if command.adjust_account not in self._accounts:
            raise Refusal("missing", f"There is no account with id {command.adjust_account}.")
        if command.adjust_account == item.asset_account:
            raise Refusal(
                "rule",
                "The inventory adjustment account must be different than the inventory asset "
                f"account used for {item.full_name}.",
            )
        difference = command.quantity - item.on_hand
        if not difference:
            return ()
        item = self._moved(item, difference, command.today, command.adjust_account)
        if command.touch:
            item = msgspec.structs.replace(item, updated_at=command.at)
        self._shelf.put(item=item)
        return (Event("Item", item.id, "Update", is_stock_move=True),)

    def _moved(self, item: Item, difference: Decimal, on: str, against: int) -> Item:
        """Move stock by an adjustment and post its value; gives the item with new layers."""
        self._ledger.expect_open(day=on)
        cost = item.purchase_cost or ZERO
        asset = item.asset_account or 0
        if difference < 0:
            moved = consume(layers=item.layers, quantity=-difference, on=on, unit_cost=cost)
            accounts = (against, asset)
        else:
            arrived = Layer(on, difference, to_cents(amount=difference * cost))
            moved = receive(layers=item.layers, arrived=arrived)
            accounts = (asset, against)
        move = self._ledger.move
        move(on=on, memo="Stock adjustment", accounts=accounts, amount=moved.value, item_id=item.id)
        move(
            on=on,
            memo="Cost found later",
            accounts=(chart.COST_OF_GOODS_SOLD, asset),
            amount=moved.variance,
            item_id=item.id,
        )
        return msgspec.structs.replace(item, layers=moved.layers)

    def _refuse_taken(self, full_name: str, own_id: int | None) -> None:
        taken = self._shelf.find_id_by_name(full_name=full_name)
        if taken is not None and taken != own_id:
            raise Refusal("duplicate_name", f"The name supplied already exists. : Id={taken}")
