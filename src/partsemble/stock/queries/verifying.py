"""Proving the ledger: stored balances against moves, and moves against themselves (STOCK-2).

Balances and running balances are kept for speed. Here they are summed up again from nothing but
the moves, in the order of posting, and whatever differs is named. It reads everything once,
sorted by product, and keeps one product in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from partsemble.costing.amounts import ZERO
from partsemble.database.scope import business_scope
from partsemble.database.triggers import find_missing
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.stock.models import StockBalance, StockEntry, StockMove


class Flaw(StrEnum):
    """What can be wrong with a ledger."""

    BALANCE = "balance"
    """A stored balance is not the sum of its moves."""
    RUNNING = "running"
    """A move's running balance is not the sum up to it."""
    NEGATIVE = "negative"
    """A quantity or value is below zero, or nothing is worth something."""
    ENTRY = "entry"
    """An entry does not have the moves that it was posted with."""
    REVERSAL = "reversal"
    """An entry and its reversal do not cancel out."""
    TRIGGER = "trigger"
    """The database would let posted rows be changed."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that is not as it must be."""

    flaw: Flaw
    subject: str
    """A SKU, the number of an entry, or the name of a trigger."""
    field: str
    stored: str
    summed: str


_FIGURES: Final = ("on_hand", "value", "shortage")
_MOVE_COLUMNS: Final = (
    *("product_id", "product__sku", "number"),
    *("quantity", "value", "shortage", "on_hand_after", "value_after", "shortage_after"),
)
_NOTHING: Final = (ZERO, ZERO, ZERO)


def verify_ledger(*, actor: Actor) -> Iterator[Deviation]:
    """This will name what is off in a business's ledger; nothing, if all is well (I1, I2, I5).

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        yield from _verify_products()
        yield from _verify_entries()
        yield from _verify_reversals()


def verify_triggers() -> Iterator[Deviation]:
    """This will name the triggers that are not in place; they belong to no business."""
    for name in find_missing(connection=connection):
        yield Deviation(Flaw.TRIGGER, subject=name, field="", stored="missing", summed="in place")


def count_moves(*, actor: Actor) -> int:
    """This will count the moves of a business, all of them.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        return StockMove.objects.count()


def _verify_products() -> Iterator[Deviation]:
    columns = StockBalance.objects.values_list("product_id", "product__sku", *_FIGURES)
    stored = {product_id: (sku, figures) for product_id, sku, *figures in columns.iterator()}
    rows = StockMove.objects.order_by("product_id", "number", "position")
    for product_id, moves in groupby(rows.values_list(*_MOVE_COLUMNS).iterator(), itemgetter(0)):
        summed = list(_NOTHING)
        sku = ""
        for _, sku, number, *figures in moves:
            summed = [total + moved for total, moved in zip(summed, figures[:3], strict=True)]
            yield from _compare(Flaw.RUNNING, f"{sku} at {number}", figures[3:], summed)
        _, balance = stored.pop(product_id, (sku, list(_NOTHING)))
        yield from _compare(Flaw.BALANCE, sku, balance, summed)
        yield from _look_below_zero(sku, summed)
    for sku, balance in stored.values():
        yield from _compare(Flaw.BALANCE, sku, balance, list(_NOTHING))


def _compare(
    flaw: Flaw, subject: str, stored: list[Decimal], summed: list[Decimal]
) -> Iterator[Deviation]:
    for field, one, other in zip(_FIGURES, stored, summed, strict=True):
        if one != other:
            yield Deviation(flaw, subject=subject, field=field, stored=str(one), summed=str(other))


def _look_below_zero(sku: str, summed: list[Decimal]) -> Iterator[Deviation]:
    on_hand, value, _ = summed
    for field, number in zip(_FIGURES, summed, strict=True):
        if number < 0:
            yield Deviation(Flaw.NEGATIVE, sku, field, stored=str(number), summed="0 or more")
    if value and not on_hand:
        yield Deviation(
            Flaw.NEGATIVE, sku, "value", stored=str(value), summed="0, as none is there"
        )


def _verify_entries() -> Iterator[Deviation]:
    moves = StockMove.objects.filter(business_id=OuterRef("business_id"), number=OuterRef("number"))
    counted = moves.order_by().values("number").annotate(count=Count("id")).values("count")
    rows = StockEntry.objects.annotate(counted=Coalesce(Subquery(counted), 0))
    for row in _list_rows(rows.exclude(counted=F("move_count")), "number", "move_count", "counted"):
        number, stored, there = row
        yield Deviation(Flaw.ENTRY, f"{number}", "moves", stored=f"{stored}", summed=f"{there}")


def _verify_reversals() -> Iterator[Deviation]:
    reversals = StockEntry.objects.filter(reverses__isnull=False).order_by("number")
    for number, reversed_number in _list_rows(reversals, "number", "reverses__number"):
        left: dict[str, list[Decimal]] = {}
        pair = StockMove.objects.filter(Q(number=number) | Q(number=reversed_number))
        for sku, *figures in _list_rows(pair, "product__sku", "quantity", "value", "shortage"):
            total = left.setdefault(sku, list(_NOTHING))
            left[sku] = [one + other for one, other in zip(total, figures, strict=True)]
        for sku, figures in left.items():
            subject = f"{sku} in {reversed_number} and {number}"
            yield from _compare(Flaw.REVERSAL, subject, figures, list(_NOTHING))


def _list_rows(rows: Any, *columns: str) -> Iterator[Any]:  # noqa: ANN401 of any model
    yield from rows.values_list(*columns).iterator()
