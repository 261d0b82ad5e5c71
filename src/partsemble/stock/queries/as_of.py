"""What was there on a past day (STOCK-4).

A day's stock is today's less what moved since, and not the sum from the beginning: the days that
people ask for are recent. One statement reads both, so that nothing is posted in between; it does
so for some products at a time, because nearly all of it is looking up what moved. What
counts is the business date; whoever posts late changes the past, and nobody can date adjustments
back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from partsemble.catalog.queries import ProductFilter, select_products
from partsemble.costing.amounts import derive_unit_cost
from partsemble.database.fields import FixedPointField
from partsemble.database.scope import business_scope
from partsemble.database.sums import join_sums, sum_millionths, sum_wholes
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.stock.models import StockBalance, StockMove

PAGE_SIZE: Final = 50
CHUNK: Final = 200
"""Products that are looked at together, in order of SKU."""
STRETCH: Final = 5_000
"""Products that one answer looks at: where little was there, it says where to go on."""

_PRODUCT_COLUMNS: Final = ("id", "sku_key", "sku", "name", "unit")


@dataclass(frozen=True, slots=True)
class DayFilter:
    """Which day's stock a person wants to see, and of what."""

    day: date
    """What was posted with this business date counts."""
    search: str = ""
    with_empty: bool = False
    """Also products of which nothing was there."""
    after: str = ""
    """Only products that follow this place in the order of SKU."""


@dataclass(frozen=True, slots=True)
class DayStock:
    """What was there of a product in the evening of a day."""

    product_id: UUID
    sku_key: str
    """Its place in the list."""
    sku: str
    name: str
    unit: str
    quantity: Decimal
    value: Decimal

    @property
    def unit_cost(self) -> Decimal | None:
        """The average, half-up to six places; None where nothing was there."""
        if not self.quantity:
            return None
        return derive_unit_cost(quantity=self.quantity, value=self.value)


@dataclass(frozen=True, slots=True)
class DayStockList:
    """A part of a day's stock, in order of SKU."""

    rows: tuple[DayStock, ...]
    next_after: str | None
    """Where the next part goes on, or None at the end."""


def list_stock_as_of(*, actor: Actor, wanted: DayFilter, limit: int = PAGE_SIZE) -> DayStockList:
    """This will give a part of what was there on a day, in order of SKU (STOCK-4).

    Arguments:
        limit: most rows to give; it may be fewer before the end.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    meant = ProductFilter(search=wanted.search, is_active=None)
    found: list[DayStock] = []
    after, looked = wanted.after, 0
    with business_scope(actor.business_id):
        products = select_products(wanted=meant).order_by("sku_key").values(*_PRODUCT_COLUMNS)
        while looked < STRETCH and len(found) <= limit:
            part = list(products.filter(sku_key__gt=after)[:CHUNK])
            found += _look(part, wanted)
            looked += CHUNK
            if len(part) < CHUNK:
                return _cut(found, limit, rest=None)
            after = part[-1]["sku_key"]
    return _cut(found, limit, rest=after)


def sum_value_as_of(*, actor: Actor, day: date) -> Decimal:
    """This will say what all stock was worth on a day, in the currency of the business.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        since = StockMove.objects.filter(occurred_on__gt=day).order_by()
        now = StockBalance.objects.order_by().values("business_id")
        parts = now.annotate(
            wholes=_take_back(sum_wholes("value"), since),
            millionths=_take_back(sum_millionths("value"), since),
        ).values("wholes", "millionths")
        found = next(iter(parts), {"wholes": 0, "millionths": 0})
    return join_sums(**found)


def _take_back(total: Sum, since: QuerySet[StockMove]) -> CombinedExpression:
    """A sum over balances, less the same sum over the moves since; both in one statement."""
    later = since.values("business_id").annotate(moved=total.copy()).values("moved")
    number = BigIntegerField()
    return total - Coalesce(Subquery(later, output_field=number), Value(0), output_field=number)


def _look(products: Sequence[Mapping[str, Any]], wanted: DayFilter) -> list[DayStock]:
    """What was there of some products; both figures of each come from one statement."""
    since = StockMove.objects.filter(product_id=OuterRef("pk"), occurred_on__gt=wanted.day)
    moved = since.order_by().values("product_id")
    rows = StockBalance.objects.filter(pk__in=[each["id"] for each in products]).annotate(
        quantity=F("on_hand") - _or_zero(moved.annotate(all=Sum("quantity")).values("all")),
        worth=F("value") - _or_zero(moved.annotate(all=Sum("value")).values("all")),
    )
    there = {
        product_id: figures
        for product_id, *figures in rows.values_list("pk", "quantity", "worth")
        if wanted.with_empty or any(figures)
    }
    return [
        DayStock(
            product_id=each["id"],
            sku_key=each["sku_key"],
            sku=each["sku"],
            name=each["name"],
            unit=each["unit"],
            quantity=there[each["id"]][0],
            value=there[each["id"]][1],
        )
        for each in products
        if each["id"] in there
    ]


def _cut(found: list[DayStock], limit: int, *, rest: str | None) -> DayStockList:
    shown = tuple(found[:limit])
    return DayStockList(rows=shown, next_after=shown[-1].sku_key if len(found) > limit else rest)


def _or_zero(rows: Any) -> Coalesce:  # noqa: ANN401 a question of any shape
    number = FixedPointField()
    return Coalesce(Subquery(rows, output_field=number), Value(0, output_field=number))
