"""Stock entries: every event that changed stock, as it was posted (STOCK-1)."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from ninja import Router

from partsemble.api.access import ApiRequest, Token
from partsemble.api.paging import PAGE_SIZE, Cursor, Limit, Page, make_page, read_cursor
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.wire import Number, Shape
from partsemble.kernel.permissions import Permission
from partsemble.stock.queries.entries import get_entry, list_entries_before
from partsemble.stock.types import (
    AdjustmentReason,
    Counterpart,
    EntryKind,
    EntryView,
    MoveView,
)

router = Router(tags=["stock-entries"])

LIST: Final = "stock-entries"


class StockMove(Shape):
    """One line of an entry; quantities are in the product's unit, values in the currency."""

    position: int
    product_id: UUID
    sku: str
    counterpart: Counterpart
    """Where the goods came from or went to."""
    quantity: Number
    value: Number
    shortage: Number
    """What the open shortage changed by."""
    on_hand_after: Number
    value_after: Number


class EntrySource(Shape):
    """The document or run that an entry stems from."""

    kind: str
    id: UUID


class StockEntry(Shape):
    """One posted event; it never changes."""

    id: UUID
    number: int
    """Counts the entries of the business in the order of posting."""
    kind: EntryKind
    occurred_on: date
    recorded_at: datetime
    recorded_by: str
    source: EntrySource | None
    reason: AdjustmentReason | None
    notes: str
    reverses: UUID | None
    """The entry that this one takes back."""
    reversed_by: UUID | None
    """The entry that takes this one back."""
    moves: list[StockMove]


@router.get(
    "",
    auth=Token(needs=Permission.VIEW_INVENTORY),
    response={200: Page[StockEntry], EVERYWHERE: Problem},
)
def list_stock_entries(
    request: ApiRequest,
    *,
    product: UUID | None = None,
    kind: EntryKind | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_SIZE,
) -> Page[StockEntry]:
    """This will list the stock entries, newest first.

    `product` asks for those that moved one product.
    """
    found = list_entries_before(
        actor=request.actor,
        before=read_cursor(cursor, name=LIST, kind=int),
        limit=limit + 1,
        product_id=product,
        kind=kind,
    )
    return make_page(
        found, limit=limit, show=show_entry, name=LIST, locate=lambda each: each.number
    )


@router.get(
    "{entry_id}",
    auth=Token(needs=Permission.VIEW_INVENTORY),
    response={200: StockEntry, EVERYWHERE | {404}: Problem},
)
def show_stock_entry(request: ApiRequest, *, entry_id: UUID) -> StockEntry:
    """This will show one stock entry with all its moves."""
    return show_entry(get_entry(actor=request.actor, entry_id=entry_id))


def show_entry(entry: EntryView) -> StockEntry:
    """This will put an entry into its shape."""
    source = entry.source
    return StockEntry(
        id=entry.id,
        number=entry.number,
        kind=entry.kind,
        occurred_on=entry.occurred_on,
        recorded_at=entry.recorded_at,
        recorded_by=entry.actor_label,
        source=EntrySource(kind=source.kind, id=source.id) if source else None,
        reason=entry.reason,
        notes=entry.notes,
        reverses=entry.reverses,
        reversed_by=entry.reversed_by,
        moves=[_show_move(each) for each in entry.moves],
    )


def _show_move(move: MoveView) -> StockMove:
    return StockMove(
        position=move.at.position,
        product_id=move.product_id,
        sku=move.sku,
        counterpart=move.counterpart,
        quantity=move.quantity,
        value=move.value,
        shortage=move.shortage,
        on_hand_after=move.on_hand_after,
        value_after=move.value_after,
    )
