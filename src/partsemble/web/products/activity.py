"""What happened to a product: the newest on its page, all of it on a page of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from partsemble.catalog.queries import get_product
from partsemble.catalog.types import LinkChangeView, ProductView
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.stock.queries.story import Story, StoryPlace, read_story
from partsemble.stock.types import MovePosition
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.lists import change_query
from partsemble.web.products.page import ProductLinks, name_items
from partsemble.words.stories import ToldLine, tell

NEWEST: Final = 8
"""Lines on the page of a product."""
PAGE_LINES: Final = 50
_NOTHING: Final = "-"
_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened to a product, ready for `products/activity_table.html`."""

    lines: tuple[ToldLine, ...]
    next_place: str
    """Empty at the end."""


def show_newest(
    *, actor: Actor, product: ProductView, links: ProductLinks, currency: str
) -> Activity:
    """This will tell what happened to a product last.

    Arguments:
        links: of the product, as its page has read them.
    """
    story = read_story(actor=actor, product_id=product.id, limit=NEWEST, newest_links=links.changes)
    return _show(story, product, links.names, currency)


def _show(story: Story, product: ProductView, items: Mapping[UUID, str], currency: str) -> Activity:
    return Activity(
        lines=tuple(
            tell(each, items=items, unit=product.terms.unit, currency=currency)
            for each in story.lines
        ),
        next_place=write_place(story.next_place) if story.next_place else "",
    )


@business_screen(permission=Permission.VIEW_INVENTORY)
def product_activity(request: BusinessRequest, *, product_id: UUID) -> HttpResponse:
    """This will tell all that happened to a product, page by page."""
    product = get_product(actor=request.actor, product_id=product_id)
    place = read_place(request.GET.get("before", ""))
    story = read_story(actor=request.actor, product_id=product_id, place=place, limit=PAGE_LINES)
    links = [each for each in story.lines if isinstance(each, LinkChangeView)]
    names = name_items(links, actor=request.actor)
    found = _show(story, product, names, request.business.currency)
    older = change_query(request.GET, changes={"before": found.next_place})
    context = {
        "product": product,
        "activity": found,
        "older_url": older if found.next_place else "",
        "newest_url": request.path if request.GET.get("before") else "",
    }
    return render(request, "products/activity.html", context)


def write_place(place: StoryPlace) -> str:
    """This will write where a story goes on as an address says it."""
    instant, row_id = place.line or (_NOTHING, _NOTHING)
    number, position = place.move or (_NOTHING, _NOTHING)
    stamp = instant if isinstance(instant, str) else instant.isoformat()
    return "_".join((stamp, str(row_id), str(number), str(position)))


def read_place(text: str) -> StoryPlace:
    """This will read the same back; nonsense is the newest."""
    try:
        stamp, row_id, number, position = text.split("_")
        line = None if stamp == _NOTHING else (datetime.fromisoformat(stamp), UUID(row_id))
        move = None if number == _NOTHING else _read_position(number, position)
    except ValueError:
        return StoryPlace(None, None)
    return StoryPlace(None if line and line[0].tzinfo is None else line, move)


def _read_position(number: str, position: str) -> MovePosition:
    if len(number) > _DIGITS or len(position) > _DIGITS:
        raise ValueError(number)
    return MovePosition(int(number), int(position))
