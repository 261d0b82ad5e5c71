"""Reading the mirror of the books' items."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Q, QuerySet

from partsemble.accounting.documents import BUNDLE_TYPES, Item, ItemType
from partsemble.accounting.mirror import MIRRORED_FIELDS, KnownItem
from partsemble.accounting.models.items import INITIALS_LENGTH
from partsemble.accounting.models.items import Item as ItemRow
from partsemble.accounting.queries.connections import list_hidden_connections
from partsemble.database.pages import COUNT_CAP, ListPage, Place, count_rows, match_words, read_page
from partsemble.database.scope import ScopeMissing, business_scope, current_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import NotFound
from partsemble.kernel.ids import ConnectionId
from partsemble.kernel.permissions import Permission


class ItemOrder(StrEnum):
    """How the list can be sorted; a minus sign turns it round."""

    NAME = "name"
    SKU = "sku"
    TYPE = "type"
    PRICE = "price"
    COST = "cost"
    QUANTITY = "quantity"
    UPDATED = "updated"


_ORDER_COLUMNS: Final = {
    ItemOrder.NAME: "sort_name",
    ItemOrder.SKU: "sku",
    ItemOrder.TYPE: "type",
    ItemOrder.PRICE: "unit_price",
    ItemOrder.COST: "purchase_cost",
    ItemOrder.QUANTITY: "quantity_on_hand",
    ItemOrder.UPDATED: "updated_at",
}


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What a person wants to see of the list (ITEM-1)."""

    search: str = ""
    type: ItemType | None = None
    is_active: bool | None = None
    is_hidden: bool | None = None
    having: Q | None = None
    """What another app knows of an item, as a condition with `OuterRef("id")`."""
    order: ItemOrder = ItemOrder.NAME
    is_descending: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class ItemRowView:
    """One line of the list."""

    id: UUID
    external_id: str
    name: str
    full_name: str
    sku: str
    type: ItemType
    unit_price: Decimal | None
    purchase_cost: Decimal | None
    quantity_on_hand: Decimal | None
    is_active: bool
    is_hidden: bool


_ROW_COLUMNS: Final = tuple(field.name for field in fields(ItemRowView))


class ItemPosition(NamedTuple):
    """Where an item stands in order of name."""

    sort_name: str
    id: UUID


@dataclass(frozen=True, slots=True)
class MirroredItem:
    """One item in full, whose books it is of, and where it stands; its own id is part of that."""

    position: ItemPosition
    connection_id: ConnectionId
    item: Item


_OF_ARRAY: Final = (
    "SELECT found.* FROM unnest(%s::text[]) AS wanted (value) CROSS JOIN LATERAL ("
    "SELECT {columns} FROM accounting_item AS item"
    " WHERE item.connection_id = %s AND item.external_id = wanted.value OFFSET 0) AS found"
)
"""The policy adds the business. OFFSET keeps PostgreSQL from joining as it likes: until it has
counted a mirror that just came to be, it would read all of it for every page (ADR 16)."""
_OF_JSON: Final = (
    "SELECT json_group_array(json_array({columns})) FROM json_each(%s) AS wanted"
    " CROSS JOIN accounting_item AS item"
    " ON item.connection_id = %s AND item.external_id = wanted.value"
    " WHERE +item.business_id = %s"
)
"""CROSS and the sign tell SQLite where to begin. One document is handed over at once; of rows,
each would let the threads that read ahead have the interpreter and wait to get it back."""
_MIRRORED_COLUMNS: Final = (
    *("id", "sort_name", "connection_id", "external_id"),
    *MIRRORED_FIELDS,
)


type ItemList = ListPage[ItemRowView]


def list_items(*, actor: Actor, wanted: ItemFilter) -> ItemList:
    """This will give one page of the mirrored items (ITEM-1).

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    is_told = wanted.type is not None or wanted.is_active is not None or wanted.having is not None
    place = Place(
        columns=(_ORDER_COLUMNS[wanted.order], "id"),
        page=wanted.page,
        is_descending=wanted.is_descending,
        guide="initials" if wanted.order is ItemOrder.NAME else "",
    )
    with business_scope(actor.business_id):
        return read_page(
            found=_narrow(_list_shown(), wanted),
            is_narrowed=bool(wanted.search or wanted.is_hidden or is_told),
            place=place,
            view=_view_rows,
        )


def list_items_after(
    *, actor: Actor, wanted: ItemFilter, after: ItemPosition | None, limit: int
) -> tuple[MirroredItem, ...]:
    """This will give the mirrored items that follow a position in order of name.

    Arguments:
        wanted: of its words only those that narrow the list; order and page do not count.
        after: where the former answer ended; None: from the start.
        limit: most rows to give.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        found = _narrow(_list_shown(), wanted)
        if after is not None:
            initials = after.sort_name[:INITIALS_LENGTH]
            # The first condition says nothing new; it is the one that an index can start from.
            found = found.filter(initials__gte=initials).filter(
                Q(initials__gt=initials)
                | Q(sort_name__gt=after.sort_name)
                | Q(sort_name=after.sort_name, id__gt=after.id)
            )
        # First which rows, then their columns: sorting moves less.
        ids = list(
            found.order_by("initials", "sort_name", "id").values_list("id", flat=True)[:limit]
        )
        rows = ItemRow.objects.filter(id__in=ids).values_list(*_MIRRORED_COLUMNS)
        by_id = {row[0]: _view_mirrored(row) for row in rows}
    return tuple(by_id[row_id] for row_id in ids)


def get_item(*, actor: Actor, item_id: UUID) -> MirroredItem:
    """This will give one mirrored item.

    Raises:
        PermissionMissing: without *view inventory*.
        NotFound: if the business has no such item.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        row = ItemRow.objects.filter(id=item_id).values_list(*_MIRRORED_COLUMNS).first()
    if row is None:
        raise NotFound(item_id=item_id)
    return _view_mirrored(row)


_ACTIVE: Final = ItemFilter(is_active=True)


def count_items(*, actor: Actor, wanted: ItemFilter = _ACTIVE, cap: int = COUNT_CAP) -> int:
    """This will count mirrored items, the active ones unless told else, to one above the cap.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        return count_rows(found=_narrow(_list_shown(), wanted), cap=cap)


def find_fingerprints(
    *, connection_id: ConnectionId, external_ids: Sequence[str]
) -> dict[str, str]:
    """This will give the records from which those rows were written, inside the caller's scope."""
    return dict(_look_up("external_id, fingerprint", connection_id, external_ids))


def find_known_items(
    *, connection_id: ConnectionId, external_ids: Collection[str]
) -> dict[str, KnownItem]:
    """This will give what a plan needs to know of those rows, inside the caller's scope."""
    columns = "external_id, item.id, digest, is_active"
    return {
        external_id: KnownItem(id=_read_id(row_id), digest=digest, is_active=bool(is_active))
        for external_id, row_id, digest, is_active in _look_up(columns, connection_id, external_ids)
    }


def get_mirrored_items(
    *, connection_id: ConnectionId, external_ids: Collection[str]
) -> dict[str, Item]:
    """This will give those rows as the items they mirror, inside the caller's scope."""
    ids = [_read_id(each) for (each,) in _look_up("item.id", connection_id, external_ids)]
    rows = ItemRow.objects.filter(id__in=ids).values_list("external_id", *MIRRORED_FIELDS)
    return {row[0]: read_item(row=row) for row in rows.iterator()}


def find_items_of_ids(
    *, connection_id: ConnectionId, item_ids: Collection[UUID]
) -> dict[UUID, Item]:
    """This will give the items of those rows, as far as these books have them, in the scope."""
    # SQLite, asked for the books as well, would read all their items rather than look these up.
    rows = ItemRow.objects.filter(id__in=item_ids)
    columns = rows.values_list("id", "connection_id", "external_id", *MIRRORED_FIELDS)
    return {
        row_id: read_item(row=tuple(mirrored))
        for row_id, books, *mirrored in columns
        if books == connection_id
    }


def _look_up(
    columns: str, connection_id: ConnectionId, external_ids: Collection[str]
) -> list[tuple[Any, ...]]:
    """Give columns of those rows, as the driver gives them.

    A statement of its own, because an unchanged sync consists of it: the ORM's takes longer to
    write a thousand ids into than the database takes to look them up.
    """
    scope = current_scope()
    if scope is None or scope.business_id is None:
        raise ScopeMissing(table=ItemRow._meta.db_table, reach=scope.reach if scope else None)
    given: list[Any] = [list(external_ids), connection_id]
    template = _OF_ARRAY
    if connection.vendor != "postgresql":
        wanted = msgspec.json.encode(given[0]).decode()
        given = [wanted, connection_id.hex, scope.business_id.hex]
        template = _OF_JSON
    with connection.cursor() as cursor:
        cursor.execute(template.format(columns=columns), given)
        rows = cursor.fetchall()
    return list(rows) if template is _OF_ARRAY else msgspec.json.decode(rows[0][0])


def _read_id(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def select_shown_items(*, wanted: ItemFilter) -> "QuerySet[ItemRow]":
    """This will choose what a filter lets through of the books in use, in the caller's scope."""
    return _narrow(_list_shown(), wanted)


def read_item(*, row: tuple[object, ...]) -> Item:
    """This will make the item of its id there and its mirrored columns."""
    values = dict(zip(MIRRORED_FIELDS, row[1:], strict=True))
    values["type"] = ItemType(str(values["type"]))
    return Item(external_id=str(row[0]), **values)  # type: ignore[arg-type]  # columns of the same names


def _view_mirrored(row: tuple[Any, ...]) -> MirroredItem:
    row_id, sort_name, connection_id, *mirrored = row
    return MirroredItem(
        position=ItemPosition(sort_name=sort_name, id=row_id),
        connection_id=ConnectionId(connection_id),
        item=read_item(row=tuple(mirrored)),
    )


def _view_rows(rows: "QuerySet[ItemRow]") -> dict[UUID, ItemRowView]:
    return {
        row["id"]: ItemRowView(**{**row, "type": ItemType(row["type"])})
        for row in rows.values(*_ROW_COLUMNS)
    }


def _list_shown() -> "QuerySet[ItemRow]":
    """Give the items of the books that the business looks at now (CONN-7)."""
    hidden = list_hidden_connections()
    return ItemRow.objects.exclude(connection_id__in=hidden) if hidden else ItemRow.objects.all()


def _narrow(rows: "QuerySet[ItemRow]", wanted: ItemFilter) -> "QuerySet[ItemRow]":
    rows = match_words(rows=rows, search=wanted.search)
    if wanted.type in BUNDLE_TYPES:
        rows = rows.filter(type__in=sorted(BUNDLE_TYPES))
    elif wanted.type is not None:
        rows = rows.filter(type=wanted.type)
    if wanted.is_active is not None:
        rows = rows.filter(Q(is_active=wanted.is_active))
    if wanted.is_hidden is not None:
        rows = rows.filter(Q(is_hidden=wanted.is_hidden))
    return rows if wanted.having is None else rows.filter(wanted.having)
