"""The sync log in the browser: from a sync to its calls, and into one of them (T13)."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect
from tests.support.browser import View

type Demo = dict[str, Any]
type OpenPage = Callable[..., Any]


def test_the_sync_log(
    synced: Demo, open_page: OpenPage, view: View, inspect_page: Callable[..., None]
) -> None:
    with open_page(view=view) as page:
        page.goto(f"/b/{synced['business']}/settings/integrations/")
        page.get_by_role("link", name="Sync log").click()
        expect(page.get_by_role("heading", name="Sync log")).to_be_visible()
        inspect_page(page, name="sync-log")
        page.get_by_label("About").select_option("Items")
        expect(page.get_by_text("FROM Account")).to_have_count(0)
        expect(page.get_by_text("STARTPOSITION 1 ").first).to_be_visible()
        row = page.get_by_role("row").filter(has_text="STARTPOSITION 1 ").first
        row.get_by_role("link").click()
        expect(page.get_by_role("heading", name="Sent")).to_be_visible()
        expect(page.get_by_role("region", name="What came back")).to_contain_text('"count"')
        inspect_page(page, name="sync-log-call")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy as curl").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "$ACCESS_TOKEN" in copied
        assert synced["emulator"]["client_secret"] not in copied
