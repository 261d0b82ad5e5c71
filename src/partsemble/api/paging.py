"""Lists by cursors: each answer says where the next one begins (API-1).

A cursor holds the position of the last row, so that a page costs the same wherever it is, and a
row that comes or goes meanwhile moves no other from one page to the next. It is signed, for its
list alone: nobody has to consider what a made-up position would do to a query.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Final

import msgspec
from django.core import signing
from ninja import Query

from partsemble.api.wire import WITHOUT_NUL, Shape
from partsemble.database.pages import SEARCH_LENGTH
from partsemble.kernel.errors import InvalidInput

PAGE_SIZE: Final = 50
LARGEST_PAGE: Final = 200
"""Rows are built in memory before the first is sent."""
CURSOR_LENGTH: Final = 3000
"""A position may be a SKU in letters that take six bytes each."""

Cursor = Annotated[
    str | None,
    Query(
        max_length=CURSOR_LENGTH,
        description="The `next_cursor` of the page before; leave it out for the first page.",
    ),
]
Search = Annotated[str, Query(max_length=SEARCH_LENGTH, pattern=WITHOUT_NUL)]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="The most rows of a page.")]


class Page[Row](Shape):
    """Some rows of a list, and where the next page begins."""

    rows: list[Row]
    next_cursor: str | None
    """Null on the last page."""


def make_page[View, Row](
    views: Sequence[View],
    *,
    limit: int,
    show: Callable[[View], Row],
    name: str,
    locate: Callable[[View], object],
) -> Page[Row]:
    """This will make a page of what a query found.

    Arguments:
        views: what was found; one more than the limit shows that there is a next page.
        limit: the most rows of the page.
        show: puts one into its shape.
        name: of the list; a cursor counts for no other.
        locate: gives its position, which `read_cursor` gives back.
    """
    shown = views[:limit]
    has_more = len(views) > limit
    return Page(
        rows=[show(each) for each in shown],
        next_cursor=_write_cursor(name, locate(shown[-1])) if has_more else None,
    )


def read_cursor[Position](
    cursor: str | None, *, name: str, kind: type[Position]
) -> Position | None:
    """This will read the position at which the page before ended, or None for the first page.

    Raises:
        InvalidInput: if the cursor is none of that list's.
    """
    if cursor is None:
        return None
    try:
        return msgspec.json.decode(_make_signer(name).unsign_object(cursor), type=kind)
    except signing.BadSignature as error:
        raise InvalidInput(
            field="cursor",
            problem="That is no cursor of this list.",
            remedy="Send the next_cursor of the page before as it is, or none.",
        ) from error


def _write_cursor(name: str, position: object) -> str:
    return _make_signer(name).sign_object(msgspec.json.encode(position).decode())


def _make_signer(name: str) -> signing.Signer:
    return signing.Signer(salt=f"partsemble.api.cursor.{name}")
