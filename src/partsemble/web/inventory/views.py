"""The list of accounting items (ITEM-1)."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.items import (
    PAGE_SIZE,
    ItemFilter,
    ItemOrder,
    ItemRowView,
    list_items,
)
from partsemble.kernel.permissions import Permission
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.lists import link_pages, link_sort, read_page
from partsemble.words.figures import show_money, show_quantity
from partsemble.words.items import TYPE_WORDS

_STATES: Final = {"active": True, "inactive": False}
_STATE_CHOICES: Final = (
    ("", "Active and inactive"),
    ("active", "Active"),
    ("inactive", "Inactive"),
)
_TYPE_CHOICES: Final = (
    ("", "All types"),
    *((each.value, TYPE_WORDS[each]) for each in ItemType if each is not ItemType.GROUP),
)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line of the list as it is shown."""

    name: str
    path: str
    sku: str
    type: str
    quantity: str
    price: str
    cost: str
    is_active: bool


@business_screen(permission=Permission.VIEW_INVENTORY)
def accounting_items(request: BusinessRequest) -> HttpResponse:
    """This will list the items that syncs have read: search, filter, sort, pages."""
    wanted = read_filter(request.GET)
    found = list_items(actor=request.actor, wanted=wanted)
    sort = ("-" if wanted.is_descending else "") + wanted.order
    context = {
        "rows": [show_line(row) for row in found.rows],
        "pages": link_pages(
            query=request.GET,
            page=found.page,
            size=PAGE_SIZE,
            shown=len(found.rows),
            total=found.count,
            has_more=found.has_more,
        ),
        "sorts": {
            each.value: link_sort(query=request.GET, column=each, current=sort)
            for each in ItemOrder
        },
        "sort": request.GET.get("sort", ""),
        "search": wanted.search,
        "type": request.GET.get("type", ""),
        "types": _TYPE_CHOICES,
        "state": request.GET.get("state", ""),
        "states": _STATE_CHOICES,
        "is_filtered": bool(
            wanted.search or wanted.type is not None or wanted.is_active is not None
        ),
        "currency": request.business.currency,
        "clear_url": request.path,
        "may_sync": request.actor.is_allowed(Permission.RUN_SYNC),
    }
    page = "items_table" if request.htmx else "accounting_items"
    return render(request, f"inventory/{page}.html", context)


def read_filter(parameters: QueryDict) -> ItemFilter:
    """This will read what a person wants to see from an address; nonsense is left out."""
    item_type, order = parameters.get("type", ""), parameters.get("sort", "")
    name = order.removeprefix("-")
    return ItemFilter(
        search=parameters.get("q", "").strip(),
        type=ItemType(item_type) if item_type in set(ItemType) else None,
        is_active=_STATES.get(parameters.get("state", "")),
        order=ItemOrder(name) if name in set(ItemOrder) else ItemOrder.NAME,
        is_descending=order.startswith("-"),
        page=read_page(parameters),
    )


def show_line(row: ItemRowView) -> ItemLine:
    """This will put a row into words and figures."""
    return ItemLine(
        name=row.name,
        path=row.full_name.removesuffix(row.name).rstrip(":").replace(":", " › "),
        sku=row.sku,
        type=TYPE_WORDS[row.type],
        quantity=show_quantity(row.quantity_on_hand),
        price=show_money(row.unit_price),
        cost=show_money(row.purchase_cost),
        is_active=row.is_active,
    )
