"""Everything that reads the catalog."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from partsemble.catalog.errors import ProductNotFound
from partsemble.catalog.locked import lock_products
from partsemble.catalog.models import LinkChange, Product
from partsemble.catalog.types import (
    LinkChangeView,
    ProductPosition,
    ProductTerms,
    ProductType,
    ProductView,
    fold_sku,
)
from partsemble.database.models import Among
from partsemble.database.pages import (
    SEARCH_CAP,
    ListPage,
    Place,
    count_rows,
    match_words,
    read_page,
    split_words,
)
from partsemble.database.scope import business_scope
from partsemble.identity.queries import recorded_before
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ProductId
from partsemble.kernel.permissions import Permission

LINK_CHANGES_LIMIT: Final = 50


class ProductOrder(StrEnum):
    """How the list can be sorted by what the catalog knows."""

    NAME = "name"
    SKU = "sku"
    TYPE = "type"
    PRICE = "price"
    COST = "cost"


ORDER_COLUMNS: Final = {
    ProductOrder.NAME: "sort_name",
    ProductOrder.SKU: "sku_key",
    ProductOrder.TYPE: "type",
    ProductOrder.PRICE: "selling_price",
    ProductOrder.COST: "unit_cost",
}


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What a person wants to see of the list (PROD-2); None: whichever."""

    search: str = ""
    type: ProductType | None = None
    is_stocked: bool | None = None
    is_linked: bool | None = None
    is_active: bool | None = True
    is_item_active: bool | None = None
    having: Q | None = None
    """What another app knows of a product, as a condition with `OuterRef("id")`."""
    order: ProductOrder = ProductOrder.NAME
    is_descending: bool = False
    page: int = 1


type ProductList = ListPage[ProductView]


def get_product(*, actor: Actor, product_id: UUID) -> ProductView:
    """This will give one product.

    Raises:
        PermissionMissing: without *view inventory*.
        ProductNotFound: if the business has no such product.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        row = Product.objects.filter(id=product_id).first()
    if row is None:
        raise ProductNotFound(product_id=product_id)
    return view_product(row=row)


def find_product(*, actor: Actor, sku: str) -> ProductView | None:
    """This will find the product of a SKU, in whatever case it is written.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        row = Product.objects.filter(sku_key=fold_sku(sku.replace("\0", " "))).first()
    return None if row is None else view_product(row=row)


def find_linked_products(*, actor: Actor, item_ids: Collection[UUID]) -> dict[UUID, ProductView]:
    """This will find the products that are linked to those accounting items, by item.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    return look_up_linked_products(business_id=actor.business_id, item_ids=item_ids)


def look_up_linked_products(
    *, business_id: BusinessId, item_ids: Collection[UUID], is_locked: bool = False
) -> dict[UUID, ProductView]:
    """This will find the same for a service that has demanded a permission of its own.

    Arguments:
        is_locked: nobody else changes them before the caller's transaction ends.
    """
    with business_scope(business_id):
        rows = Product.objects.filter(accounting_item_id__in=item_ids)
        if is_locked:
            rows = lock_products(rows=rows)
        return {
            row.accounting_item_id: view_product(row=row) for row in rows if row.accounting_item_id
        }


def find_products_by_sku(*, actor: Actor, sku_keys: Collection[str]) -> dict[str, ProductView]:
    """This will find the products of many SKUs, by the keys that `types.fold_sku` makes.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        rows = Product.objects.filter(Among(F("sku_key"), sku_keys))
        return {row.sku_key: view_product(row=row) for row in rows}


def list_products(*, actor: Actor, wanted: ProductFilter) -> ProductList:
    """This will give one page of the products, without their stock (PROD-2).

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    whole = ProductFilter(search=wanted.search)
    is_filtered = replace(wanted, order=whole.order, is_descending=False, page=1) != whole
    is_searched = bool(split_words(wanted.search))
    place = Place(
        columns=(ORDER_COLUMNS[wanted.order], "id"),
        page=wanted.page,
        is_descending=wanted.is_descending,
    )
    with business_scope(actor.business_id):
        return read_page(
            found=select_products(wanted=wanted),
            is_narrowed=is_filtered or is_searched,
            place=place,
            view=lambda rows: {row.id: view_product(row=row) for row in rows},
            cap=SEARCH_CAP if is_searched and not is_filtered else None,
        )


def list_products_after(
    *, actor: Actor, wanted: ProductFilter, after: ProductPosition | None, limit: int
) -> tuple[ProductView, ...]:
    """This will give the products that follow a position in order of SKU.

    Arguments:
        wanted: of its words only those that narrow the list; order and page do not count.
        after: where the former answer ended; None: from the start.
        limit: most rows to give.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        found = select_products(wanted=wanted)
        if after is not None:
            found = found.filter(sku_key__gt=after.sku_key)
        return tuple(view_product(row=row) for row in found.order_by("sku_key")[:limit])


def count_products(*, actor: Actor) -> int:
    """This will count the active products, up to one above the cap.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        return count_rows(found=Product.objects.filter(is_active=True))


def list_link_changes(
    *,
    actor: Actor,
    product_id: UUID,
    before: tuple[datetime, UUID] | None = None,
    limit: int = LINK_CHANGES_LIMIT,
) -> tuple[LinkChangeView, ...]:
    """This will list how a product's link to the books changed, newest first (ITEM-4).

    Arguments:
        before: the instant and id of the change behind which to go on; None: from the newest.
        limit: most changes to give.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        rows = LinkChange.objects.filter(product_id=product_id)
        if before is not None:
            rows = rows.filter(recorded_before(instant=before[0], row_id=before[1]))
        return tuple(
            LinkChangeView(
                id=row.id,
                recorded_at=row.recorded_at,
                actor_label=row.actor_label,
                from_item_id=row.from_item_id,
                to_item_id=row.to_item_id,
            )
            for row in rows.order_by("-recorded_at", "-id")[:limit]
        )


def select_products(*, wanted: ProductFilter) -> "QuerySet[Product]":
    """This will choose the products that a filter lets through, inside the caller's scope.

    For lists of apps above, which filter and sort by columns of their own besides.
    """
    rows = match_words(rows=Product.objects.all(), search=wanted.search)
    if wanted.type is not None:
        rows = rows.filter(type=wanted.type)
    if wanted.is_linked is not None:
        rows = rows.filter(accounting_item__isnull=not wanted.is_linked)
    for name in ("is_stocked", "is_active", "is_item_active"):
        value = getattr(wanted, name)
        if value is not None:
            rows = rows.filter(Q(**{name: value}))
    return rows if wanted.having is None else rows.filter(wanted.having)


def view_product(*, row: Product) -> ProductView:
    """This will show a row as the value that leaves the catalog."""
    return ProductView(
        id=ProductId(row.id),
        position=ProductPosition(sku_key=row.sku_key),
        terms=ProductTerms(
            sku=row.sku,
            name=row.name,
            type=ProductType(row.type),
            is_stocked=row.is_stocked,
            description=row.description,
            unit=row.unit,
            unit_cost=row.unit_cost,
            selling_price=row.selling_price,
            reorder_point=row.reorder_point,
        ),
        is_active=row.is_active,
        accounting_item_id=row.accounting_item_id,
        is_item_active=row.is_item_active,
        revision=row.revision,
        created_at=row.created_at,
    )


def item_is_linked() -> Q:
    """This will be the condition that an accounting item belongs to a product (ITEM-1).

    For lists of items, inside the caller's scope; the item's own id is the outer `id`.
    """
    return Q(Exists(Product.objects.filter(accounting_item_id=OuterRef("id"))))


def find_taken_skus(*, sku_keys: Collection[str]) -> dict[str, str]:
    """This will give the SKUs that are taken, by their keys, inside the caller's scope.

    Arguments:
        sku_keys: as `types.fold_sku` makes them.
    """
    rows = Product.objects.filter(Among(F("sku_key"), sku_keys))
    return dict(rows.values_list("sku_key", "sku"))
