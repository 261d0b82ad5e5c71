"""From where a product and its item are compared (ITEM-4)."""

from decimal import Decimal
from uuid import UUID

from partsemble.kernel.ids import BusinessId, ProductId
from partsemble.sync.correction_models import LinkAnchor


def set_anchor(
    *,
    business_id: BusinessId,
    product_id: ProductId,
    item_id: UUID,
    number: int,
    purchase_cost: Decimal | None,
) -> None:
    """This will say that a product and its item are even now; inside the caller's transaction.

    Whoever links them calls it, and a sync when our cost follows the item's (SYNC-7).

    Arguments:
        number: of the last stock entry that the books have already, or need not follow.
        purchase_cost: the item's, which our cost follows from here on when it changes.
    """
    LinkAnchor.objects.update_or_create(
        product_id=product_id,
        defaults={
            "business_id": business_id,
            "item_id": item_id,
            "number": number,
            "purchase_cost": purchase_cost,
        },
    )
