"""What was there on a past day (STOCK-4).

A day's stock is today's less what moved since, and not the sum from the beginning: the days that
people ask for are recent. One statement reads both, so that nothing is posted in between. What
counts is the business date; whoever posts late changes the past, and nobody can date adjustments
back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from partsemble.catalog.queries import ProductFilter, select_products
from partsemble.costing.amounts import ZERO, derive_unit_cost
from partsemble.database.fields import FixedPointField
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.stock.models import StockBalance, StockMove

PAGE_SIZE: Final = 50
COUNT_CAP: Final = 10_000
"""Past this a list says "more than"; counting further costs more than anybody learns from it."""

_COLUMNS: Final = (
    *("product_id", "product__sku_key", "product__sku", "product__name", "product__unit"),
    *("quantity", "worth"),
)


@dataclass(frozen=True, slots=True)
class DayFilter:
    """Which day's stock a person wants to see, and of what."""

    day: date
    """What was posted with this business date counts."""
    search: str = ""
    with_empty: bool = False
    """Also products of which nothing was there."""
    page: int = 1


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
    """One page of a day's stock, in order of SKU."""

    rows: tuple[DayStock, ...]
    count: int
    """Of products, stops one above the cap."""
    page: int
    has_more: bool


def list_stock_as_of(*, actor: Actor, wanted: DayFilter) -> DayStockList:
    """This will give one page of what was there on a day, in order of SKU (STOCK-4).

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    page = max(1, wanted.page)
    with business_scope(actor.business_id):
        found = _select(wanted)
        count = found.order_by()[: COUNT_CAP + 1].count()
        first = (page - 1) * PAGE_SIZE
        rows = _view(found.order_by("product__sku_key")[first : first + PAGE_SIZE + 1])
    has_more = len(rows) > PAGE_SIZE
    return DayStockList(rows=rows[:PAGE_SIZE], count=count, page=page, has_more=has_more)


def list_stock_as_of_after(
    *, actor: Actor, wanted: DayFilter, after: str, limit: int
) -> tuple[DayStock, ...]:
    """This will give what was there on a day, from a place in the order of SKU on.

    Arguments:
        after: `sku_key` of the last row of the former answer; empty: from the start.
        limit: most rows to give.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        found = _select(wanted).filter(product__sku_key__gt=after)
        return _view(found.order_by("product__sku_key")[:limit])


def sum_value_as_of(*, actor: Actor, day: date) -> Decimal:
    """This will say what all stock was worth on a day, in the currency of the business.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        since = StockMove.objects.filter(occurred_on__gt=day).order_by()
        later = since.values("business_id").annotate(moved=Sum("value")).values("moved")
        total = StockBalance.objects.order_by().values("business_id").annotate(now=Sum("value"))
        row = total.annotate(then=F("now") - _or_zero(later)).values_list("then").first()
    return ZERO if row is None or row[0] is None else row[0]


def _select(wanted: DayFilter) -> Any:  # noqa: ANN401 with two columns that the model has not
    rows = StockBalance.objects.all()
    if wanted.search:
        meant = select_products(wanted=ProductFilter(search=wanted.search, is_active=None))
        rows = rows.filter(product__in=meant.values("id"))
    since = StockMove.objects.filter(product_id=OuterRef("pk"), occurred_on__gt=wanted.day)
    moved = since.order_by().values("product_id")
    annotated = rows.annotate(
        quantity=F("on_hand") - _or_zero(moved.annotate(all=Sum("quantity")).values("all")),
        worth=F("value") - _or_zero(moved.annotate(all=Sum("value")).values("all")),
    )
    if not wanted.with_empty:
        annotated = annotated.exclude(Q(quantity=0) & Q(worth=0))
    return annotated.values(*_COLUMNS)


def _or_zero(rows: Any) -> Coalesce:  # noqa: ANN401 a question of any shape
    number = FixedPointField()
    return Coalesce(Subquery(rows, output_field=number), Value(0, output_field=number))


def _view(rows: Iterable[Mapping[str, Any]]) -> tuple[DayStock, ...]:
    return tuple(
        DayStock(
            product_id=row["product_id"],
            sku_key=row["product__sku_key"],
            sku=row["product__sku"],
            name=row["product__name"],
            unit=row["product__unit"],
            quantity=row["quantity"],
            value=row["worth"],
        )
        for row in rows
    )
