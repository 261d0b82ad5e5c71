"""What is there now."""

from collections.abc import Collection
from uuid import UUID

from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import ProductId
from partsemble.kernel.permissions import Permission
from partsemble.stock.locked import BALANCE_COLUMNS
from partsemble.stock.models import StockBalance
from partsemble.stock.types import NOTHING_THERE, Balance


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
