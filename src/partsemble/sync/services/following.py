"""Linked products follow their items (ITEM-6, SYNC-6)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from partsemble.accounting.documents import Item
from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.types import InventoryMode
from partsemble.catalog.queries import find_taken_skus, look_up_linked_products
from partsemble.catalog.services import follow_items
from partsemble.catalog.types import LinkedChange, ProductView, fold_sku
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId
from partsemble.sync.rules.following import follow_item, read_books_terms


class ChangedItem(NamedTuple):
    """An item that a sync has just written, and its row."""

    id: UUID
    item: Item


def follow_changed_items(*, business_id: BusinessId, items: Sequence[ChangedItem]) -> int:
    """This will let linked products follow items, and give how many changed.

    Inside the transaction in which the sync wrote the items. Their rows are locked by then, so
    whoever links or imports one of them comes wholly before this or wholly after. In
    Partsemble-only mode only the mark of an inactive item follows.
    """
    by_id = {each.id: each.item for each in items}
    products = look_up_linked_products(
        business_id=business_id, item_ids=list(by_id), is_locked=True
    )
    if not products:
        return 0
    books = look_up_connection(business_id=business_id)
    is_following = books is not None and books.mode is InventoryMode.SYNC
    changes = _list_changes(products, by_id, is_following=is_following)
    actor = Actor(business_id, None, "A sync", frozenset())
    changed = follow_items(actor=actor, changes=changes)
    if changed:
        record_activity(
            actor=actor,
            verb="brought in step",
            subject="products",
            subject_label=f"{changed:,}",
        )
    return changed


def _list_changes(
    products: Mapping[UUID, ProductView], items: Mapping[UUID, Item], *, is_following: bool
) -> list[LinkedChange]:
    skus = {fold_sku(str(read_books_terms(items[each]).get("sku", ""))) for each in products}
    taken = find_taken_skus(sku_keys=skus) if is_following else {}
    changes = []
    for item_id, product in sorted(products.items()):
        item, terms = items[item_id], product.terms
        if is_following:
            terms = follow_item(terms=terms, item=item, taken=taken)
            taken[fold_sku(terms.sku)] = terms.sku
        if (terms, item.is_active) != (product.terms, product.is_item_active):
            changes.append(LinkedChange(product, terms, item.is_active))
    return changes
