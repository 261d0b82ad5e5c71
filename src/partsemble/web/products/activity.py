"""What happened to a product: the newest on its page, all of it on a page of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from partsemble.accounting.queries.one_item import find_item_names
from partsemble.catalog.queries import get_product
from partsemble.catalog.types import LinkChangeView, ProductView
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.stock.queries.story import StoryPlace, read_story
from partsemble.stock.types import MovePosition
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.lists import change_query
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


def show_activity(
    *, actor: Actor, product: ProductView, currency: str, place: str = "", limit: int = NEWEST
) -> Activity:
    """This will tell what happened to a product, newest first.

    Arguments:
        place: where to go on, as an address says it; nonsense is the newest.
        limit: most lines to tell.
    """
    story = read_story(actor=actor, product_id=product.id, place=read_place(place), limit=limit)
    links = [each for each in story.lines if isinstance(each, LinkChangeView)]
    ids = {each for one in links for each in (one.from_item_id, one.to_item_id) if each}
    items = find_item_names(actor=actor, item_ids=ids) if ids else {}
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
    found = show_activity(
        actor=request.actor,
        product=product,
        currency=request.business.currency,
        place=request.GET.get("before", ""),
        limit=PAGE_LINES,
    )
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
