"""Linked products follow their items (ITEM-6, SYNC-6)."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from partsemble.accounting.documents import Item
from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.queries.items import find_items_of_ids
from partsemble.accounting.services.modes import note_stragglers
from partsemble.accounting.types import ConnectionView, InventoryMode
from partsemble.catalog.queries import look_up_linked_products
from partsemble.catalog.services import follow_items
from partsemble.identity.services import record_activity
from partsemble.kernel.actor import Actor
from partsemble.sync.models import ItemSync
from partsemble.sync.queries.following import (
    count_followers,
    iterate_linked,
    list_linked_changes,
)
from partsemble.sync.services.fenced import RunInHand, fenced_transaction


class ChangedItem(NamedTuple):
    """An item that a sync has just written, and its row."""

    id: UUID
    item: Item


def follow_changed_items(*, run: RunInHand, items: Sequence[ChangedItem]) -> None:
    """This will let linked products follow items, and count them with the run.

    Inside the transaction in which the sync wrote the items. Their rows are locked by then, so
    whoever links or imports one of them comes wholly before this or wholly after. In
    Partsemble-only mode only the mark of an inactive item follows.
    """
    by_id = {each.id: each.item for each in items}
    products = look_up_linked_products(
        business_id=run.business_id, item_ids=list(by_id), is_locked=True
    )
    if not products:
        return
    books = look_up_connection(business_id=run.business_id)
    is_following = books is not None and books.mode is InventoryMode.SYNC
    changes = list_linked_changes(products=products, items=by_id, is_following=is_following)
    actor = Actor(run.business_id, None, "A sync", frozenset())
    changed = follow_items(actor=actor, changes=changes)
    if not changed:
        return
    ItemSync.objects.filter(id=run.id).update(followed=F("followed") + changed)
    record_activity(
        actor=actor, verb="brought in step", subject="products", subject_label=f"{changed:,}"
    )


def foresee_followers(*, run: RunInHand) -> None:
    """This will write down how many products a sync would let follow, for a preview (SYNC-4).

    Raises:
        JobLost: if the preview's job was lost; nothing was written.
    """
    books = _look_at_books(run)
    if books is None:
        return
    count = count_followers(business_id=run.business_id, run_id=run.id, books=books)
    with fenced_transaction(run=run):
        ItemSync.objects.filter(id=run.id).update(followed=count)


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
    for links in iterate_linked(business_id=run.business_id):
        with fenced_transaction(run=run):
            items = find_items_of_ids(
                connection_id=run.connection_id, item_ids=[each.item_id for each in links]
            )
            follow_changed_items(
                run=run, items=[ChangedItem(item_id, item) for item_id, item in items.items()]
            )
    _note_stragglers(run, are_there=False)


def _look_at_books(run: RunInHand) -> ConnectionView | None:
    books = look_up_connection(business_id=run.business_id)
    return books if books and books.id == run.connection_id else None


def _note_stragglers(run: RunInHand, *, are_there: bool) -> None:
    with fenced_transaction(run=run):
        note_stragglers(
            business_id=run.business_id, connection_id=run.connection_id, are_there=are_there
        )
