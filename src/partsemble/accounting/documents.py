"""The neutral language in which Partsemble talks about records of the books. Pure.

Adapters translate their provider's JSON into these values and back (`mapping`); nobody above
an adapter ever sees a provider's own field names. Absent is None and never zero.
"""

from abc import ABC, abstractmethod
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

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
    fingerprint: str = ""
    """Stands for the record as the provider sent it; empty: not known. See `ItemPage`."""


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """A product record that can't be mirrored; becomes one problem of the run."""

    external_id: str
    name: str
    code: str
    sentence: str


class ItemGlimpse(NamedTuple):
    """As much of an item as can be seen without opening its record."""

    external_id: str
    type: ItemType
    fingerprint: str


@dataclass(frozen=True, slots=True)
class OpenedItems:
    """Records of a page, read in full."""

    items: tuple[Item, ...]
    unreadable: tuple[UnreadableItem, ...]


@dataclass(frozen=True)
class ItemPage(ABC):
    """Some rows of the provider's list of items, in its stable order, opened on demand.

    Most records of most readings are as they were, and turning one into an `Item` takes ten
    times as long as seeing that. So every record has a fingerprint, 32 characters that stand for
    the bytes it was sent as and for the edition of the code that reads them. Records of equal
    fingerprints are equal items, and need not be opened. The opposite says nothing: other bytes
    may well mean the same, which only opening tells.

    `row_count` counts every row that the page held, including categories, which are no items
    and appear nowhere; it moves the reading position and the progress bar.
    """

    start: int
    row_count: int
    observed_at: datetime | None
    """The provider's own clock when it answered; the watermark of the next run."""

    @abstractmethod
    def glimpse(self) -> tuple[ItemGlimpse, ...]:
        """This will show all items unopened; none if a row of the page is not as documented."""

    @abstractmethod
    def open_rows(self, *, but: Container[str] = ()) -> OpenedItems:
        """This will read the records in full.

        Arguments:
            but: external ids out of `glimpse` that need not be opened.
        """

    @cached_property
    def _opened(self) -> OpenedItems:
        return self.open_rows()

    @property
    def items(self) -> tuple[Item, ...]:
        """This will be every item."""
        return self._opened.items

    @property
    def unreadable(self) -> tuple[UnreadableItem, ...]:
        """This will be every record that is no item that could be mirrored."""
        return self._opened.unreadable


class AccountType(StrEnum):
    """What an account of the chart is for, in the order of a chart; the value is stored."""

    BANK = "bank"
    RECEIVABLE = "receivable"
    OTHER_CURRENT_ASSET = "other_current_asset"
    FIXED_ASSET = "fixed_asset"
    OTHER_ASSET = "other_asset"
    PAYABLE = "payable"
    CREDIT_CARD = "credit_card"
    OTHER_CURRENT_LIABILITY = "other_current_liability"
    LONG_TERM_LIABILITY = "long_term_liability"
    EQUITY = "equity"
    INCOME = "income"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    EXPENSE = "expense"
    OTHER_INCOME = "other_income"
    OTHER_EXPENSE = "other_expense"
    OTHER = "other"
    """One that never posts, or that Partsemble does not know."""


class AccountClass(StrEnum):
    """On which side of the books an account stands; the value is stored."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    REVENUE = "revenue"
    EXPENSE = "expense"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """One account of the chart, as it was read."""

    external_id: str
    number: str
    """As the bookkeeper numbers it; empty where they do not."""
    name: str
    full_name: str
    """With the names of its parents, from the top, between colons."""
    type: AccountType
    subtype: str
    """In the provider's own word, for example `Inventory`."""
    classification: AccountClass
    currency: str
    """An ISO 4217 code; empty where the provider does not say."""
    is_active: bool
    parent_id: str
    """External id of the account above it; empty at the top."""
    revision: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """Somebody whom the books buy from; no more of a person than a name to choose by."""

    external_id: str
    name: str
    currency: str
    is_active: bool
    revision: str


@dataclass(frozen=True, slots=True)
class RecordPage[Record: LedgerAccount | Vendor]:
    """Some rows of one of the provider's lists, in its stable order."""

    records: tuple[Record, ...]
    row_count: int
    """Every row that the page held, those that could not be read too."""
    unreadable_count: int


@dataclass(frozen=True, slots=True)
class BookPreferences:
    """How a company set up its books, as far as it matters to what we post."""

    home_currency: str
    """An ISO 4217 code."""
    is_multicurrency: bool
    tracks_quantity: bool
    """Whether items can carry quantities in these books."""
    has_own_numbers: bool
    """Whether documents get the numbers that they are sent with."""
    books_closed_until: date | None


@dataclass(frozen=True, slots=True)
class Company:
    """Whose books they are (CONN-1)."""

    external_id: str
    name: str
    legal_name: str
    country: str
    offering: str
    """The plan as the provider calls it, for example `QuickBooks Online Plus`."""
    takes_adjustments: bool
    """Whether quantities of items can be adjusted in these books (CONN-8)."""
    preferences: BookPreferences

    @property
    def home_currency(self) -> str:
        """This will be the currency that the books are kept in."""
        return self.preferences.home_currency
