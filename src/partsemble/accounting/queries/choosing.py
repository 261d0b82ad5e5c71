"""Items that people choose for something, in the order in which they came here."""

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from partsemble.accounting.documents import Item
from partsemble.accounting.locked import lock_items
from partsemble.accounting.mirror import MIRRORED_FIELDS
from partsemble.accounting.queries.items import ItemFilter, read_item, select_shown_items

if TYPE_CHECKING:
    from partsemble.accounting.models.items import Item as ItemRow

_COLUMNS = ("id", "external_id", *MIRRORED_FIELDS)


class ChosenItem(NamedTuple):
    """An item, and our own id of it."""

    id: UUID
    item: Item


def list_chosen_items(
    *,
    wanted: ItemFilter,
    ids: Collection[UUID] | None = None,
    after: UUID | None = None,
    until: UUID | None = None,
    limit: int,
    is_locked: bool = False,
) -> tuple[ChosenItem, ...]:
    """This will give items of the books in use by id, inside the caller's scope.

    Arguments:
        wanted: what narrows them.
        ids: these at most; None: all.
        after: those that came later than this one.
        until: those that came no later than this one.
        limit: most of them to give.
        is_locked: a sync that is about to change them waits for the caller's transaction.
    """
    rows = _choose(wanted, ids)
    if after is not None:
        rows = rows.filter(id__gt=after)
    if until is not None:
        rows = rows.filter(id__lte=until)
    rows = rows.order_by("id")
    if is_locked and connection.features.has_select_for_update:
        lock_items(item_ids=list(rows.values_list("id", flat=True)[:limit]))
    found = rows.values_list(*_COLUMNS)[:limit]
    return tuple(ChosenItem(id=row[0], item=read_item(row=row[1:])) for row in found)


def find_last_item(*, wanted: ItemFilter, ids: Collection[UUID] | None = None) -> UUID | None:
    """This will give the id of the item that came last of those, inside the caller's scope."""
    rows = _choose(wanted, ids)
    return rows.order_by("-id").values_list("id", flat=True).first()


def count_chosen_items(*, wanted: ItemFilter, ids: Collection[UUID] | None, limit: int) -> int:
    """This will count those items, as far as the limit, inside the caller's scope."""
    return _choose(wanted, ids)[:limit].count()


def _choose(wanted: ItemFilter, ids: Collection[UUID] | None) -> "QuerySet[ItemRow]":
    rows = select_shown_items(wanted=wanted)
    return rows if ids is None else rows.filter(id__in=ids)


def count_items_called(*, wanted: ItemFilter, names: Collection[str], skus: Collection[str]) -> int:
    """This will count items of the books in use that have one of those names or SKUs.

    Inside the caller's scope. No index serves it: it reads a business's items once.

    Arguments:
        wanted: what narrows them besides.
    """
    rows = select_shown_items(wanted=wanted)
    return rows.filter(Q(name__in=names) | Q(sku__in=skus)).count()
