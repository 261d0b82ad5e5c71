"""The mirror of a connection as a whole: how much, what is in use, what lies below what."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.db.models import Count, Q

from partsemble.accounting.documents import ItemType
from partsemble.accounting.models.items import Item
from partsemble.kernel.ids import ConnectionId


class MirrorCount(NamedTuple):
    """How many items of a connection are mirrored."""

    all: int
    active: int


def count_mirrored(*, connection_id: ConnectionId) -> MirrorCount:
    """This will count what is mirrored of a connection, inside the caller's scope."""
    rows = Item.objects.filter(connection_id=connection_id)
    counts = rows.aggregate(all=Count("id"), active=Count("id", filter=Q(is_active=True)))
    return MirrorCount(all=counts["all"], active=counts["active"])


def iterate_active_items(*, connection_id: ConnectionId) -> Iterator[tuple[str, ItemType]]:
    """This will give id and type of every active mirrored item, inside the caller's scope."""
    rows = Item.objects.filter(connection_id=connection_id, is_active=True)
    for external_id, item_type in rows.values_list("external_id", "type").iterator():
        yield external_id, ItemType(item_type)


def has_items_below(*, connection_id: ConnectionId, paths: Collection[str]) -> bool:
    """This will tell whether an item's path leads through one of those, in the caller's scope.

    Arguments:
        connection_id: whose items.
        paths: full names, levels separated by colons; a set if they are many.
    """
    rows = Item.objects.filter(connection_id=connection_id, full_name__contains=":")
    return any(
        above in paths
        for full_name in rows.values_list("full_name", flat=True).iterator()
        for above in _list_above(full_name)
    )


def _list_above(full_name: str) -> Iterator[str]:
    while ":" in full_name:
        full_name = full_name.rpartition(":")[0]
        yield full_name
