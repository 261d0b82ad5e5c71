"""Public values of the ledger."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from partsemble.costing.amounts import ZERO
from partsemble.costing.holding import Holding
from partsemble.kernel.ids import EntryId, ProductId

KEY_LENGTH: Final = 200
KEY_ENDING_LENGTH: Final = 16
"""Room for what is posted along with an entry, under its key and a word."""
NOTES_LENGTH: Final = 1_000
LINES_LIMIT: Final = 1_000
"""Lines of one entry: more than any build has, and few enough for one transaction."""


class EntryKind(StrEnum):
    """What sort of event an entry is (STOCK-1); the value is stable and stored."""

    OPENING = "opening"
    """What was there when the product came."""
    ADJUSTMENT = "adjustment"
    """Somebody counted, broke, found or received something (STOCK-3)."""
    SYNC = "sync"
    """A sync brought the quantity in step with the books (SYNC-7)."""
    SYNC_COST = "sync_cost"
    """A sync brought the unit cost in step with the books (SYNC-7)."""
    REVERSAL = "reversal"
    """An earlier entry, taken back."""
    VARIANCE = "variance"
    """What an entry that is taken back has cost more or less than is left of it."""
    FILL = "fill"
    """An arrival made up for what was missing before."""


class Counterpart(StrEnum):
    """The other end of a move: where the goods come from or go to."""

    SUPPLIER = "supplier"
    PRODUCTION = "production"
    CUSTOMER = "customer"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"
    BOOKS = "books"


class AdjustmentReason(StrEnum):
    """Why a person changes a quantity (STOCK-3)."""

    RECEIVED = "received"
    COUNT = "count"
    LOSS = "loss"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry that is to be posted.

    A positive quantity arrives and brings its `value`, zero or more. A negative one is taken at
    the product's average. With the quantity zero, `value` is what the stock's value changes by.
    """

    product_id: ProductId
    counterpart: Counterpart
    quantity: Decimal
    """In the product's unit, signed, at most six places."""
    value: Decimal | None = None
    """In the currency of the business, at most six places; None for what is taken."""
    may_fall_short: bool = False
    """What is not there becomes an open shortage, instead of a refusal (I3)."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a person adds to the stock of a product, or removes from it."""

    product_id: ProductId
    is_addition: bool
    quantity: Decimal
    """In the product's unit, more than zero, at most six places."""
    reason: AdjustmentReason
    unit_cost: Decimal | None = None
    """Of what is added, in the currency of the business, at most six places."""
    notes: str = ""


class Source(NamedTuple):
    """The document or run that an entry stems from."""

    kind: str
    """Such as `item_sync`; at most 32 characters."""
    id: UUID


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry that is to be posted."""

    kind: EntryKind
    occurred_on: date
    """The business date."""
    key: str
    """The event's name in its business: posted again under it, the first entry is given back."""
    lines: tuple[Line, ...]
    source: Source | None = None
    reason: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """What is there of a product."""

    on_hand: Decimal = ZERO
    value: Decimal = ZERO
    shortage: Decimal = ZERO
    """What was to be taken and was not there; arrivals fill it first."""
    last_unit_cost: Decimal | None = None
    """The last one above zero (COST-2)."""

    @property
    def net(self) -> Decimal:
        """What is there less what is missing, as books count it."""
        return self.on_hand - self.shortage

    @property
    def holding(self) -> Holding:
        """This will be the same for the costing core."""
        return Holding(quantity=self.on_hand, value=self.value)

    @property
    def unit_cost(self) -> Decimal | None:
        """The moving average, half-up to six places; None while nothing is there (COST-1)."""
        return self.holding.unit_cost


NOTHING_THERE: Final = Balance()


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """An entry as the posting function gives it back."""

    id: EntryId
    number: int
    is_new: bool
    """False: it was posted before under the same key."""


class MovePosition(NamedTuple):
    """Where a move stands in the order of posting."""

    number: int
    position: int


@dataclass(frozen=True, slots=True)
class MoveView:
    """One move, with what was there after it."""

    entry_id: EntryId
    at: MovePosition
    kind: EntryKind
    occurred_on: date
    counterpart: Counterpart
    product_id: ProductId
    sku: str
    product_name: str
    unit: str
    quantity: Decimal
    value: Decimal
    shortage: Decimal
    """What the open shortage changed by."""
    on_hand_after: Decimal
    value_after: Decimal


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry with all its moves."""

    id: EntryId
    number: int
    kind: EntryKind
    occurred_on: date
    recorded_at: datetime
    actor_label: str
    source: Source | None
    reason: AdjustmentReason | None
    notes: str
    reverses: EntryId | None
    reverses_number: int | None
    reversed_by: EntryId | None
    reversed_by_number: int | None
    moves: tuple[MoveView, ...]
