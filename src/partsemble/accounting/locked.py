"""Row locks of accounting, in primary-key order."""

from collections.abc import Collection
from uuid import UUID

from partsemble.accounting.models.items import Item


def lock_items(*, item_ids: Collection[UUID]) -> None:
    """This will keep everybody else from changing those items until the transaction ends."""
    rows = Item.objects.filter(id__in=item_ids).order_by("id").select_for_update(no_key=True)
    list(rows.values_list("id", flat=True))
