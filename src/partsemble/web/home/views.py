"""The home page of a business."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from partsemble.accounting.queries.connections import find_connection
from partsemble.catalog.queries import ProductFilter, count_products, list_products_after
from partsemble.kernel.permissions import Permission
from partsemble.stock.queries.entries import list_entries_before
from partsemble.stock.queries.low import list_low_products
from partsemble.stock.types import EntryKind
from partsemble.sync.queries.importing import count_not_imported
from partsemble.sync.queries.linking import count_lookalikes
from partsemble.sync.queries.recency import find_last_syncs
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.home.guide import Place, Progress, Step, build_guide
from partsemble.web.lists import say_count
from partsemble.words.names import PERMISSION_WORDS

_PLACES: Final[Mapping[Place, tuple[str, str]]] = MappingProxyType(
    {
        Place.INTEGRATIONS: ("integrations", ""),
        Place.NEW_ITEMS: ("accounting_items", "?show=new"),
        Place.UNLINKED_PRODUCTS: ("products", "?show=unlinked"),
        Place.PRODUCTS: ("products", ""),
    }
)


@business_screen(permission=None)
def home(request: BusinessRequest) -> HttpResponse:
    """This will show where the business stands and what to do next."""
    context: dict[str, object] = {}
    if request.actor.is_allowed(Permission.VIEW_INVENTORY):
        guide = build_guide(_look_at_progress(request))
        context["guide"] = [_show_step(request, each) for each in guide]
        context["tiles"] = [] if guide else _list_tiles(request)
    return render(request, "home/home.html", context)


def _look_at_progress(request: BusinessRequest) -> Progress:
    actor = request.actor
    connection = find_connection(actor=actor)
    linked = ProductFilter(is_linked=True, is_active=None)
    adjustment = list_entries_before(actor=actor, before=None, limit=1, kind=EntryKind.ADJUSTMENT)
    return Progress(
        company=connection.company_name if connection else "",
        has_synced=find_last_syncs(business_id=actor.business_id).any_at is not None,
        new_items=count_not_imported(actor=actor),
        has_imported=bool(list_products_after(actor=actor, wanted=linked, after=None, limit=1)),
        lookalikes=count_lookalikes(actor=actor),
        has_adjusted=bool(adjustment),
    )


def _show_step(request: BusinessRequest, step: Step) -> dict[str, object]:
    name, query = _PLACES[step.place]
    return {
        "title": step.title,
        "text": step.text,
        "state": step.state,
        "action": step.action,
        "url": reverse(name, kwargs={"slug": request.business.slug}) + query,
        "may": request.actor.is_allowed(step.needs),
        "needs": PERMISSION_WORDS[step.needs],
    }


def _list_tiles(request: BusinessRequest) -> list[tuple[str, str, str, str]]:
    """Label, figure, where it leads, and how loud it is."""
    actor = request.actor
    place = {"slug": request.business.slug}
    products, items = reverse("products", kwargs=place), reverse("accounting_items", kwargs=place)
    low = list_low_products(actor=actor, wanted=ProductFilter()).count
    return [
        ("Products", say_count(count_products(actor=actor)), products, ""),
        ("Running low", say_count(low), f"{products}?show=low", "warn" if low else ""),
        (
            "Items that are no products",
            say_count(count_not_imported(actor=actor)),
            f"{items}?show=new",
            "",
        ),
    ]
