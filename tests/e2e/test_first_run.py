"""The first run: sign in, connect, sync, and look at the accounting items, as an owner would."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.support.browser import DESK, View, opened_page

type Demo = dict[str, Any]
type OpenPage = Callable[..., Any]

MAIN_PAGES = (
    ("home", "", "Welcome to Harbor Lane Lamps"),
    ("integrations", "settings/integrations/", "Integrations"),
    ("accounting-items", "inventory/accounting-items/", "Accounting items"),
)
"""Name of the picture, address, and heading."""
FINISHED = re.compile("in step with your books")


def address(demo: Demo, place: str) -> str:
    return f"/b/{demo['business']}/{place}"


def read_tile(page: Page, label: str) -> int:
    tile = page.locator(".tile").filter(has_text=label)
    return int(tile.locator(".tile-value").inner_text().replace(",", ""))


def test_the_sign_in_page(
    chromium: Browser, demo: Demo, view: View, inspect_page: Callable[..., None]
) -> None:
    with opened_page(chromium, base_url=demo["url"], view=view) as page:
        page.goto("/")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        inspect_page(page, name="sign-in")


@pytest.mark.parametrize("main_page", MAIN_PAGES, ids=lambda main_page: main_page[0])
def test_the_main_pages(
    synced: Demo,
    open_page: OpenPage,
    view: View,
    inspect_page: Callable[..., None],
    main_page: tuple[str, str, str],
) -> None:
    name, place, heading = main_page
    with open_page(view=view) as page:
        page.goto(address(synced, place))
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        inspect_page(page, name=name)


def test_the_report_of_a_run(
    synced: Demo, open_page: OpenPage, view: View, inspect_page: Callable[..., None]
) -> None:
    with open_page(view=view) as page:
        page.goto(address(synced, "settings/integrations/sync/"))
        page.locator("tbody a").last.click()
        expect(page.get_by_text(FINISHED)).to_be_visible()
        assert read_tile(page, "Created") == 47
        assert read_tile(page, "Other types") == 6
        inspect_page(page, name="sync-report")


def test_back_leads_to_the_whole_page_with_the_search(synced: Demo, open_page: OpenPage) -> None:
    with open_page(view=DESK) as page:
        page.goto(address(synced, "inventory/accounting-items/"))
        page.get_by_role("searchbox").fill("heron")
        page.wait_for_url("**q=heron**")
        page.goto(address(synced, ""))
        page.go_back()
        expect(page.get_by_role("heading", name="Accounting items", exact=True)).to_be_visible()
        expect(page.get_by_role("searchbox")).to_have_value("heron")


def test_the_list_is_searched_filtered_and_sorted(synced: Demo, open_page: OpenPage) -> None:
    with open_page(view=DESK) as page:
        page.goto(address(synced, "inventory/accounting-items/"))
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(47)
        page.get_by_label("Search by name or SKU").fill("lamp")
        expect(rows).not_to_have_count(47)
        assert all("lamp" in text.lower() for text in rows.all_inner_texts())
        page.get_by_label("Search by name or SKU").fill("no such thing")
        expect(page.get_by_text("Nothing matches")).to_be_visible()
        page.get_by_role("link", name="Clear the search").click()
        expect(rows).to_have_count(47)
        page.get_by_label("Type").select_option("Service")
        expect(rows).not_to_have_count(47)
        page.get_by_label("Type").select_option("All types")
        expect(rows).to_have_count(47)
        page.get_by_role("link", name="Price, USD").click()
        expect(page).to_have_url(re.compile("sort=price"))
        page.get_by_role("link", name="Price, USD").click()
        expect(page).to_have_url(re.compile("sort=-price"))
