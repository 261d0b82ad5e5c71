"""Linked products follow their items (ITEM-6, SYNC-6)."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from partsemble.accounting.documents import Item
from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.queries.items import find_items_of_ids
from partsemble.accounting.services.modes import note_stragglers
from partsemble.accounting.types import ConnectionView, InventoryMode
from partsemble.catalog.queries import (
    ProductFilter,
    find_taken_skus,
    look_up_linked_products,
    select_products,
)
from partsemble.catalog.services import follow_items
from partsemble.catalog.types import LinkedChange, ProductView, fold_sku
from partsemble.database.scope import business_scope
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId
from partsemble.sync.rules.following import follow_item, read_books_terms
from partsemble.sync.services.fenced import RunInHand, fenced_transaction

CHUNK_SIZE: Final = 200
"""Products that one transaction lets catch up."""


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


def note_who_follows(*, run: RunInHand) -> None:
    """This will remember, before a run writes items, that linked products do not follow them.

    Raises:
        SyncLockLost: if the lock was lost; nothing was written after that.
    """
    books = _look_at_books(run)
    if books and books.mode is not InventoryMode.SYNC and not books.has_stragglers:
        _note_stragglers(run, are_there=True)


def catch_up(*, run: RunInHand) -> None:
    """This will bring products in step whose items changed while they did not follow (ITEM-6).

    That is so after Partsemble-only mode: those items are not read as changed any more. It can be
    done again from the beginning, so only its end is written down.

    Raises:
        SyncLockLost: if the lock was lost; nothing was written after that.
    """
    books = _look_at_books(run)
    if books is None or books.mode is not InventoryMode.SYNC or not books.has_stragglers:
        return
    after: UUID | None = None
    while links := _list_linked(run, after):
        with fenced_transaction(run=run):
            items = find_items_of_ids(
                connection_id=run.connection_id, item_ids=[item_id for _, item_id in links]
            )
            follow_changed_items(
                business_id=run.business_id,
                items=[ChangedItem(item_id, item) for item_id, item in items.items()],
            )
        after = links[-1][0]
    _note_stragglers(run, are_there=False)


def _look_at_books(run: RunInHand) -> ConnectionView | None:
    books = look_up_connection(business_id=run.business_id)
    return books if books and books.id == run.connection_id else None


def _note_stragglers(run: RunInHand, *, are_there: bool) -> None:
    with fenced_transaction(run=run):
        note_stragglers(
            business_id=run.business_id, connection_id=run.connection_id, are_there=are_there
        )


def _list_linked(run: RunInHand, after: UUID | None) -> list[tuple[UUID, UUID]]:
    """Some linked products and their items, behind one of them."""
    with business_scope(run.business_id):
        rows = select_products(wanted=ProductFilter(is_active=None, is_linked=True))
        if after is not None:
            rows = rows.filter(id__gt=after)
        return list(rows.order_by("id").values_list("id", "accounting_item_id")[:CHUNK_SIZE])


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
