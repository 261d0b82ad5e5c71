"""The books behind the items in the browser: health, lists, and how access comes back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.test_sync_log import connect_and_sync
from tests.support.browser import (
    ALL_VIEWS,
    DESK,
    WIDTHS,
    check_accessibility,
    check_fits,
    take_screenshot,
)
from tests.support.emulator import ANSWER_SECONDS

type Demo = dict[str, Any]
type OpenPage = Callable[..., Any]
type Inspect = Callable[[Page, str], None]


@pytest.fixture
def inspect_everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Inspect:
    """Looks at an open page at every width in both themes, without making its way there anew."""
    folder = request.config.getoption("--screenshots") or tmp_path

    def inspect(page: Page, name: str) -> None:
        for view in ALL_VIEWS:
            page.set_viewport_size({"width": view.width, "height": WIDTHS[view.width]})
            page.emulate_media(color_scheme=view.theme)
            take_screenshot(page, folder=folder, name=name, view=view)
            check_accessibility(page)
            check_fits(page)
        page.set_viewport_size({"width": DESK.width, "height": WIDTHS[DESK.width]})

    return inspect


def go(page: Page, demo: Demo, place: str) -> None:
    page.goto(f"/b/{demo['business']}/{place}")


def test_from_the_health_of_the_connection_to_the_lists(
    demo: Demo, open_page: OpenPage, inspect_everywhere: Inspect
) -> None:
    with open_page(view=DESK) as page:
        connect_and_sync(page, demo)
        go(page, demo, "settings/integrations/")
        expect(page.get_by_text("Reads this month")).to_be_visible()
        inspect_everywhere(page, "integrations-health")
        for name in ("Accounts", "Vendors"):
            go(page, demo, "settings/integrations/")
            fact = page.locator(".facts > div").filter(has_text=name)
            fact.get_by_role("link").click()
            expect(page.get_by_role("heading", name=name)).to_be_visible()
            inspect_everywhere(page, f"books-{name.lower()}")
            page.get_by_role("searchbox").fill("no such name")
            expect(page.get_by_text("Nothing matches")).to_be_visible()
            # A slow hand: leaving the search box must not swap the link from under it.
            page.get_by_role("link", name="Clear the search").click(delay=500)
            expect(page.get_by_role("table", name=name)).to_be_visible()


def test_access_that_was_taken_back_and_given_again(
    demo: Demo, open_page: OpenPage, inspect_everywhere: Inspect
) -> None:
    """T1: the banner is everywhere, one click leads back, and nothing is lost."""
    with open_page(view=DESK) as page:
        connect_and_sync(page, demo)
        go(page, demo, "inventory/accounting-items/")
        shown = page.locator("#items .pagination").inner_text()
        httpx2.post(
            f"{demo['emulator']['control_url']}/revoke", json={}, timeout=ANSWER_SECONDS
        ).raise_for_status()
        page.get_by_role("button", name="Sync Items").click()
        expect(page.get_by_text("has expired").first).to_be_visible()
        go(page, demo, "settings/integrations/")
        expect(page.get_by_role("alert")).to_contain_text("Nothing is lost")
        inspect_everywhere(page, "expired")
        page.get_by_role("button", name="Reconnect").click()
        page.wait_for_url(f"{demo['emulator']['base_url']}/**")
        page.get_by_role("button", name="Connect", exact=True).click()
        expect(page.get_by_text("Connected to Hollow Reed Lamp Works.")).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)
        go(page, demo, "inventory/accounting-items/")
        assert page.locator("#items .pagination").inner_text() == shown
        page.get_by_role("button", name="Sync Items").click()
        expect(page.get_by_text("in step with your books")).to_be_visible()
