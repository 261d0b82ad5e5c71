"""Products of which too little is there (PROD-2)."""

from dataclasses import replace

from django.db.models import Exists, OuterRef, Q

from partsemble.catalog.queries import (
    ProductFilter,
    ProductList,
    list_products,
    list_products_after,
    select_products,
)
from partsemble.catalog.types import ProductPosition, ProductView
from partsemble.database.pages import count_rows
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.stock.models import StockBalance


def list_low_products(*, actor: Actor, wanted: ProductFilter) -> ProductList:
    """This will give one page of the products that are at their reorder point or below.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    with business_scope(actor.business_id):
        return list_products(actor=actor, wanted=replace(wanted, having=_is_low()))


def count_low_products(*, actor: Actor) -> int:
    """This will count the active ones, up to one above the cap of a list.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        return count_rows(found=select_products(wanted=ProductFilter(having=_is_low())))


def list_low_products_after(
    *, actor: Actor, wanted: ProductFilter, after: ProductPosition | None, limit: int
) -> tuple[ProductView, ...]:
    """This will give the same in order of SKU, as `list_products_after`.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    with business_scope(actor.business_id):
        low = replace(wanted, having=_is_low())
        return list_products_after(actor=actor, wanted=low, after=after, limit=limit)


def _is_low() -> Q:
    """What never moved is not there at all, so only what has enough is asked for."""
    enough = StockBalance.objects.filter(
        product_id=OuterRef("id"), on_hand__gt=OuterRef("reorder_point")
    )
    is_low = Q(is_stocked=True, reorder_point__isnull=False) & ~Q(Exists(enough))
    short = StockBalance.objects.filter(shortage__gt=0)
    return is_low | Q(id__in=short.values("product_id"))
