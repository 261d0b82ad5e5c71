"""The list of accounting items, and the page of each (ITEM-1)."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from partsemble.accounting.queries.items import ItemOrder, count_items, get_item
from partsemble.accounting.queries.one_item import find_item_accounts, get_item_id
from partsemble.accounting.services.visibility import set_items_hidden
from partsemble.catalog.queries import find_linked_products
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries.importing import count_not_imported
from partsemble.sync.queries.item_changes import list_item_changes
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.inventory.item import describe_item
from partsemble.web.inventory.lines import (
    SHOW_CHOICES,
    STATE_CHOICES,
    TYPE_CHOICES,
    list_wanted,
    read_filter,
    read_ids,
    read_selection,
    show_line,
)
from partsemble.web.lists import link_list, link_sort, say_count
from partsemble.web.sync.changes import StepLine, show_step
from partsemble.web.sync.report import RunReport, make_report
from partsemble.words.changes import Setting
from partsemble.words.figures import count_things

WAITING_CAP: Final = 1_000
"""Looking at the products of so many items costs less than the list itself."""
SHOWN_CHANGES: Final = 5
"""Of an item, on its page."""
_FILTER_NAMES: Final = ("q", "type", "state", "show")


@business_screen(permission=Permission.VIEW_INVENTORY)
def accounting_items(request: BusinessRequest) -> HttpResponse:
    """This will list the items that syncs have read: search, filter, sort, pages."""
    query = request.GET
    wanted = read_filter(query)
    found = list_wanted(actor=request.actor, wanted=wanted, show=query.get("show", ""))
    products = find_linked_products(actor=request.actor, item_ids=[row.id for row in found.rows])
    sort = ("-" if wanted.is_descending else "") + wanted.order
    may_import = request.actor.is_allowed(Permission.RUN_SYNC)
    context = {
        "rows": [show_line(row, product=products.get(row.id)) for row in found.rows],
        "pages": link_list(query=query, found=found),
        "sorts": {
            each.value: link_sort(query=query, column=each, current=sort) for each in ItemOrder
        },
        "sort": query.get("sort", ""),
        "search": wanted.search,
        "type": query.get("type", ""),
        "types": TYPE_CHOICES,
        "state": query.get("state", ""),
        "states": STATE_CHOICES,
        "show": query.get("show", ""),
        "shows": SHOW_CHOICES,
        "is_filtered": any(query.get(name) for name in _FILTER_NAMES),
        "all_words": say_count(found.count, cap=found.cap),
        "query": query.urlencode(),
        "currency": request.business.currency,
        "clear_url": request.path,
        "may_sync": may_import,
        "may_import": may_import,
    }
    if request.htmx:
        return render(request, "inventory/items_table.html", context)
    has_any = bool(found.rows) or count_items(actor=request.actor) > 0
    is_plain = has_any and not query
    context |= {"has_any": has_any, "waiting": _say_waiting(request) if is_plain else ""}
    return render(request, "inventory/accounting_items.html", context)


@business_screen(permission=Permission.RUN_SYNC, methods=("POST",))
def choose_items(request: BusinessRequest) -> HttpResponse:
    """This will do with the ticked items, or with all that match, what the button says."""
    action, query = request.POST.get("action", ""), QueryDict(request.POST.get("query", ""))
    place = {"slug": request.business.slug}
    is_all = action.endswith("-all")
    if action.startswith("import"):
        chosen = [("all", "1"), *_list_filter(query)] if is_all else _list_ticked(request)
        return redirect(f"{reverse('import_items', kwargs=place)}?{urlencode(chosen)}")
    selection = read_selection(query if is_all else request.POST, is_all=is_all)
    is_hidden = action.startswith("hide")
    changed = set_items_hidden(
        actor=request.actor, is_hidden=is_hidden, wanted=selection.wanted, ids=selection.ids
    )
    said = "out of sight now; syncs go on with them" if is_hidden else "in the list again"
    verb = "is" if changed == 1 else "are"
    messages.success(request, f"{count_things(changed, noun='item')} {verb} {said}.")
    return redirect(f"{reverse('accounting_items', kwargs=place)}?{urlencode(_list_filter(query))}")


@business_screen(permission=Permission.VIEW_INVENTORY)
def accounting_item(request: BusinessRequest, *, item_id: UUID) -> HttpResponse:
    """This will show all that is mirrored of one item, and which product it is."""
    found = get_item(actor=request.actor, item_id=item_id)
    business = request.business
    may_sync = request.actor.is_allowed(Permission.RUN_SYNC)
    item = describe_item(
        found.item,
        accounts=find_item_accounts(actor=request.actor, item_id=item_id),
        setting=Setting(currency=business.currency, time_zone=business.time_zone),
    )
    context = {
        "item": item,
        "item_id": item_id,
        "business": business,
        "product": find_linked_products(actor=request.actor, item_ids=[item_id]).get(item_id),
        "may_import": may_sync,
        "may_see_runs": may_sync,
        "changes": _list_changes(request, item_id) if may_sync else (),
        "days": settings.PARTSEMBLE_SYNC_PLAN_DAYS,
    }
    return render(request, "inventory/item.html", context)


def _list_changes(request: BusinessRequest, item_id: UUID) -> list[tuple[RunReport, StepLine]]:
    """List what syncs did to an item, as their reports say it."""
    setting = Setting(request.business.currency, request.business.time_zone)
    found = list_item_changes(actor=request.actor, item_id=item_id, limit=SHOWN_CHANGES)
    return [(make_report(each.run), show_step(each.step, setting=setting)) for each in found]


@business_screen(permission=Permission.VIEW_INVENTORY)
def accounting_item_in_books(request: BusinessRequest, *, external_id: str) -> HttpResponse:
    """This will lead from the books' number of an item to its page."""
    item_id = get_item_id(actor=request.actor, external_id=external_id)
    return redirect("accounting_item", slug=request.business.slug, item_id=item_id)


def _list_filter(query: QueryDict) -> list[tuple[str, str]]:
    return [(name, query.get(name, "")) for name in _FILTER_NAMES if query.get(name)]


def _list_ticked(request: BusinessRequest) -> list[tuple[str, str]]:
    return [("item", str(each)) for each in sorted(read_ids(request.POST.getlist("item")))]


def _say_waiting(request: BusinessRequest) -> str:
    """Say how many items could become products (T4)."""
    count = count_not_imported(actor=request.actor, cap=WAITING_CAP)
    if count > WAITING_CAP:
        return f"More than {WAITING_CAP:,} items are not products yet"
    verb = "is not a product" if count == 1 else "are not products"
    return f"{count_things(count, noun='item')} {verb} yet" if count else ""
