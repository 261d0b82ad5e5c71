"""The books of one company: a pure state machine.

Commands go in, events come out, and the state changes in between; there is no clock, no
randomness and no input or output here. A command carries its own instant, so that a journal of
commands replayed in order gives the same books to the last cent. Every movement of money is an
entry whose lines sum to zero, which is why the trial balance cannot help but balance.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import msgspec

from accounting_emulator import chart
from accounting_emulator.items import Item, ItemShelf, ItemType
from accounting_emulator.layers import ZERO, Layer, consume, receive, to_cents, value_of

DELETED = " (deleted)"
MAX_NAME = 100
Obstacle = Literal["not_found", "duplicate_name", "bad_name", "missing", "rule"]


class Refusal(Exception):
    """The books decline a command; `obstacle` names why, `detail` says it in a sentence."""

    def __init__(self, obstacle: Obstacle, detail: str) -> None:
        super().__init__(detail)
        self.obstacle = obstacle
        self.detail = detail


class ItemFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person types about an item; absent fields stay as they are."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    sku: str | msgspec.UnsetType | None = msgspec.UNSET
    description: str | msgspec.UnsetType | None = msgspec.UNSET
    purchase_description: str | msgspec.UnsetType | None = msgspec.UNSET
    unit_price: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    purchase_cost: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    reorder_point: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    taxable: bool | msgspec.UnsetType = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET


class CreateItem(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag=True):
    """Add an item; an inventory item opens with a quantity at its purchase cost."""

    at: int
    today: str
    type: ItemType
    fields: ItemFields
    parent_id: int | None = None
    quantity: Decimal = ZERO
    started_on: str | None = None


class EditItem(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag=True):
    """Change, rename, deactivate or reactivate an item."""

    at: int
    today: str
    item_id: int
    fields: ItemFields


class SetQuantity(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag=True):
    """Adjust an item's stock to a counted quantity; `touch` moves LastUpdatedTime."""

    at: int
    today: str
    item_id: int
    quantity: Decimal
    adjust_account: int = chart.INVENTORY_SHRINKAGE
    touch: bool = True


Command = CreateItem | EditItem | SetQuantity


class Event(msgspec.Struct, frozen=True):
    """Something that happened to an object."""

    entity: str
    id: int
    operation: Literal["Create", "Update"]


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


class Books:
    """Chart of accounts, items with their stock, and the ledger of one company."""

    def __init__(self, *, accounts: Iterable[chart.Account]) -> None:
        self.accounts = {account.id: account for account in accounts}
        self.shelf = ItemShelf()
        self.entries: list[Entry] = []
        self.balances: dict[int, Decimal] = defaultdict(lambda: ZERO)

    def open_with(self, *, items: Iterable[Item]) -> None:
        """Take over a catalogue as it stands, posting its opening stock day by day.

        Items come in the order of their ids. One entry per day and asset account keeps the
        ledger of a large catalogue short.
        """
        opening: dict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
        for item in items:
            self.shelf.put(item=item)
            for layer in item.layers:
                opening[layer.received_on, item.asset_account or 0] += layer.value
        for (day, account), value in sorted(opening.items()):
            self._post(day, "Opening stock", account, chart.OPENING_BALANCE_EQUITY, value)

    def execute(self, *, command: Command) -> tuple[Event, ...]:
        """Carry one command out and say what happened.

        Raises:
            Refusal: the books do not allow it; nothing has changed.
        """
        match command:
            case CreateItem():
                return self._create(command)
            case EditItem():
                return self._edit(command)
            case SetQuantity():
                return self._set_quantity(command)

    def get_item(self, *, item_id: int) -> Item:
        """Give one item.

        Raises:
            Refusal: no item has this id.
        """
        item = self.shelf.find(item_id=item_id)
        if item is None:
            raise Refusal("not_found", f"There is no item with id {item_id}.")
        return item

    def _create(self, command: CreateItem) -> tuple[Event, ...]:
        fields = command.fields
        name = _checked_name(fields.name)
        parent = None if command.parent_id is None else self.get_item(item_id=command.parent_id)
        full_name = f"{parent.full_name}:{name}" if parent else name
        self._refuse_taken(full_name, None)
        tracked = command.type == "Inventory"
        item = Item(
            id=self.shelf.next_id,
            name=name,
            full_name=full_name,
            sku=None,
            type=command.type,
            active=True,
            unit_price=None,
            created_at=command.at,
            updated_at=command.at,
            parent_id=command.parent_id,
            level=parent.level + 1 if parent else 0,
            asset_account=chart.INVENTORY_ASSET if tracked else None,
            expense_account=chart.COST_OF_GOODS_SOLD if tracked else chart.SUPPLIES,
            income_account=chart.SERVICES if command.type == "Service" else chart.SALES,
            started_on=(command.started_on or command.today) if tracked else None,
        )
        item = _with_fields(item, fields)
        if tracked:
            item = self._opened(item, command.quantity)
        self.shelf.put(item=item)
        return (Event("Item", item.id, "Create"),)

    def _opened(self, item: Item, quantity: Decimal) -> Item:
        value = to_cents(amount=quantity * (item.purchase_cost or ZERO))
        day = item.started_on or ""
        if quantity < 0:
            raise Refusal("rule", "An item cannot start with less than nothing.")
        self._post(
            day,
            "Opening stock",
            item.asset_account or 0,
            chart.OPENING_BALANCE_EQUITY,
            value,
            item_id=item.id,
        )
        layers = (Layer(day, quantity, value),) if quantity else ()
        return msgspec.structs.replace(item, layers=layers)

    def _edit(self, command: EditItem) -> tuple[Event, ...]:
        old = self.get_item(item_id=command.item_id)
        new = self._switched(_with_fields(old, command.fields), command.fields)
        if new == old:
            return ()
        if new.full_name.casefold() != old.full_name.casefold():
            self._refuse_taken(new.full_name, old.id)
        new = msgspec.structs.replace(new, sync_token=old.sync_token + 1, updated_at=command.at)
        if old.active and not new.active and new.on_hand:
            new = self._moved(new, -new.on_hand, command.today, chart.INVENTORY_SHRINKAGE)
        self.shelf.put(item=new)
        if new.full_name != old.full_name and self.shelf.has_children(item_id=old.id):
            self._rename_below(old.full_name, new.full_name)
        return (Event("Item", new.id, "Update"),)

    def _switched(self, item: Item, fields: ItemFields) -> Item:
        """Switch an item on or off; switching off frees its name by a suffix."""
        if fields.active is msgspec.UNSET or fields.active == item.active:
            return item
        if fields.active:
            return msgspec.structs.replace(item, active=True)
        if item.type == "Category":
            raise Refusal("rule", "A category cannot be made inactive.")
        suffix, tries = ("" if item.name.endswith(DELETED) else DELETED), 0
        while self.shelf.find_id_by_name(full_name=item.full_name + suffix) not in (None, item.id):
            tries += 1
            suffix = f"{DELETED[:-1]} {tries})"
        return msgspec.structs.replace(
            item, active=False, name=item.name + suffix, full_name=item.full_name + suffix
        )

    def _rename_below(self, old: str, new: str) -> None:
        below = [head.id for head in self.shelf.heads() if head.full_name.startswith(f"{old}:")]
        for item_id in below:
            item = self.get_item(item_id=item_id)
            full_name = new + item.full_name[len(old) :]
            self.shelf.put(item=msgspec.structs.replace(item, full_name=full_name))

    def _set_quantity(self, command: SetQuantity) -> tuple[Event, ...]:
        item = self.get_item(item_id=command.item_id)
        if not item.is_tracked:
            raise Refusal("rule", f"{item.full_name} is not an inventory item.")
        if command.adjust_account not in self.accounts:
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
        self.shelf.put(item=item)
        return (Event("Item", item.id, "Update"),)

    def _moved(self, item: Item, difference: Decimal, on: str, against: int) -> Item:
        """Move stock by an adjustment and post its value; gives the item with new layers."""
        cost = item.purchase_cost or ZERO
        asset = item.asset_account or 0
        if difference < 0:
            moved = consume(layers=item.layers, quantity=-difference, on=on, unit_cost=cost)
            self._post(on, "Stock adjustment", against, asset, moved.value, item_id=item.id)
        else:
            arrived = Layer(on, difference, to_cents(amount=difference * cost))
            moved = receive(layers=item.layers, arrived=arrived)
            self._post(on, "Stock adjustment", asset, against, moved.value, item_id=item.id)
            self._post(
                on,
                "Cost found later",
                chart.COST_OF_GOODS_SOLD,
                asset,
                moved.variance,
                item_id=item.id,
            )
        return msgspec.structs.replace(item, layers=moved.layers)

    def _refuse_taken(self, full_name: str, own_id: int | None) -> None:
        taken = self.shelf.find_id_by_name(full_name=full_name)
        if taken is not None and taken != own_id:
            raise Refusal("duplicate_name", f"The name supplied already exists. : Id={taken}")

    def _post(
        self,
        occurred_on: str,
        memo: str,
        debit: int,
        credit: int,
        amount: Decimal,
        *,
        item_id: int | None = None,
    ) -> None:
        if not amount:
            return
        lines = (Line(debit, amount), Line(credit, -amount))
        for line in lines:
            self.balances[line.account] += line.amount
        self.entries.append(Entry(occurred_on=occurred_on, memo=memo, lines=lines, item_id=item_id))

    def inventory_value(self) -> Decimal:
        """Sum what all layers of all items are worth; equals the asset accounts."""
        return sum((value_of(layers=item.layers) for item in self.shelf.items()), ZERO)


def _with_fields(item: Item, fields: ItemFields) -> Item:
    changes = {
        name: value
        for name, value in msgspec.structs.asdict(fields).items()
        if value is not msgspec.UNSET and name not in ("name", "active")
    }
    if fields.name is not msgspec.UNSET:
        name = _checked_name(fields.name)
        stem = item.full_name[: len(item.full_name) - len(item.name)]
        changes |= {"name": name, "full_name": stem + name}
    return msgspec.structs.replace(item, **changes)


def _checked_name(name: str | msgspec.UnsetType) -> str:
    if name is msgspec.UNSET or not name.strip():
        raise Refusal("missing", "An item needs a name.")
    if any(sign in name for sign in "\t\n\r:"):
        raise Refusal("bad_name", "A name holds no tab, no line break and no colon.")
    if len(name) > MAX_NAME:
        raise Refusal("bad_name", f"A name has at most {MAX_NAME} characters.")
    return name
