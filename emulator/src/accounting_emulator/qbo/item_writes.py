"""Items from bodies to commands (QBO API reference, Item)."""

from decimal import Decimal
from typing import get_args

from msgspec import UNSET, UnsetType

from accounting_emulator.books import Command, CreateItem, EditItem, ItemFields, Refusal
from accounting_emulator.items import Item, ItemType
from accounting_emulator.objects import sheets
from accounting_emulator.qbo.bodies import Body
from accounting_emulator.qbo.choices import choice, details_of, kept_choice
from accounting_emulator.qbo.errors import ApiFault, missing, permission_denied
from accounting_emulator.qbo.references import number_of
from accounting_emulator.qbo.room import Room

ITEM_TYPES = get_args(ItemType)
_FOREIGN_TYPES = ("Assembly", "Fixed Asset", "Other Charge", "Payment", "Subtotal", "Discount",
                  "Tax", "Tax Group", "Bundle")  # fmt: skip
_NAMES = {
    "sku": "Sku",
    "description": "Description",
    "purchase_description": "PurchaseDesc",
    "unit_price": "UnitPrice",
    "purchase_cost": "PurchaseCost",
    "reorder_point": "ReorderPoint",
}
_ACCOUNTS = {
    "income_account": "IncomeAccountRef",
    "expense_account": "ExpenseAccountRef",
    "asset_account": "AssetAccountRef",
}
_KNOWN = frozenset(
    {
        *_NAMES.values(),
        *_ACCOUNTS.values(),
        *("Name", "Type", "Active", "SubItem", "ParentRef", "Taxable", "TrackQtyOnHand"),
        *("QtyOnHand", "InvStartDate"),
    }
)


def item_command(body: Body, room: Room) -> Command:
    """Make the command that creates or edits an item.

    Raises:
        ApiFault: something required is missing, or a type is unknown.
        Refusal: the type and its quantities contradict each other.
    """
    if body.id is None:
        return _create(body, room)
    return _edit(body, room, room.company.books.get_item(item_id=body.id))


def _create(body: Body, room: Room) -> Command:
    given = body.given
    if given.get("Type") is None:
        raise missing(element="Type")
    kind = _type(given["Type"])
    if kind == "Inventory" and not room.company.profile.has_stock:
        raise permission_denied(offering=room.company.profile.offering)
    for name in _required(kind):
        if given.get(name) is None:
            raise missing(element=name)
    _expect_tracking(kind, body)
    tracked = kind == "Inventory"
    parent_id = _parent(body, None)
    return CreateItem(
        at=room.at,
        today=room.today,
        type=kind,
        fields=_fields(body),
        parent_id=None if parent_id is UNSET else parent_id,
        quantity=given["QtyOnHand"] if tracked else Decimal(0),
        started_on=given["InvStartDate"] if tracked else None,
        details=details_of(body=body, sheet=sheets.ITEM, known=_KNOWN),
    )


def _edit(body: Body, room: Room, item: Item) -> Command:
    if item.type == "Group":
        raise Refusal("rule", "A bundle is changed by a person in QuickBooks, not by an app.")
    kind = kept_choice(body=body, name="Type")
    if item.is_tracked and body.given.get("TrackQtyOnHand") is False:
        raise Refusal("rule", "An item whose quantity is tracked stays so.")
    is_counted = room.switches.item_quantity_update == "adjust" and item.is_tracked
    return EditItem(
        at=room.at,
        today=room.today,
        item_id=item.id,
        fields=_fields(body),
        type=kind if kind is UNSET else _type(kind),
        parent_id=_parent(body, item.parent_id),
        details=details_of(body=body, sheet=sheets.ITEM, known=_KNOWN),
        quantity=body.given.get("QtyOnHand") if is_counted else None,
        counted_on=body.given.get("InvStartDate") if is_counted else None,
    )


def _type(text: str) -> ItemType:
    if text in ITEM_TYPES:
        return ITEM_TYPES[ITEM_TYPES.index(text)]  # type: ignore[no-any-return] # typing's own
    code, message = ("2170", "Invalid Enumeration")
    if text in _FOREIGN_TYPES:
        code, message = ("2120", "Invalid Type")
    raise ApiFault(code=code, message=message, detail=f"{message} : {text}", element="Type")


def _required(kind: ItemType) -> tuple[str, ...]:
    if kind == "Inventory":
        return ("Name", "TrackQtyOnHand", "QtyOnHand")
    return ("Name",)


def _expect_tracking(kind: ItemType, body: Body) -> None:
    is_tracked = bool(body.given.get("TrackQtyOnHand"))
    if kind == "Inventory" and not is_tracked:
        raise Refusal(
            "rule",
            "When you create an item, if Track quantity on hand is turned off, the item cannot "
            "be of type Inventory.",
        )
    if kind != "Inventory" and is_tracked:
        raise Refusal("rule", f"The quantity of an item of type {kind} is not tracked.")
    if kind == "Inventory" and body.given.get("InvStartDate") is None:
        raise Refusal("rule", "As of date for initial quantity on hand is required")


def _fields(body: Body) -> ItemFields:
    values = {field: choice(body=body, name=name) for field, name in _NAMES.items()}
    if body.is_sparse and values["reorder_point"] is None:
        values["reorder_point"] = UNSET  # the reference: a sparse update cannot empty it
    for field, name in _ACCOUNTS.items():
        ref = choice(body=body, name=name)
        values[field] = ref if ref is UNSET else number_of(ref=ref)
    taxable = choice(body=body, name="Taxable")
    return ItemFields(
        name=_name(choice(body=body, name="Name")),
        taxable=taxable if taxable is UNSET else bool(taxable),
        active=kept_choice(body=body, name="Active"),
        **values,
    )


def _name(value: str | UnsetType | None) -> str | UnsetType:
    return "" if value is None else value


def _parent(body: Body, current: int | None) -> int | UnsetType | None:
    """Settle where an item stands; SubItem and ParentRef belong together."""
    is_sub = choice(body=body, name="SubItem")
    parent: dict[str, str] | UnsetType | None = choice(body=body, name="ParentRef")
    if is_sub is False:
        return None
    if is_sub and not parent:
        if body.is_sparse and current is not None and parent is UNSET:
            return UNSET
        raise Refusal("parent_missing", "A sub-item needs its ParentRef.", element="ParentRef")
    return parent if parent is UNSET else number_of(ref=parent)
