"""What linked products take over from items that a sync writes, or is going to write (ITEM-6)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from partsemble.accounting.documents import Item
from partsemble.accounting.queries.items import find_items_of_ids
from partsemble.accounting.types import ConnectionView, InventoryMode
from partsemble.catalog.queries import (
    ProductFilter,
    find_taken_skus,
    look_up_linked_products,
    select_products,
)
from partsemble.catalog.types import LinkedChange, ProductView, fold_sku
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId, RunId
from partsemble.sync.queries.foreseeing import iterate_planned
from partsemble.sync.rules.following import follow_item, read_books_terms

CHUNK_SIZE: Final = 200
"""Products that are let catch up in one transaction."""


class LinkedItem(NamedTuple):
    """A product and the item that it is linked to."""

    product_id: UUID
    item_id: UUID


def iterate_linked(*, business_id: BusinessId) -> Iterator[Sequence[LinkedItem]]:
    """This will give all linked products, so many as one transaction takes at a time."""
    links: list[LinkedItem] = []
    while True:
        with business_scope(business_id):
            rows = select_products(wanted=ProductFilter(is_active=None, is_linked=True))
            if links:
                rows = rows.filter(id__gt=links[-1].product_id)
            found = rows.order_by("id").values_list("id", "accounting_item_id")[:CHUNK_SIZE]
            links = [LinkedItem(*each) for each in found]
        if not links:
            return
        yield links


def list_linked_changes(
    *, products: Mapping[UUID, ProductView], items: Mapping[UUID, Item], is_following: bool
) -> list[LinkedChange]:
    """This will list the products that their items say something else of.

    It runs inside the caller's scope.

    Arguments:
        products: by the rows of their items.
        items: by their rows; each of the products has one.
        is_following: whether more than the mark of an inactive item follows (CONN-8).
    """
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


def count_followers(*, business_id: BusinessId, run_id: RunId, books: ConnectionView) -> int:
    """This will count the products that would follow if a run's plan were applied (SYNC-4)."""
    is_following = books.mode is InventoryMode.SYNC
    planned: set[UUID] = set()
    count = 0
    with business_scope(business_id):
        for steps in iterate_planned(run_id=run_id):
            items = {item_id: step.item for item_id, step in steps.items()}
            count += _count(business_id, items, is_following=is_following)
            planned |= items.keys()
    if not (is_following and books.has_stragglers):
        return count
    for links in iterate_linked(business_id=business_id):
        with business_scope(business_id):
            others = [each.item_id for each in links if each.item_id not in planned]
            items = find_items_of_ids(connection_id=books.id, item_ids=others)
            count += _count(business_id, items, is_following=True)
    return count


def _count(business_id: BusinessId, items: Mapping[UUID, Item], *, is_following: bool) -> int:
    products = look_up_linked_products(business_id=business_id, item_ids=list(items))
    return len(list_linked_changes(products=products, items=items, is_following=is_following))
