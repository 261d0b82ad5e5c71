"""What can be asked of the books, and what they say happened.

A command carries its own instant and day, so that a journal of commands replayed in order gives
the same books to the last cent. Of a field that a command leaves UNSET the books keep what they
have; None takes the value away. `details` are what the books keep for others but never read:
addresses, phones, notes; they are merged name by name, and None takes a name away.
"""

from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from accounting_emulator import chart
from accounting_emulator.items import ItemType
from accounting_emulator.layers import ZERO

ListName = Literal[
    "Customer",
    "Vendor",
    "Employee",
    "Term",
    "PaymentMethod",
    "Class",
    "Department",
    "TaxCode",
    "TaxRate",
]
Details = dict[str, Any]


class ItemFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person types about an item; absent fields stay as they are."""

    name: str | UnsetType = UNSET
    sku: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    purchase_description: str | UnsetType | None = UNSET
    unit_price: Decimal | UnsetType | None = UNSET
    purchase_cost: Decimal | UnsetType | None = UNSET
    reorder_point: Decimal | UnsetType | None = UNSET
    taxable: bool | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    income_account: int | UnsetType | None = UNSET
    expense_account: int | UnsetType | None = UNSET
    asset_account: int | UnsetType | None = UNSET


class _Dated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
             tag_field="command", tag=True):  # fmt: skip
    """Every command says when it was given: seconds since 1970 UTC, and the company's day."""

    at: int
    today: str


class CreateItem(_Dated, frozen=True, kw_only=True, omit_defaults=True):
    """Add an item; an inventory item opens with a quantity at its purchase cost."""

    type: ItemType
    fields: ItemFields
    parent_id: int | None = None
    quantity: Decimal = ZERO
    started_on: str | None = None
    details: Details = {}


class EditItem(_Dated, frozen=True, kw_only=True, omit_defaults=True):
    """Change, rename, move, deactivate or reactivate an item.

    `quantity` adjusts the stock to a count on the day `counted_on` (or today).
    """

    item_id: int
    fields: ItemFields
    type: ItemType | UnsetType = UNSET
    parent_id: int | UnsetType | None = UNSET
    details: Details = {}
    quantity: Decimal | None = None
    counted_on: str | None = None


class SetQuantity(_Dated, frozen=True, kw_only=True, omit_defaults=True):
    """Adjust an item's stock to a counted quantity; `touch` moves LastUpdatedTime."""

    item_id: int
    quantity: Decimal
    adjust_account: int = chart.INVENTORY_SHRINKAGE
    touch: bool = True


class MergeItems(_Dated, frozen=True, kw_only=True, omit_defaults=True):
    """Let an item be lost in another of its type, which takes its stock over.

    It stays as an inactive item, unless it `vanishes`.
    """

    item_id: int
    into_id: int
    vanishes: bool = False


class RemoveItem(_Dated, frozen=True, kw_only=True, omit_defaults=True):
    """Take an item away for good, as no person can, and nobody knows it any more."""

    item_id: int


class AccountFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person types about a ledger account."""

    name: str | UnsetType = UNSET
    number: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    account_type: str | UnsetType | None = UNSET
    account_sub_type: str | UnsetType | None = UNSET
    parent_id: int | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET


class SaveAccount(_Dated, frozen=True, kw_only=True, omit_defaults=True):
    """Add a ledger account (no id) or change one; a new one may open with a balance."""

    account_id: int | None = None
    fields: AccountFields
    details: Details = {}
    opening_balance: Decimal = ZERO
    opened_on: str | None = None


class SaveEntry(_Dated, frozen=True, kw_only=True, omit_defaults=True):
    """Add an entry to a name list (no id) or change one."""

    list: ListName
    entry_id: int | None = None
    name: str | UnsetType = UNSET
    parent_id: int | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    details: Details = {}


class SaveSettings(_Dated, frozen=True, kw_only=True, omit_defaults=True):
    """Change what the company says about itself or how it works.

    `closed_through` closes the books up to and including a day, None opens them again.
    """

    subject: Literal["CompanyInfo", "Preferences"]
    details: Details = {}
    closed_through: str | UnsetType | None = UNSET


ItemCommand = CreateItem | EditItem | SetQuantity | MergeItems | RemoveItem
Command = ItemCommand | SaveAccount | SaveEntry | SaveSettings


class Event(msgspec.Struct, frozen=True):
    """Something that happened to an object.

    A stock move leaves everything else as it was; a merge names the object that is lost, which
    may have vanished altogether.
    """

    entity: str
    id: int
    operation: Literal["Create", "Update", "Delete", "Merge"]
    is_stock_move: bool = False
    deleted_id: int | None = None
    has_vanished: bool = False
