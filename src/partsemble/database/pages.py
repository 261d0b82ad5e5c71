"""One page of a long list: which rows are on it, and how many there are.

Lists have 100,000 rows and are searched, filtered and sorted in more ways than there are indexes.
Reading all rows of a business once is what such a page may cost, twice is too much. So which rows
are on a page is asked for by their ids alone, and their columns only for those; the rows that pass
a filter are counted and put in order in one reading, unless they are more than a list counts, and
then that is known soon; and an index in the order of the list is followed where rows are many,
because where they are rare it leads past all the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE_SIZE: Final = 50
"""Rows of one page of a list."""
COUNT_CAP: Final = 10_000
"""Past this a list says "more than"; counting further costs more than anybody learns from it."""
SEARCH_CAP: Final = 2_000
"""The same where words alone found the rows: who searches looks at the first of them."""
SEARCH_LENGTH: Final = 100
FAR_BEHIND: Final = 2_000
"""To pass more rows than that by an index alone is worth two more questions."""


@dataclass(frozen=True, slots=True)
class ListPage[View]:
    """One page of a list; `count` stops one above `cap`."""

    rows: tuple[View, ...]
    count: int
    page: int
    has_more: bool
    cap: int = COUNT_CAP


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page is.

    `columns` decide the order and end with the id. `guide` leads them in an index and says
    nothing that they don't; empty without one.
    """

    columns: Sequence[str]
    page: int
    is_descending: bool = False
    guide: str = ""


def read_page[View](
    *,
    found: "QuerySet[Any]",
    is_narrowed: bool,
    place: Place,
    view: Callable[["QuerySet[Any]"], Mapping[UUID, View]],
    cap: int | None = None,
) -> ListPage[View]:
    """This will give one page of the rows that a list found, inside the caller's scope.

    Arguments:
        found: the rows, in no order.
        is_narrowed: whether a filter may have left few of them.
        view: shows rows, by their ids.
        cap: how far to count them; None: to `COUNT_CAP`.
    """
    page = max(1, place.page)
    first = (page - 1) * PAGE_SIZE
    cap = COUNT_CAP if cap is None else cap
    count, ids = _look_once(found, place, first, cap) if is_narrowed else (0, None)
    if ids is None:
        ids = _follow_order(found, place, first, passes_by=not is_narrowed)
        # The last page tells how many there are, and one behind the cap that there are more.
        passed, is_past_end = first + len(ids), bool(first and not ids)
        is_counted = not is_past_end and (len(ids) <= PAGE_SIZE or passed > cap)
        count = count or (passed if is_counted else count_rows(found=found, cap=cap))
    shown = view(found.model.objects.filter(id__in=ids[:PAGE_SIZE]))
    return ListPage(
        rows=tuple(shown[each] for each in ids[:PAGE_SIZE] if each in shown),
        count=min(count, cap + 1),
        page=page,
        has_more=len(ids) > PAGE_SIZE,
        cap=cap,
    )


def _look_once(
    found: "QuerySet[Any]", place: Place, first: int, cap: int
) -> tuple[int, list[UUID] | None]:
    """Count rows and find those of a page in one reading; only count them if they are many."""
    inner = found.order_by().values_list(*place.columns)[: cap + 1]
    columns = [f"c{number}" for number in range(len(place.columns))]
    turn = " DESC" if place.is_descending else ""
    try:
        sql, given = inner.query.sql_with_params()
    except EmptyResultSet:
        return 0, []
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH hit ({', '.join(columns)}) AS MATERIALIZED ({sql})"  # noqa: S608 Django wrote it
            f" SELECT {columns[-1]}, (SELECT COUNT(*) FROM hit) FROM hit"
            f" ORDER BY {', '.join(each + turn for each in columns)} LIMIT %s OFFSET %s",
            [*given, PAGE_SIZE + 1, first],
        )
        rows = cursor.fetchall()
    count = rows[0][1] if rows else count_rows(found=found, cap=cap) if first else 0
    ids = [each if isinstance(each, UUID) else UUID(each) for each, _ in rows]
    return count, None if count > cap else ids


def _follow_order(
    found: "QuerySet[Any]", place: Place, first: int, *, passes_by: bool
) -> list[UUID]:
    """Find the rows of a page along an index in the order of the list, if there is one."""
    order = [*([place.guide] if place.guide else []), *place.columns]
    if place.is_descending:
        order = [f"-{each}" for each in order]
    if place.guide and passes_by and first >= FAR_BEHIND:
        found, first = _pass_by(found, place, first)
    return list(found.order_by(*order).values_list("id", flat=True)[first : first + PAGE_SIZE + 1])


def _pass_by(found: "QuerySet[Any]", place: Place, first: int) -> "tuple[QuerySet[Any], int]":
    """Leave out what the guide alone, which an index holds, says to be before a page."""
    guide, is_down = place.guide, place.is_descending
    values = found.order_by(f"-{guide}" if is_down else guide).values_list(guide, flat=True)
    for value in values[first : first + 1]:
        passed = found.filter(**{f"{guide}__gt" if is_down else f"{guide}__lt": value}).count()
        rest = found.filter(**{f"{guide}__lte" if is_down else f"{guide}__gte": value})
        return rest, max(0, first - passed)
    return found.none(), 0


def count_rows(*, found: "QuerySet[Any]", cap: int = COUNT_CAP) -> int:
    """This will count rows, to one above the cap."""
    return found.order_by()[: cap + 1].count()


def match_words(*, rows: "QuerySet[Any]", search: str) -> "QuerySet[Any]":
    """This will keep the rows whose `search_text`, which is case-folded, has all those words."""
    # LIKE would do as well, but of its patterns PostgreSQL believes that next to nothing fits, and
    # sorts what it need only follow.
    for word in split_words(search):
        rows = rows.filter(GreaterThan(StrIndex("search_text", Value(word)), 0))
    return rows


def split_words(search: str) -> list[str]:
    """This will give the case-folded words of a search, without what no stored text holds."""
    # PostgreSQL refuses a NUL.
    return search[:SEARCH_LENGTH].replace("\0", " ").casefold().split()
