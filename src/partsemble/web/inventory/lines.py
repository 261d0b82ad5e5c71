"""Accounting items as their list shows them, and what a person asks of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.http import QueryDict

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.items import ItemFilter, ItemList, ItemOrder, ItemRowView
from partsemble.catalog.types import ProductView
from partsemble.kernel.actor import Actor
from partsemble.sync.queries.importing import Selection, list_items_by_product
from partsemble.web.lists import read_page
from partsemble.words.figures import show_money, show_quantity
from partsemble.words.items import BUNDLE_HINT, TYPE_WORDS

_STATES: Final = {"active": True, "inactive": False}
STATE_CHOICES: Final = (
    ("", "Active and inactive"),
    ("active", "Active"),
    ("inactive", "Inactive"),
)
TYPE_CHOICES: Final = (
    ("", "All types"),
    *((each.value, TYPE_WORDS[each]) for each in ItemType if each is not ItemType.GROUP),
)
SHOW_CHOICES: Final = (
    ("", "All but hidden"),
    ("new", "Not products yet"),
    ("products", "Products"),
    ("hidden", "Hidden"),
    ("all", "All"),
)
_LINKED: Final = {"new": False, "products": True}
_HIDDEN: Final = {"hidden": True, "all": None}


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line of the list as it is shown."""

    id: UUID
    name: str
    path: str
    sku: str
    type: str
    type_hint: str
    quantity: str
    price: str
    cost: str
    is_active: bool
    is_hidden: bool
    product_id: UUID | None
    product_sku: str


def read_filter(query: QueryDict) -> ItemFilter:
    """This will read what a person wants to see from an address; nonsense is left out."""
    item_type, order = query.get("type", ""), query.get("sort", "")
    name = order.removeprefix("-")
    return ItemFilter(
        search=query.get("q", "").strip(),
        type=ItemType(item_type) if item_type in set(ItemType) else None,
        is_active=_STATES.get(query.get("state", "")),
        is_hidden=_HIDDEN.get(query.get("show", ""), False),
        order=ItemOrder(name) if name in set(ItemOrder) else ItemOrder.NAME,
        is_descending=order.startswith("-"),
        page=read_page(query),
    )


def list_wanted(*, actor: Actor, wanted: ItemFilter, show: str) -> ItemList:
    """This will give one page of the list, with products, without, or both."""
    return list_items_by_product(actor=actor, wanted=wanted, is_linked=_LINKED.get(show))


def read_ids(texts: Iterable[str]) -> frozenset[UUID]:
    """This will read the items that are ticked; what names none is left out."""
    found = set()
    for text in texts:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return frozenset(found)


def read_selection(query: QueryDict, *, is_all: bool) -> Selection:
    """This will read which items are meant: those named, or all that a list shows."""
    if not is_all:
        return Selection(ids=read_ids(query.getlist("item")))
    wanted = replace(read_filter(query), order=ItemOrder.NAME, is_descending=False, page=1)
    return Selection(wanted=wanted, is_unlinked=query.get("show") == "new")


def show_line(row: ItemRowView, *, product: ProductView | None) -> ItemLine:
    """This will put a row into words and figures.

    Arguments:
        product: which it is, if it is one.
    """
    return ItemLine(
        id=row.id,
        name=row.name,
        path=row.full_name.removesuffix(row.name).rstrip(":").replace(":", " › "),
        sku=row.sku,
        type=TYPE_WORDS[row.type],
        type_hint=BUNDLE_HINT if row.type is ItemType.GROUP else "",
        quantity=show_quantity(row.quantity_on_hand),
        price=show_money(row.unit_price),
        cost=show_money(row.purchase_cost),
        is_active=row.is_active,
        is_hidden=row.is_hidden,
        product_id=product.id if product else None,
        product_sku=product.sku if product else "",
    )
