"""Row locks of the catalog, in primary-key order."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from partsemble.catalog.models import Product


def lock_products(*, rows: "QuerySet[Product]") -> "QuerySet[Product]":
    """This will let nobody else change those products until the transaction ends."""
    return rows.order_by("id").select_for_update(no_key=True)
