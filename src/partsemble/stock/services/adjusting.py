"""What people do to stock: openings, adjustments, and taking back (STOCK-3)."""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from partsemble.costing.amounts import extend_value
from partsemble.database.scope import business_scope
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import EntryId, ProductId
from partsemble.kernel.permissions import Permission
from partsemble.stock.errors import EntryNotFound, EntryNotReversible, EntryReversed
from partsemble.stock.models import StockEntry, StockMove
from partsemble.stock.rules import (
    REVERSIBLE_KINDS,
    Move,
    draft_line,
    settle_adjustment,
    settle_reversal,
)
from partsemble.stock.services.posting import hold_shelf, post_entries
from partsemble.stock.services.writing import Posting, write_postings
from partsemble.stock.types import (
    NOTHING_THERE,
    Adjustment,
    AdjustmentReason,
    Counterpart,
    EntryDraft,
    EntryKind,
    Line,
    PostedEntry,
    Source,
)

_PRODUCT: Final = "product"
_MOVE_COLUMNS: Final = ("product_id", "counterpart", "quantity", "value", "shortage")
"""In the order of `Move`."""


def adjust_stock(
    *, actor: Actor, adjustment: Adjustment, occurred_on: date, key: str
) -> PostedEntry:
    """This will add to the stock of a product, or remove from it (STOCK-3).

    Arguments:
        occurred_on: the business's date now.
        key: the event's name; the same again gives the same entry.

    Raises:
        PermissionMissing: without *adjust stock*.
        InvalidInput: for a quantity, cost, reason or notes that can't be.
        ProductNotFound: if the business has no such product.
        ProductNotStocked: if the product is not kept in stock.
        NotEnoughStock: if more is to be removed than is there.
        PostingKeyReused: if the key stands for another event.
        QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: if a number reaches its limit.
    """
    actor.demand(Permission.ADJUST_STOCK)
    draft = EntryDraft(
        kind=EntryKind.ADJUSTMENT,
        occurred_on=occurred_on,
        key=key,
        lines=(draft_line(adjustment),),
        reason=adjustment.reason.value,
        notes=adjustment.notes,
    )
    return _post(actor, draft, "adjusted")


def post_opening(
    *,
    actor: Actor,
    product_id: ProductId,
    quantity: Decimal,
    unit_cost: Decimal,
    occurred_on: date,
    key: str,
) -> PostedEntry:
    """This will post what was there of a product when it came (ITEM-2); never exported.

    Arguments:
        quantity: in the product's unit, more than zero, at most six places.
        unit_cost: in the currency of the business, zero or more, at most six places.
        occurred_on: the business's date now.
        key: the event's name; the same again gives the same entry.

    Raises:
        PermissionMissing: without *run syncs* and *adjust stock*.
        InvalidInput, ProductNotFound, ProductNotStocked, PostingKeyReused, QuantityTooLarge,
        UnitCostTooLarge, ValueTooLarge: as `adjust_stock`.
    """
    draft = draft_opening(
        product_id=product_id,
        quantity=quantity,
        unit_cost=unit_cost,
        occurred_on=occurred_on,
        key=key,
    )
    return _post(actor, draft, "opened")


def draft_opening(
    *,
    product_id: ProductId,
    quantity: Decimal,
    unit_cost: Decimal,
    occurred_on: date,
    key: str,
    source: Source | None = None,
) -> EntryDraft:
    """This will draft an opening, for those who post many of them at once.

    Raises:
        InvalidInput: if the quantity is not more than zero, or the cost less than that.
        QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: if a number reaches its limit.
    """
    settle_adjustment(
        reason=AdjustmentReason.OTHER, is_addition=True, quantity=quantity, unit_cost=unit_cost
    )
    value = extend_value(quantity=quantity, unit_cost=unit_cost)
    return EntryDraft(
        kind=EntryKind.OPENING,
        occurred_on=occurred_on,
        key=key,
        lines=(Line(product_id, Counterpart.OPENING, quantity, value),),
        source=source,
    )


def reverse_entry(
    *, actor: Actor, entry_id: UUID, occurred_on: date, notes: str = ""
) -> PostedEntry:
    """This will take an entry back by its exact mirror, of today (STOCK-1).

    Arguments:
        occurred_on: the business's date now; the entry keeps its own.

    Raises:
        PermissionMissing: without *adjust stock*.
        EntryNotFound: if the business has no such entry.
        EntryNotReversible: if such an entry is not taken back by a person.
        EntryReversed: if it was taken back before.
        NotEnoughStock: if what the entry brought is not there any more.
    """
    actor.demand(Permission.ADJUST_STOCK)
    with business_scope(actor.business_id), transaction.atomic():
        entry = _get_reversible(entry_id)
        moves = _read_moves(entry)
        shelf = hold_shelf(actor=actor, product_ids={each.product_id for each in moves})
        # Who reversed it meanwhile held the same balances, and is seen only now.
        _demand_unreversed(entry)
        posting = Posting(
            key=f"reversal:{entry.id}",
            fingerprint="",
            occurred_on=occurred_on,
            settled=settle_reversal(moves=moves, shelf=shelf),
            reverses=EntryId(entry.id),
            notes=notes,
        )
        (posted,) = write_postings(actor=actor, postings=[posting], balances=shelf.balances)
        record_activity(
            actor=actor,
            verb="reversed",
            subject="stock_entry",
            subject_id=entry.id,
            subject_label=str(entry.number),
        )
    return posted


def _post(actor: Actor, draft: EntryDraft, verb: str) -> PostedEntry:
    with business_scope(actor.business_id), transaction.atomic():
        (posted,) = post_entries(actor=actor, drafts=[draft])
        if posted.is_new:
            (line,) = draft.lines
            record_activity(
                actor=actor,
                verb=verb,
                subject=_PRODUCT,
                subject_id=line.product_id,
                subject_label=str(posted.number),
            )
    return posted


def _get_reversible(entry_id: UUID) -> StockEntry:
    entry = StockEntry.objects.filter(id=entry_id).first()
    if entry is None:
        raise EntryNotFound(entry_id=entry_id)
    kind = EntryKind(entry.kind)
    if kind not in REVERSIBLE_KINDS:
        raise EntryNotReversible(number=entry.number, kind=kind)
    return entry


def _demand_unreversed(entry: StockEntry) -> None:
    reversal = StockEntry.objects.filter(reverses=entry).values_list("number", flat=True).first()
    if reversal is not None:
        raise EntryReversed(number=entry.number, reversal=reversal)


def _read_moves(entry: StockEntry) -> tuple[Move, ...]:
    rows = StockMove.objects.filter(business_id=entry.business_id, number=entry.number)
    columns = rows.order_by("position").values_list(*_MOVE_COLUMNS)
    return tuple(
        Move(ProductId(row[0]), Counterpart(row[1]), row[2], row[3], row[4], NOTHING_THERE)
        for row in columns
    )
