"""What is there now."""

from collections.abc import Collection
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import F, Sum

from partsemble.costing.amounts import ZERO
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import ProductId
from partsemble.kernel.permissions import Permission
from partsemble.stock.locked import BALANCE_COLUMNS
from partsemble.stock.models import StockBalance, StockMove
from partsemble.stock.types import NOTHING_THERE, Balance, Counterpart

NEVER_LOCAL: Final = frozenset({Counterpart.BOOKS, Counterpart.OPENING})
"""What the books know already: they said so, or it was theirs to begin with (SYNC-7)."""


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


def sum_local_moves(*, product_ids: Collection[ProductId]) -> dict[ProductId, Decimal]:
    """This will sum what moved here without the books' doing, inside the caller's scope (SYNC-7).

    What was to be taken and was not there counts too: a move's quantity less the shortage that it
    left. So filling a shortage later changes nothing. Products without such moves are left out.
    """
    rows = (
        StockMove.objects.filter(product_id__in=product_ids)
        .exclude(counterpart__in=NEVER_LOCAL)
        .values("product_id")
        .annotate(moved=Sum(F("quantity") - F("shortage")))
        .order_by()
    )
    return {ProductId(row["product_id"]): row["moved"] or ZERO for row in rows}
