"""A day of somebody who plays the bookkeeper, and every page as it looks to everybody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import VIEWS, check, launched, opened
from playwright.sync_api import Browser, Page, expect, sync_playwright

from conftest import Running, running

PAGES = (
    *("items", "items/new", "items/9", "items/9/merge", "accounts", "accounts/new"),
    *("accounts/81", "customers", "customers/1", "vendors/new", "trial-balance", "activity"),
    *("activity/entries", "activity/requests", "activity/requests/1", "activity/deliveries"),
    *("faults", "clock"),
)
AWKWARD = '<b>Vase</b> "Zoë\'s" & مصباح 🪔'


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A company where something of everything has happened."""
    with running(tmp_path_factory.mktemp("busy")) as server:
        server.control("POST", "webhooks", {"url": "http://127.0.0.1:1/hook"})
        server.query("select * from Item maxresults 5")
        server.query("select * from Nowhere")
        server.control("PATCH", "items/9", {"name": AWKWARD, "quantity_on_hand": 300})
        server.control("PATCH", "customers/1", {"name": AWKWARD})
        server.control("POST", "faults", {"kind": "status", "status": 503})
        server.query("select * from Item")
        server.control("POST", "faults", {"kind": "close_after", "is_write": True, "after": 2})
        server.control("POST", "clock", {"advance_seconds": 8_640_000})
        server.control("PATCH", "switches", {"throttle": True})
        yield server


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_every_page_is_accessible_at_every_width_in_either_light(
    chromium: Browser, busy: Running, tmp_path: Path, width: int, theme: str
) -> None:
    base, root = busy.ready["base_url"], f"/console/{busy.ready['realm_id']}"
    with opened(chromium, base_url=base, width=width, theme=theme) as page:
        for path in ("/", *(f"{root}/{path}" for path in PAGES)):
            page.goto(path)
            check(page)
            name = path.removeprefix(root).strip("/").replace("/", "-") or "companies"
            picture = tmp_path / f"{name}-{width}-{theme}.png"
            page.screenshot(path=picture, full_page=True)
            assert picture.stat().st_size > 10_000


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_day_at_the_books(chromium: Browser, tmp_path: Path, *, has_scripts: bool) -> None:
    with running(tmp_path) as server:
        base = server.ready["base_url"]
        with opened(
            chromium, base_url=base, width=1440, theme="light", has_scripts=has_scripts
        ) as page:
            page.goto("/")
            page.get_by_role("link", name="Hollow Reed Lamp Works").click()
            work_on_items(page)
            work_on_lists(page)
            work_on_the_server(page, server)
        assert server.control("GET", "trial-balance")["is_balanced"]


def work_on_items(page: Page) -> None:
    page.get_by_role("link", name="New item").click()
    page.get_by_label("Name", exact=True).fill(AWKWARD)
    page.get_by_label("Cost, USD").fill("ten")
    page.get_by_label("Quantity on hand").fill("12")
    page.get_by_role("button", name="Create item").click()
    expect(page.get_by_role("alert")).to_contain_text("“ten” is not a number")
    expect(page.get_by_label("Name", exact=True)).to_have_value(AWKWARD)
    page.get_by_label("Cost, USD").fill("10")
    page.get_by_role("button", name="Create item").click()
    expect(page.get_by_role("status")).to_have_text(f"{AWKWARD} is in the books.")
    expect(page.get_by_role("heading", level=1)).to_have_text(AWKWARD)
    page.get_by_label("Counted quantity").fill("9")
    page.get_by_role("button", name="Adjust").click()
    expect(page.get_by_role("status")).to_have_text("9 on hand now.")
    page.get_by_role("link", name="All items").click()
    page.get_by_role("searchbox").fill("ZOË")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name=AWKWARD).click()
    page.get_by_role("link", name="Merge into another").click()
    page.get_by_role("link", name=re.compile("Choose .*Reed ring")).click()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("status")).to_contain_text("Pendant Reed ring")


def work_on_lists(page: Page) -> None:
    page.get_by_role("link", name="Accounts", exact=True).click()
    page.get_by_role("link", name="New account").click()
    page.get_by_label("Name", exact=True).fill("Fair stall cash")
    page.get_by_label("Type", exact=True).select_option("CashOnHand")
    page.get_by_label("Opening balance, USD").fill("50")
    page.get_by_label("As of").fill("2026-01-05")
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("link", name="Vendors").click()
    page.get_by_role("link", name="Saltmarsh Reed").click()
    page.get_by_role("button", name="Make inactive").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Inactive")
    page.get_by_role("link", name="Trial balance").click()
    expect(page.get_by_text("Balanced", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="Fair stall cash")).to_contain_text("50.00")
    page.get_by_role("link", name="Activity").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("Saltmarsh Reed (deleted)")


def work_on_the_server(page: Page, server: Running) -> None:
    page.get_by_role("link", name="Faults").click()
    page.get_by_label("What happens").select_option("status")
    page.get_by_label("HTTP status").fill("503")
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_role("status")).to_have_text("It is planned.")
    assert server.query("select * from Item").status_code == 503
    page.reload()
    expect(page.get_by_role("region", name="Faults that struck")).to_contain_text("/query")
    page.get_by_role("link", name="Clock & switches").click()
    page.get_by_role("button", name="+ 100 days").click()
    expect(page.get_by_text("100 days ahead")).to_be_visible()
    page.get_by_label("Throttle").check()
    page.get_by_role("button", name="Save limits").click()
    expect(page.get_by_text("1 changed: throttle.")).to_be_visible()
    assert server.control("GET", "switches")["throttle"]
    page.get_by_role("button", name="Back to the real time").click()
    expect(page.get_by_text("100 days ahead")).to_have_count(0)
    assert abs(server.control("GET", "clock")["offset_seconds"]) < 1


def test_the_keyboard_goes_everywhere_and_the_log_is_followed(
    chromium: Browser, tmp_path: Path
) -> None:
    with running(tmp_path) as server:
        base, root = server.ready["base_url"], f"/console/{server.ready['realm_id']}"
        with opened(chromium, base_url=base, width=1440, theme="dark") as page:
            page.goto(f"{root}/items")
            page.keyboard.press("Tab")
            expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
            page.keyboard.press("/")
            page.keyboard.type("wren")
            page.keyboard.press("Enter")
            expect(page.get_by_role("row")).to_have_count(2)
            page.goto(f"{root}/faults")
            expect(page.get_by_label("HTTP status")).to_be_visible()
            page.get_by_label("What happens").select_option("delay")
            expect(page.get_by_label("HTTP status")).to_be_hidden()
            expect(page.get_by_label("Milliseconds")).to_be_visible()
            page.goto(f"{root}/activity/requests")
            page.get_by_role("button", name="Follow").click()
            server.query("select * from Vendor")
            expect(page.get_by_role("link", name=re.compile("from Vendor"))).to_be_visible()


def test_a_page_of_another_site_cannot_send_a_form(chromium: Browser, tmp_path: Path) -> None:
    with running(tmp_path) as server:
        base, root = server.ready["base_url"], f"/console/{server.ready['realm_id']}"
        with opened(chromium, base_url=base, width=820, theme="light") as page:
            form = (
                f'<form method="post" action="{base}{root}/items/9"><input name="name" value="X">'
            )
            page.route("http://elsewhere.example/", lambda route: route.fulfill(
                content_type="text/html", body=f"{form}<button>Win</button></form>"))  # fmt: skip
            page.goto("http://elsewhere.example/")
            page.get_by_role("button", name="Win").click()
            expect(page.get_by_text("This form came from another site")).to_be_visible()
        assert server.control("GET", "items/9")["name"] == "Lamp holder E27, brass"
