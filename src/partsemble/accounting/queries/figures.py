"""What the books say of a few items in numbers, for those who compare."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from partsemble.accounting import documents
from partsemble.accounting.documents import ItemType
from partsemble.accounting.models.items import Item
from partsemble.kernel.ids import ConnectionId


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """An active item that is counted in the books."""

    id: UUID
    external_id: str
    quantity: Decimal
    purchase_cost: Decimal | None


def find_counted_items(
    *, connection_id: ConnectionId, item_ids: Collection[UUID]
) -> dict[UUID, ItemFigures]:
    """This will find those items that are active, of type Inventory and report a quantity.

    It runs inside the caller's scope. Items of other books are left out (CONN-7), and inactive
    ones, whose stock the books write off (SYNC-6).
    """
    rows = Item.objects.filter(
        id__in=item_ids,
        is_active=True,
        type=ItemType.INVENTORY.value,
        quantity_on_hand__isnull=False,
    )
    # SQLite, asked for the books as well, would read all their items rather than look these up.
    columns = ("id", "external_id", "quantity_on_hand", "purchase_cost", "connection_id")
    return {
        item_id: ItemFigures(item_id, external_id, quantity, purchase_cost)
        for item_id, external_id, quantity, purchase_cost, books in rows.values_list(*columns)
        if quantity is not None and books == connection_id
    }


def count_read_item(*, item_id: UUID, item: documents.Item) -> ItemFigures | None:
    """This will give an item that was read as `find_counted_items` would if it were mirrored.

    Arguments:
        item_id: of the mirrored row.
        item: as the books say it.
    """
    is_counted = item.is_active and item.type is ItemType.INVENTORY
    if not is_counted or item.quantity_on_hand is None:
        return None
    return ItemFigures(item_id, item.external_id, item.quantity_on_hand, item.purchase_cost)
