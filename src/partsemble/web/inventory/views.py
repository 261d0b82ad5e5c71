"""The list of accounting items, and the page of each (ITEM-1)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.connections import find_given_up_company
from partsemble.accounting.queries.items import (
    PAGE_SIZE,
    ItemFilter,
    ItemOrder,
    ItemRowView,
    get_item,
    list_items,
)
from partsemble.accounting.queries.one_item import find_item_accounts, get_item_id
from partsemble.kernel.permissions import Permission
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.inventory.item import describe_item
from partsemble.web.lists import link_pages, link_sort, read_page
from partsemble.words.changes import Setting
from partsemble.words.figures import show_money, show_quantity
from partsemble.words.items import BUNDLE_HINT, TYPE_WORDS

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
        "given_up": find_given_up_company(actor=request.actor),
        "may_sync": request.actor.is_allowed(Permission.RUN_SYNC),
    }
    page = "items_table" if request.htmx else "accounting_items"
    return render(request, f"inventory/{page}.html", context)


@business_screen(permission=Permission.VIEW_INVENTORY)
def accounting_item(request: BusinessRequest, *, item_id: UUID) -> HttpResponse:
    """This will show all that is mirrored of one item."""
    found = get_item(actor=request.actor, item_id=item_id)
    business = request.business
    item = describe_item(
        found.item,
        accounts=find_item_accounts(actor=request.actor, item_id=item_id),
        setting=Setting(currency=business.currency, time_zone=business.time_zone),
    )
    return render(request, "inventory/item.html", {"item": item, "business": business})


@business_screen(permission=Permission.VIEW_INVENTORY)
def accounting_item_in_books(request: BusinessRequest, *, external_id: str) -> HttpResponse:
    """This will lead from the books' number of an item to its page."""
    item_id = get_item_id(actor=request.actor, external_id=external_id)
    return redirect("accounting_item", slug=request.business.slug, item_id=item_id)


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
    )
