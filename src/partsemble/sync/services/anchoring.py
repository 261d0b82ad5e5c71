"""From where a product and its item are compared (ITEM-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from partsemble.kernel.ids import BusinessId, ProductId
from partsemble.sync.correction_models import LinkAnchor


@dataclass(frozen=True, slots=True)
class Anchor:
    """A product and its item are even, as far as stock entries up to a number go."""

    product_id: ProductId
    item_id: UUID
    number: int
    """Of the last stock entry that the books have already, or need not follow."""
    purchase_cost: Decimal | None
    """The item's, which our cost follows from here on when it changes."""


def set_anchors(*, business_id: BusinessId, anchors: Sequence[Anchor]) -> None:
    """This will say that products and their items are even now (ITEM-4).

    Whoever links them calls it, inside his scope and transaction, and a sync when our cost has
    followed the item's (SYNC-7).
    """
    LinkAnchor.objects.bulk_create(
        (
            LinkAnchor(
                product_id=each.product_id,
                business_id=business_id,
                item_id=each.item_id,
                number=each.number,
                purchase_cost=each.purchase_cost,
            )
            for each in anchors
        ),
        update_conflicts=True,
        unique_fields=["product"],
        update_fields=["item", "number", "purchase_cost"],
    )
