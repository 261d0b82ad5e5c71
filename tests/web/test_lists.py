"""Pages and columns of lists."""

import pytest
from django.http import QueryDict

from partsemble.database.pages import ListPage
from partsemble.web.lists import link_list, link_pages, link_sort, read_page


@pytest.mark.parametrize(
    ("page", "shown", "total", "summary", "previous", "following"),
    [
        (1, 50, "112", "1–50 of 112", "", "?q=lamp&page=2"),
        (2, 50, "112", "51–100 of 112", "?q=lamp&page=1", "?q=lamp&page=3"),
        (3, 12, "112", "101–112 of 112", "?q=lamp&page=2", ""),
        (1, 50, None, "1–50, and more", "", "?q=lamp&page=2"),
        (1, 0, "0", "None", "", ""),
    ],
)
def test_pages_are_linked(
    page: int, shown: int, total: str | None, summary: str, previous: str, following: str
) -> None:
    links = link_pages(
        query=QueryDict(f"q=lamp&page={page}"),
        page=page,
        size=50,
        shown=shown,
        total=total,
        has_more=bool(following),
    )
    assert (links.summary, links.previous_url, links.next_url) == (summary, previous, following)


def test_a_list_that_was_counted_less_far_says_so() -> None:
    found = ListPage(rows=("row",) * 50, count=2_001, page=2, has_more=True, cap=2_000)
    assert link_list(query=QueryDict("q=lamp"), found=found).summary == "51–100 of more than 2,000"


@pytest.mark.parametrize(
    ("current", "order", "following"),
    [("", "", "name"), ("sku", "", "name"), ("name", "ascending", "-name")],
)
def test_a_column_sorts_upwards_first(current: str, order: str, following: str) -> None:
    link = link_sort(query=QueryDict("q=lamp&page=3"), column="name", current=current)
    assert (link.order, link.url) == (order, f"?q=lamp&sort={following}")


def test_a_column_sorts_back() -> None:
    link = link_sort(query=QueryDict("sort=-name"), column="name", current="-name")
    assert (link.order, link.url) == ("descending", "?sort=name")


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("7", 7),
        ("", 1),
        ("0", 1),
        ("-3", 1),
        ("²", 1),
        ("x", 1),
        ("9" * 5000, 1),
        ("999999", 999999),
    ],
)
def test_a_page_that_nobody_turns_to_is_the_first(text: str, page: int) -> None:
    assert read_page(QueryDict(f"page={text}")) == page
