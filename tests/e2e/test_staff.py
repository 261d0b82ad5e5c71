"""The staff's pages in the browser: calls of all businesses, and one from both sides (T13)."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from tests.e2e.test_sync_log import connect_and_sync
from tests.support.browser import DESK, View, opened_page
from tests.support.programs import running_program

type Demo = dict[str, Any]
type OpenPage = Callable[..., Any]


@pytest.fixture(scope="module")
def staff(
    chromium: Browser,
    demo: Demo,
    signed_in: StorageState,
    tmp_path_factory: pytest.TempPathFactory,
) -> StorageState:
    """The demo's owner, who runs the installation too and lets themselves in."""
    folder = tmp_path_factory.mktemp("staff")
    command = ("staff", "--add", demo["email"])
    environment = {"PARTSEMBLE_DATA_DIR": str(demo["data_dir"])}
    with running_program("partsemble", *command, folder=folder, environment=environment) as once:
        assert once.process.wait() == 0, once.read_log()
    with opened_page(chromium, base_url=demo["url"], view=DESK, signed_in=signed_in) as page:
        connect_and_sync(page, demo)
    return signed_in


@pytest.fixture
def open_staff_page(chromium: Browser, demo: Demo, staff: StorageState) -> OpenPage:
    def open_it(*, view: View) -> Any:
        return opened_page(chromium, base_url=demo["url"], view=view, signed_in=staff)

    return open_it


def open_call_that_brought_items(page: Page) -> None:
    page.goto("/staff/accounting/callrecord/?q=orderby")
    # A call of the full run: what came back to one that asked for changes may be nothing.
    everything = "FROM Item WHERE Active IN (true, false) ORDERBY"
    row = page.locator("#result_list tr").filter(has_text=everything).first
    row.get_by_role("link").first.click()
    expect(page.get_by_text("Copy as curl")).to_be_visible()


def test_the_staff_look_at_calls(
    demo: Demo, open_staff_page: OpenPage, view: View, inspect_page: Callable[..., None]
) -> None:
    with open_staff_page(view=view) as page:
        page.goto("/staff/")
        expect(page.get_by_role("link", name="Call records").last).to_be_attached()
        page.goto("/staff/accounting/callrecord/")
        expect(page.locator("#result_list")).to_contain_text("SELECT")
        inspect_page(page, name="staff-calls")
        open_call_that_brought_items(page)
        expect(page.locator("main, body").first).to_contain_text('"count"')
        inspect_page(page, name="staff-call")
        assert demo["emulator"]["client_secret"] not in page.content()
