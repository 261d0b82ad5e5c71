"""The neutral language in which Partsemble talks about records of the books. Pure.

Adapters translate their provider's JSON into these values and back (`mapping`); nobody above
an adapter ever sees a provider's own field names. Absent is None and never zero.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec


class ItemType(StrEnum):
    """What kind of product record it is (SYNC-2); the value is stable and stored."""

    INVENTORY = "inventory"
    NON_INVENTORY = "non_inventory"
    SERVICE = "service"
    GROUP = "group"
    BUNDLE = "bundle"
    OTHER = "other"
    """A type that the provider has and Partsemble does not know; skipped, and counted."""


BUNDLE_TYPES: Final = frozenset({ItemType.GROUP, ItemType.BUNDLE})
"""QuickBooks' bundles arrive as type Group, so that either choice of the filter means both."""


class Item(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One product record of the books, as it was read.

    Money is in the company's home currency; all numbers have exactly six places, quantities
    are below 10**9, unit prices and costs too.

    A struct and no dataclass like the others: a sync makes a hundred thousand, and a frozen
    dataclass of this width takes four times as long to make.
    """

    external_id: str
    name: str
    full_name: str
    sku: str
    type: ItemType
    description: str
    unit_price: Decimal | None
    purchase_cost: Decimal | None
    quantity_on_hand: Decimal | None
    inventory_start_date: date | None
    income_account_id: str
    expense_account_id: str
    asset_account_id: str
    is_active: bool
    revision: str
    updated_at: datetime | None
    notes: tuple[str, ...] = ()
    """Sentences about figures that were rounded on the way in."""


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """A product record that can't be mirrored; becomes one problem of the run."""

    external_id: str
    name: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some rows of the provider's list of items, in its stable order.

    `row_count` counts every row that the page held, including categories, which are no items
    and appear in neither tuple; it moves the reading position and the progress bar.
    """

    start: int
    row_count: int
    items: tuple[Item, ...]
    unreadable: tuple[UnreadableItem, ...]
    observed_at: datetime | None
    """The provider's own clock when it answered; the watermark of the next run."""


@dataclass(frozen=True, slots=True)
class Company:
    """Whose books they are (CONN-1)."""

    external_id: str
    name: str
    legal_name: str
    country: str
    home_currency: str
    offering: str
    """The plan as the provider calls it, for example `QuickBooks Online Plus`."""
    tracks_quantity: bool
    """Whether items can carry quantities in these books."""
    books_closed_until: date | None
