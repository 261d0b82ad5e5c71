"""What lists on screens share: the links of a page, and those that sort a column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from partsemble.database.pages import COUNT_CAP, PAGE_SIZE, ListPage

PAGE_DIGITS: Final = 6
"""A list of a million pages is not turned by hand, and a longer number is nobody's page."""


@dataclass(frozen=True, slots=True)
class PageLinks:
    """A page of a list, ready for `<c-pagination>`; an empty address switches a link off."""

    summary: str
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class SortLink:
    """A column's head, ready for `<c-th>`; `order` is `ascending`, `descending` or empty."""

    url: str
    order: str = ""


def read_page(query: QueryDict, *, name: str = "page") -> int:
    """This will read which page of a list is wanted, from 1; nonsense is the first."""
    text = query.get(name, "")
    return max(1, int(text)) if text.isdecimal() and len(text) <= PAGE_DIGITS else 1


def say_count(count: int, *, cap: int = COUNT_CAP) -> str:
    """This will say a number that was counted no further than one above a cap."""
    return f"more than {cap:,}" if count > cap else f"{count:,}"


def link_pages(
    *,
    query: QueryDict,
    page: int,
    size: int,
    shown: int,
    total: str | None,
    has_more: bool,
) -> PageLinks:
    """This will describe one page of a list and link its neighbours.

    Arguments:
        query: of the request; its other answers are kept.
        page: from 1.
        size: rows that fit a page.
        shown: rows on this page.
        total: how many there are in all, in words; None: not counted.
        has_more: whether rows follow this page.
    """
    if not shown:
        return PageLinks(summary="None")
    first = (page - 1) * size + 1
    last = first + shown - 1
    uncounted = ", and more" if has_more else f" of {last:,}"
    return PageLinks(
        summary=f"{first:,}–{last:,}{uncounted if total is None else f' of {total}'}",
        previous_url=change_query(query, changes={"page": str(page - 1)}) if page > 1 else "",
        next_url=change_query(query, changes={"page": str(page + 1)}) if has_more else "",
    )


def link_list(*, query: QueryDict, found: ListPage[Any]) -> PageLinks:
    """This will describe a page that a query gave, and link its neighbours."""
    return link_pages(
        query=query,
        page=found.page,
        size=PAGE_SIZE,
        shown=len(found.rows),
        total=say_count(found.count, cap=found.cap),
        has_more=found.has_more,
    )


def link_sort(*, query: QueryDict, column: str, current: str) -> SortLink:
    """This will link a column's head: first upwards, then downwards, back on the first page.

    Arguments:
        column: name in the query's `sort`; a minus in front of it turns it round.
        current: the `sort` that is in force.
    """
    order = {column: "ascending", f"-{column}": "descending"}.get(current, "")
    following = f"-{column}" if order == "ascending" else column
    return SortLink(url=change_query(query, changes={"sort": following, "page": ""}), order=order)


def change_query(query: QueryDict, *, changes: Mapping[str, str]) -> str:
    """This will write a query with some answers changed; an empty one is left out."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return "?" + changed.urlencode()
