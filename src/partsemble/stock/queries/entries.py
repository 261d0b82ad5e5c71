"""Reading entries and moves, newest first, from a ledger of a million moves.

All moves, those of a kind and those of a product have an index in the order of posting, and every
move knows what was there after it: such a page costs the same at any depth. A search for words
asks the catalog which products they mean. The moves of a few products are found by their index;
where many products fit, a page looks at a stretch of `STRETCH` moves, newest first, and says
where the next one goes on.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet

from partsemble.catalog.queries import ProductFilter, select_products
from partsemble.database.models import Among
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import EntryId, ProductId
from partsemble.kernel.permissions import Permission
from partsemble.stock.errors import EntryNotFound
from partsemble.stock.models import StockEntry, StockMove
from partsemble.stock.types import (
    AdjustmentReason,
    Counterpart,
    EntryKind,
    EntryView,
    MovePosition,
    MoveView,
    Source,
)

PAGE_SIZE: Final = 50
STRETCH: Final = 10_000
"""Moves that one page of a search looks at: some hundredths of a second."""
FEW_PRODUCTS: Final = 100
"""The moves of so many are found by the index of their products."""
SEARCH_LENGTH: Final = 100
NUMBER_DIGITS: Final = 18

_FIGURES: Final = ("quantity", "value", "shortage", "on_hand_after", "value_after")
_MOVE_COLUMNS: Final = (
    *("entry_id", "number", "position", "kind", "occurred_on", "counterpart", "product_id"),
    *("product__sku", "product__name", "product__unit"),
    *_FIGURES,
)
_ENTRY_COLUMNS: Final = (
    *("id", "number", "kind", "occurred_on", "recorded_at", "actor_label"),
    *("source_kind", "source_id", "reason", "notes"),
    *("reverses_id", "reverses__number", "reversal__id", "reversal__number"),
)
_NEWEST_FIRST: Final = ("-number", "-position")


@dataclass(frozen=True, slots=True)
class MoveFilter:
    """Which moves a person wants to see."""

    search: str = ""
    """Words in SKU or name of a product; or the number of an entry."""
    kind: EntryKind | None = None
    product_id: ProductId | None = None
    before: MovePosition | None = None
    """Only moves that were posted before this one."""


@dataclass(frozen=True, slots=True)
class MoveList:
    """One page of moves, newest first."""

    rows: tuple[MoveView, ...]
    next_before: MovePosition | None
    """Where the next page goes on, or None at the end."""
    is_stretch_over: bool = False
    """Whether the page ended because enough had been looked at, not because it was full."""


def list_moves(*, actor: Actor, wanted: MoveFilter) -> MoveList:
    """This will give one page of a business's moves, newest first (PROD-2).

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        rows = StockMove.objects.all()
        if wanted.kind is not None:
            rows = rows.filter(kind=wanted.kind.value)
        if wanted.product_id is not None:
            rows = rows.filter(product_id=wanted.product_id)
        if wanted.before is not None:
            rows = rows.filter(posted_before(at=wanted.before))
        words = wanted.search[:SEARCH_LENGTH].replace("\0", " ").strip()
        if not words:
            return _read_page(rows)
        meant = select_products(wanted=ProductFilter(search=words, is_active=None))
        few = list(meant.order_by().values_list("id", flat=True)[: FEW_PRODUCTS + 1])
        if not few and (number := read_number(text=words)) is not None:
            return _read_page(rows.filter(number=number))
        if len(few) <= FEW_PRODUCTS:
            return _read_page_of_few(rows, few)
        return _read_stretch(rows, Q(product__in=meant.values("id")))


def get_entry(*, actor: Actor, entry_id: UUID) -> EntryView:
    """This will give one entry with all its moves.

    Raises:
        PermissionMissing: without *view inventory*.
        EntryNotFound: if the business has no such entry.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        found = _view_entries(StockEntry.objects.filter(id=entry_id))
    if not found:
        raise EntryNotFound(entry_id=entry_id)
    return found[0]


def list_entries_before(
    *,
    actor: Actor,
    before: int | None,
    limit: int,
    product_id: UUID | None = None,
    kind: EntryKind | None = None,
) -> tuple[EntryView, ...]:
    """This will give the entries that were posted before a number, newest first.

    Arguments:
        before: the number at which the former answer ended; None: from the newest.
        limit: most entries to give.
        product_id: only entries that moved this product.
        kind: only entries of this kind.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        # Moves have the indexes that entries do not need.
        moves = StockMove.objects.filter(position=1) if product_id is None else _of(product_id)
        if kind is not None:
            moves = moves.filter(kind=kind.value)
        if before is not None:
            moves = moves.filter(number__lt=before)
        numbers = moves.order_by("-number").values_list("number", flat=True).distinct()[:limit]
        return _view_entries(StockEntry.objects.filter(number__in=list(numbers)))


def has_entry(*, actor: Actor, kind: EntryKind) -> bool:
    """This will tell whether anything of that kind was ever posted.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        return StockMove.objects.filter(kind=kind.value).exists()


def list_entries_of_source(*, actor: Actor, source_id: UUID, limit: int) -> tuple[EntryView, ...]:
    """This will give the entries that stem from a document or run, in the order of posting.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        rows = StockEntry.objects.filter(source_id=source_id).order_by("number")
        ids = list(rows.values_list("id", flat=True)[:limit])
        return _view_entries(StockEntry.objects.filter(id__in=ids))[::-1]


def find_entry_ids(*, actor: Actor, numbers: Collection[int]) -> dict[int, EntryId]:
    """This will say by number which entries those are; of unknown numbers nothing.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    if not numbers:
        return {}
    with business_scope(actor.business_id):
        rows = StockEntry.objects.filter(Among(F("number"), numbers))
        found = rows.values_list("number", "id")
        return {number: EntryId(entry_id) for number, entry_id in found}


def read_number(*, text: str) -> int | None:
    """This will read the number of an entry as people write it: 12, #12 or No. 12."""
    digits = text.strip().removeprefix("#").removeprefix("No.").strip().replace(",", "")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= NUMBER_DIGITS
    return int(digits) if is_number else None


def _of(product_id: UUID) -> "QuerySet[StockMove]":
    return StockMove.objects.filter(product_id=product_id)


def posted_before(*, at: MovePosition) -> Q:
    """This will be the condition that a move was posted before another one."""
    # The first condition says nothing new; it is the one that an index can start from.
    return Q(number__lte=at.number) & (
        Q(number__lt=at.number) | Q(number=at.number, position__lt=at.position)
    )


def _read_page(rows: "QuerySet[StockMove]") -> MoveList:
    ordered = rows.order_by(*_NEWEST_FIRST)
    return _cut(_view_moves(ordered[: PAGE_SIZE + 1]))


def _read_page_of_few(rows: "QuerySet[StockMove]", product_ids: Collection[UUID]) -> MoveList:
    """Find all moves of the products by their index, and of these the newest."""
    found = rows.filter(product_id__in=product_ids)
    # Put so, no index of the order serves; walking along it would look at everybody's moves.
    newest = found.order_by((F("number") + 0).desc(), (F("position") + 0).desc())
    chosen = list(newest.values_list("id", flat=True)[: PAGE_SIZE + 1])
    return _read_page(StockMove.objects.filter(id__in=chosen))


def _read_stretch(rows: "QuerySet[StockMove]", rest: Q) -> MoveList:
    places = rows.order_by(*_NEWEST_FIRST).values_list("number", "position")
    last = next((MovePosition(*each) for each in places[STRETCH - 1 : STRETCH]), None)
    within = rows if last is None else rows.filter(number__gte=last.number)
    page = _read_page(within.filter(rest))
    if page.next_before is not None or last is None:
        return page
    # The stretch ends with a whole entry.
    return MoveList(rows=page.rows, next_before=MovePosition(last.number, 0), is_stretch_over=True)


def _cut(found: tuple[MoveView, ...]) -> MoveList:
    shown = found[:PAGE_SIZE]
    return MoveList(rows=shown, next_before=shown[-1].at if len(found) > PAGE_SIZE else None)


def _view_moves(rows: "QuerySet[StockMove]") -> tuple[MoveView, ...]:
    return tuple(map(_view_move, rows.values(*_MOVE_COLUMNS)))


def _view_move(row: Mapping[str, Any]) -> MoveView:
    return MoveView(
        entry_id=EntryId(row["entry_id"]),
        at=MovePosition(row["number"], row["position"]),
        kind=EntryKind(row["kind"]),
        occurred_on=row["occurred_on"],
        counterpart=Counterpart(row["counterpart"]),
        product_id=ProductId(row["product_id"]),
        sku=row["product__sku"],
        product_name=row["product__name"],
        unit=row["product__unit"],
        **{name: row[name] for name in _FIGURES},
    )


def _view_entries(rows: "QuerySet[StockEntry]") -> tuple[EntryView, ...]:
    """Give entries with their moves, newest first: two questions for any number of them."""
    found = list(rows.order_by("-number").values(*_ENTRY_COLUMNS))
    moves: dict[int, list[MoveView]] = defaultdict(list)
    numbers = [row["number"] for row in found]
    of_these = StockMove.objects.filter(number__in=numbers).order_by("number", "position")
    for move in _view_moves(of_these):
        moves[move.at.number].append(move)
    return tuple(_view_entry(row, moves[row["number"]]) for row in found)


def _view_entry(row: Mapping[str, Any], moves: list[MoveView]) -> EntryView:
    has_source = row["source_id"] is not None
    return EntryView(
        id=EntryId(row["id"]),
        number=row["number"],
        kind=EntryKind(row["kind"]),
        occurred_on=row["occurred_on"],
        recorded_at=row["recorded_at"],
        actor_label=row["actor_label"],
        source=Source(row["source_kind"], row["source_id"]) if has_source else None,
        reason=AdjustmentReason(row["reason"]) if row["reason"] else None,
        notes=row["notes"],
        reverses=row["reverses_id"],
        reverses_number=row["reverses__number"],
        reversed_by=row["reversal__id"],
        reversed_by_number=row["reversal__number"],
        moves=tuple(moves),
    )
