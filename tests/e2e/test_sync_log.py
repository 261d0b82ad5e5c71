"""The sync log in the browser: from a sync to its calls, and into one of them (T13)."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from tests.support.browser import View

type Demo = dict[str, Any]
type OpenPage = Callable[..., Any]


def connect_and_sync(page: Page, demo: Demo) -> None:
    """This will connect the demo's business, unless another test has, and read its books once."""
    page.goto(f"/b/{demo['business']}/settings/integrations/")
    if page.get_by_role("button", name="Connect to QuickBooks").is_visible():
        page.get_by_role("button", name="Connect to QuickBooks").click()
        page.wait_for_url(f"{demo['emulator']['base_url']}/**")
        page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("button", name="Sync Items")).to_be_visible()
    page.goto(f"/b/{demo['business']}/settings/integrations/sync-log/?entity=Item")
    if page.get_by_text("Nothing matches").is_visible():
        page.goto(f"/b/{demo['business']}/settings/integrations/")
        page.get_by_role("button", name="Sync Items").click()
        expect(page.get_by_role("link", name="Its calls")).to_be_visible()
        expect(page.get_by_text("in step with your books")).to_be_visible()


def test_the_sync_log(
    demo: Demo, open_page: OpenPage, view: View, inspect_page: Callable[..., None]
) -> None:
    with open_page(view=view) as page:
        connect_and_sync(page, demo)
        page.goto(f"/b/{demo['business']}/settings/integrations/")
        page.get_by_role("link", name="Sync log").click()
        expect(page.get_by_role("heading", name="Sync log")).to_be_visible()
        inspect_page(page, name="sync-log")
        page.get_by_label("About").select_option("Items")
        expect(page.get_by_text("FROM Account")).to_have_count(0)
        # A call of the full run: what came back to one that asked for changes may be nothing.
        everything = "WHERE Active IN (true, false) ORDERBY Id STARTPOSITION 1 "
        expect(page.get_by_text(everything).first).to_be_visible()
        row = page.get_by_role("row").filter(has_text=everything).first
        row.get_by_role("link").click()
        expect(page.get_by_role("heading", name="Sent")).to_be_visible()
        expect(page.get_by_role("region", name="What came back")).to_contain_text('"count"')
        inspect_page(page, name="sync-log-call")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy as curl").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "$ACCESS_TOKEN" in copied
        assert demo["emulator"]["client_secret"] not in copied
