"""The home page of a business."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from partsemble.catalog.queries import ProductFilter, count_products, list_products_after
from partsemble.kernel.permissions import Permission
from partsemble.stock.queries.balances import get_stock_value
from partsemble.stock.queries.entries import has_entry
from partsemble.stock.queries.low import count_low_products
from partsemble.stock.types import EntryKind
from partsemble.sync.queries import list_runs
from partsemble.sync.queries.importing import count_not_imported
from partsemble.sync.queries.linking import count_lookalikes
from partsemble.sync.queries.recency import has_synced
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.home.guide import Place, Progress, Step, build_guide
from partsemble.web.lists import say_count
from partsemble.web.sync.standing import STANDING_RUNS, Standing, judge_standing
from partsemble.words.figures import show_value
from partsemble.words.names import PERMISSION_WORDS

_PLACES: Final[Mapping[Place, tuple[str, str]]] = MappingProxyType(
    {
        Place.INTEGRATIONS: ("integrations", ""),
        Place.NEW_ITEMS: ("accounting_items", "?show=new"),
        Place.UNLINKED_PRODUCTS: ("products", "?show=unlinked"),
        Place.PRODUCTS: ("products", ""),
    }
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of home, and the page that it leads to."""

    label: str
    figure: str
    url: str
    unit: str = ""
    tone: str = ""


@business_screen(permission=None)
def home(request: BusinessRequest) -> HttpResponse:
    """This will show where the business stands and what to do next."""
    context: dict[str, object] = {}
    if request.actor.is_allowed(Permission.VIEW_INVENTORY):
        progress = _look_at_progress(request)
        guide = build_guide(progress)
        context["guide"] = [_show_step(request, each) for each in guide]
        context["tiles"] = [] if guide else _list_tiles(request, progress)
        if not guide and request.actor.is_allowed(Permission.RUN_SYNC):
            context["standing"] = _look_at_standing(request)
    return render(request, "home/home.html", context)


def _look_at_standing(request: BusinessRequest) -> Standing:
    connection = request.books.connection
    return judge_standing(
        connection=connection.state if connection else None,
        runs=list_runs(actor=request.actor, limit=STANDING_RUNS),
        now=timezone.now(),
    )


def _look_at_progress(request: BusinessRequest) -> Progress:
    actor, connection = request.actor, request.books.connection
    linked = ProductFilter(is_linked=True, is_active=None)
    return Progress(
        company=connection.company_name if connection else "",
        has_synced=connection is not None
        and has_synced(business_id=actor.business_id, connection_id=connection.id),
        new_items=count_not_imported(actor=actor),
        has_imported=bool(list_products_after(actor=actor, wanted=linked, after=None, limit=1)),
        lookalikes=count_lookalikes(actor=actor),
        has_adjusted=has_entry(actor=actor, kind=EntryKind.ADJUSTMENT),
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


def _list_tiles(request: BusinessRequest, progress: Progress) -> list[Tile]:
    actor, place = request.actor, {"slug": request.business.slug}
    products, items = reverse("products", kwargs=place), reverse("accounting_items", kwargs=place)
    low = count_low_products(actor=actor)
    return [
        Tile("Products", say_count(count_products(actor=actor)), products),
        Tile("Running low", say_count(low), f"{products}?show=low", tone="warn" if low else ""),
        Tile(
            "Stock is worth",
            show_value(get_stock_value(actor=actor)),
            reverse("stock_as_of", kwargs=place),
            unit=request.business.currency,
        ),
        Tile("Items that are no products", say_count(progress.new_items), f"{items}?show=new"),
    ]
