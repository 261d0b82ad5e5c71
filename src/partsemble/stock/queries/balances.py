"""What is there now."""

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from partsemble.catalog.queries import ProductFilter, get_product, select_products
from partsemble.database.scope import business_scope
from partsemble.database.sums import join_sums, sum_millionths, sum_wholes
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import ProductId
from partsemble.kernel.permissions import Permission
from partsemble.stock.locked import BALANCE_COLUMNS
from partsemble.stock.models import StockBalance
from partsemble.stock.rules import OpenShortage, Shelf, draft_line, settle_lines
from partsemble.stock.types import NOTHING_THERE, Adjustment, Balance, Counterpart, EntryKind


def get_balance(*, actor: Actor, product_id: UUID) -> Balance:
    """This will say what is there of a product; of an unknown one nothing is.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    found = find_balances(actor=actor, product_ids=[ProductId(product_id)])
    return found.get(ProductId(product_id), NOTHING_THERE)


def find_balances(*, actor: Actor, product_ids: Collection[ProductId]) -> dict[ProductId, Balance]:
    """This will say what is there of products; those that never moved are left out.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        rows = StockBalance.objects.filter(pk__in=product_ids)
        return {
            ProductId(product_id): Balance(*figures)
            for product_id, *figures in rows.values_list("product_id", *BALANCE_COLUMNS)
        }


def get_stock_value(*, actor: Actor) -> Decimal:
    """This will say what everything on hand is worth, in the currency of the business.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        return sum_stock_value()


def sum_stock_value() -> Decimal:
    """This will sum what everything on hand is worth, inside the caller's scope."""
    return _sum_value(StockBalance.objects.all())


def _sum_value(rows: QuerySet[StockBalance]) -> Decimal:
    return join_sums(
        **rows.aggregate(wholes=sum_wholes("value"), millionths=sum_millionths("value"))
    )


def sum_retired_stock(*, actor: Actor) -> tuple[int, Decimal]:
    """This will count products that still have stock although their items are inactive (SYNC-6).

    And say what it is worth, in the currency of the business.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    retired = ProductFilter(is_item_active=False)
    with business_scope(actor.business_id):
        products = select_products(wanted=retired).values("id")
        rows = StockBalance.objects.filter(product_id__in=products, on_hand__gt=0)
        return rows.count(), _sum_value(rows)


def preview_adjustment(*, actor: Actor, adjustment: Adjustment) -> tuple[Balance, Balance]:
    """This will say what is there of a product, and what would be after an adjustment.

    Raises:
        PermissionMissing: without *view inventory*.
        ProductNotFound: if the business has no such product.
        InvalidInput, NotEnoughStock, QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: as the
            adjustment itself would.
    """
    line = draft_line(adjustment)
    product = get_product(actor=actor, product_id=adjustment.product_id)
    before = get_balance(actor=actor, product_id=product.id)
    # A shortage would be filled from it; on whose behalf changes nothing here.
    missing = [OpenShortage(Counterpart.BOOKS, before.shortage)] if before.shortage else []
    shelf = Shelf(
        balances={product.id: before},
        shortages={product.id: missing},
        skus={product.id: product.sku},
    )
    settle_lines(kind=EntryKind.ADJUSTMENT, lines=[line], shelf=shelf)
    return before, shelf.look(product.id)
