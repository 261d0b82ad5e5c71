"""What was there on a day, on screen and to take along (STOCK-4)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.stock.queries.as_of import (
    DayFilter,
    DayStock,
    list_stock_as_of,
    sum_value_as_of,
)
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.downloads import Cell, download_csv
from partsemble.web.lists import change_query
from partsemble.web.stock.views import read_today
from partsemble.words.figures import show_money, show_quantity, show_value

PART_ROWS: Final = 1_000
"""Rows of a download that are read at a time."""
DOWNLOAD_HEAD: Final = ("SKU", "Name", "Unit of measure", "Quantity", "Unit cost", "Value")
SHOW_CHOICES: Final = (("", "What was in stock"), ("all", "All products"))
FIRST_DAY: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class DayLine:
    """One product on that day."""

    product_id: UUID
    sku: str
    name: str
    unit: str
    quantity: str
    unit_cost: str
    value: str


@business_screen(permission=Permission.VIEW_INVENTORY)
def stock_as_of(request: BusinessRequest) -> HttpResponse:
    """This will show what was there of every product in the evening of a day."""
    today = read_today(request.business)
    wanted = read_filter(request.GET, today=today)
    found = list_stock_as_of(actor=request.actor, wanted=wanted)
    total = sum_value_as_of(actor=request.actor, day=wanted.day)
    context = {
        "rows": [show_line(row) for row in found.rows],
        "first_url": change_query(request.GET, changes={"after": ""}) if wanted.after else "",
        "next_url": change_query(request.GET, changes={"after": found.next_after})
        if found.next_after
        else "",
        "total": show_value(total),
        "day": wanted.day.isoformat(),
        "day_in_words": "today" if wanted.day == today else f"{wanted.day:%-d %B %Y}",
        "today": today.isoformat(),
        "search": wanted.search,
        "show": request.GET.get("show", ""),
        "shows": SHOW_CHOICES,
        "is_narrowed": bool(wanted.search),
        "currency": request.business.currency,
        "query": request.GET.urlencode(),
        "clear_url": request.path,
    }
    page = "as_of_table" if request.htmx else "stock_as_of"
    return render(request, f"stock/{page}.html", context)


@business_screen(permission=Permission.VIEW_INVENTORY)
def download_stock_as_of(request: BusinessRequest) -> HttpResponseBase:
    """This will answer with a day's stock as the page shows it, all pages of it."""
    wanted = read_filter(request.GET, today=read_today(request.business))
    return download_csv(
        name=f"{request.business.slug}-stock-{wanted.day.isoformat()}",
        head=DOWNLOAD_HEAD,
        rows=list_cells(actor=request.actor, wanted=wanted),
    )


def read_filter(query: QueryDict, *, today: date) -> DayFilter:
    """This will read what a person wants to see from an address; nonsense is today."""
    return DayFilter(
        day=_read_day(query.get("day", ""), today),
        search=query.get("q", "").replace("\0", " ").strip(),
        with_empty=query.get("show") == "all",
        after=query.get("after", "").replace("\0", ""),
    )


def show_line(row: DayStock) -> DayLine:
    """This will put a row into figures."""
    return DayLine(
        product_id=row.product_id,
        sku=row.sku,
        name=row.name,
        unit=row.unit,
        quantity=show_quantity(row.quantity),
        unit_cost=show_money(row.unit_cost),
        value=show_value(row.value),
    )


def list_cells(*, actor: Actor, wanted: DayFilter) -> Iterator[tuple[Cell, ...]]:
    """This will read what a download holds, in order of SKU and part by part."""
    after: str | None = ""
    while after is not None:
        part = list_stock_as_of(actor=actor, wanted=replace(wanted, after=after), limit=PART_ROWS)
        for each in part.rows:
            yield (each.sku, each.name, each.unit, each.quantity, each.unit_cost, each.value)
        after = part.next_after


def _read_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return min(max(day, FIRST_DAY), today)
