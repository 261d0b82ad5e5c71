"""The rows of the seed texts, each pressed and read in Chromium against books that answer.

Each journey has a business and a company of its own, so that they can run in any order beside
the others; the emulator's control API plays the bookkeeper.
"""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from tests.support.browser import DESK, View, opened_page
from tests.support.workshop import Workshop, found_company, open_workshop

THREE_VIEWS = (View(1440, "light"), View(820, "dark"), View(390, "dark"))
"""Enough of a page that does not stand still for long."""

type Demo = dict[str, Any]
type OpenWorkshop = Callable[..., Workshop]
type InspectEverywhere = Callable[..., None]


@pytest.fixture
def page(chromium: Browser, demo: Demo, signed_in: StorageState) -> Iterator[Page]:
    with opened_page(chromium, base_url=demo["url"], view=DESK, signed_in=signed_in) as opened:
        yield opened


@pytest.fixture
def workshop(page: Page, demo: Demo, request: pytest.FixtureRequest) -> Workshop:
    """A connected business with sixty items in its books."""
    return open_workshop(page, demo, books=request.node.name, items=60)


def test_first_sync_s1_s2_s4_s5_s6_s7_s8_s9_s10_s12_s13_s14(
    page: Page, demo: Demo, inspect_everywhere: InspectEverywhere
) -> None:
    workshop = open_workshop(page, demo, books="First sync", items=1250)
    books = workshop.books
    workshop.open()  # S12: what is chosen before anybody chooses
    chosen = {
        box.get_attribute("value"): box.is_checked()
        for box in page.locator("#types input[type=checkbox]").all()
    }
    assert chosen == {
        "inventory": True,
        "non_inventory": False,
        "service": True,
        "group": False,
        "bundle": True,
    }
    workshop.open("settings/integrations/")  # S1: the button under Settings → Integrations
    began = time.monotonic()
    workshop.press("Sync Items")
    workshop.await_report()
    assert time.monotonic() - began < 60  # S4: no long wait, on a machine that does much else
    counts = {kind: books.count_items(kind) for kind in ("Inventory", "Service", "Group")}
    tiles = workshop.read_tiles()  # S5, and S2: two pages of the books became one list
    assert sum(counts.values()) > 1000
    assert tiles["Created"] + tiles["Unchanged"] == sum(counts.values())
    assert tiles["Other types"] == books.count_items("NonInventory")  # S13
    total = page.get_by_text(re.compile(r"Together that is [\d,]+ items"))
    assert f"{sum(tiles.values()):,}" in total.inner_text()
    item = books.list_items("Inventory", limit=5)[3]
    workshop.open("inventory/accounting-items/")  # S14
    expect(page.get_by_text("items are not products yet")).to_be_visible()  # T4
    workshop.open(f"inventory/accounting-items/?q={item['sku']}")  # ITEM-1
    workshop.find_row(item["sku"]).get_by_role("link").click()
    expect(page.get_by_role("heading", name=item["name"], exact=True)).to_be_visible()  # S6
    main = page.locator("main")
    expect(main).to_contain_text("Inventory")  # S7
    price, cost = f"{item['unit_price']:,.2f} USD", f"{item['purchase_cost']:,.2f} USD"
    expect(workshop.find_tile("Selling price")).to_have_text(price)  # S8
    expect(workshop.find_tile("Purchase cost")).to_have_text(cost)
    on_hand = workshop.find_tile("Quantity on hand in the books")
    expect(on_hand).to_have_text(f"{item['quantity_on_hand']:,}")  # S9
    for account in item["accounts"].values():  # S10
        expect(main).to_contain_text(account.rpartition(":")[2])
    inspect_everywhere(page, name="accounting-item", views=THREE_VIEWS)


def test_later_syncs_s11_s17_s20(workshop: Workshop, inspect_everywhere: InspectEverywhere) -> None:
    page, books = workshop.page, workshop.books
    workshop.sync()
    first = workshop.read_tiles()["Created"]
    renamed, repriced, retired = books.list_items("Inventory", limit=9)[3:6]
    books.edit(renamed["id"], name="Brass finial, turned")
    books.edit(repriced["id"], unit_price="77.25")
    books.edit(retired["id"], active=False)
    books.create(type="Service", name="Workshop tour", unit_price="15")
    workshop.sync()
    tiles = workshop.read_tiles()
    assert (tiles["Created"], tiles["Updated"], tiles["Deactivated"]) == (1, 2, 1)  # S17
    assert tiles["Unchanged"] >= first - 3  # S20
    expect(workshop.find_row("Workshop tour")).to_contain_text("Created")
    expect(workshop.find_row("Brass finial, turned")).to_contain_text("Name")
    price = workshop.find_row(repriced["name"])
    expect(price).to_contain_text("→ 77.25 USD")
    inspect_everywhere(workshop.page, name="sync-changes")
    page.get_by_role("searchbox").fill(retired["sku"])  # any item is found among the changes
    expect(page.locator("#changed tbody tr")).to_have_count(1)
    workshop.find_row(retired["name"]).get_by_role("link").click()
    expect(page.get_by_role("heading", name=retired["name"], exact=True)).to_be_visible()
    expect(page.get_by_text("Inactive in your books")).to_be_visible()  # S11, by its former name
    books.edit(retired["id"], active=True)
    workshop.sync()
    assert workshop.read_tiles()["Reactivated"] == 1
    workshop.sync()  # S20: nothing was changed, and nothing is
    expect(page.get_by_text("Nothing had changed.")).to_be_visible()


def test_zero_created_is_explained_t3(workshop: Workshop) -> None:
    page, books = workshop.page, workshop.books
    for item in books.list_items("Group"):
        books.edit(item["id"], active=False)
    workshop.open()
    for name in ("Inventory", "Service"):
        page.get_by_label(name, exact=True).uncheck()
    page.locator("#types").get_by_role("button", name="Save types").click()
    expect(page.get_by_text("The next sync reads these types.")).to_be_visible()
    workshop.sync()
    expect(page.get_by_text(re.compile("Only these types are read: Bundle."))).to_be_visible()
    expect(page.get_by_text(re.compile(r"Left out by type: .*\d+ Inventory"))).to_be_visible()
    page.get_by_role("link", name="Change the types").click()
    page.get_by_label("Inventory", exact=True).check()
    page.locator("#types").get_by_role("button", name="Save types").click()
    workshop.sync()
    expect(page.get_by_text("because other types are chosen now")).to_be_visible()
    active = len(books.list_items("Inventory", limit=100))
    assert workshop.read_tiles()["Created"] == active


def test_one_at_a_time_s3_t5_t15(workshop: Workshop, inspect_everywhere: InspectEverywhere) -> None:
    page, books = workshop.page, workshop.books
    workshop.sync()
    books.delay_next_page(45)  # for as long as it takes to look at six pages meanwhile
    workshop.open()
    workshop.press("Sync Items")
    expect(page.get_by_role("progressbar")).to_be_visible()
    running = page.url
    inspect_everywhere(page, name="sync-running", views=THREE_VIEWS)
    workshop.open("inventory/accounting-items/")
    workshop.press("Sync Items")
    expect(page.get_by_role("heading", name="An item sync is running")).to_be_visible()
    expect(page.get_by_text("Robin Lane").first).to_be_visible()
    expect(page.get_by_text(re.compile("It ends by itself in [45].minutes"))).to_be_visible()
    expect(page.get_by_text("Nobody has to force it.")).to_be_visible()
    inspect_everywhere(page, name="sync-refused", views=THREE_VIEWS)
    workshop.press("Run when free")
    expect(page.get_by_text("A sync waits for its turn")).to_be_visible()
    page.goto(running)
    workshop.await_report()
    workshop.open()
    rows = page.locator("#history tbody tr")
    while rows.count() < 3:  # the one that waited has started by itself
        page.wait_for_timeout(500)
        page.reload()
    rows.first.get_by_role("link").click()
    workshop.await_report()


def test_a_lock_whose_holder_died_ends_by_itself_s21(workshop: Workshop) -> None:
    page = workshop.page
    workshop.hold_lock(seconds=30)  # five minutes, if nobody shortens them
    workshop.open()
    workshop.press("Sync Items")
    expect(page.get_by_role("heading", name="A sales sync is running")).to_be_visible()
    expect(page.get_by_text("Bela Builder").first).to_be_visible()
    workshop.press("Run when free")
    expect(page.get_by_text("A sync waits for its turn")).to_be_visible()
    rows = page.locator("#history tbody tr")
    for _ in range(240):
        page.wait_for_timeout(500)
        page.reload()
        if rows.filter(has_text="Finished").count():
            break
    expect(rows.first).to_contain_text("created")


def test_an_expired_connection_is_reconnected_t1(
    workshop: Workshop, inspect_everywhere: InspectEverywhere
) -> None:
    page, books = workshop.page, workshop.books
    workshop.sync()
    known = workshop.read_tiles()["Created"]
    books.command("revoke")
    workshop.open()
    workshop.press("Sync Items")
    expect(page.get_by_text("The connection has expired.")).to_be_visible()
    expect(page.get_by_text("How far it got")).to_be_visible()
    inspect_everywhere(page, name="sync-failed")
    workshop.open()
    expect(page.get_by_text("Nothing can be read until you reconnect")).to_be_visible()
    workshop.press("Reconnect")
    workshop.consent(books)
    expect(page.get_by_text(f"Connected to {books.name}.")).to_be_visible()
    workshop.open()
    expect(page.get_by_text("The connection is back")).to_be_visible()
    workshop.sync()
    tiles = workshop.read_tiles()
    assert (tiles["Created"], tiles["Updated"]) == (0, 0)  # nothing was lost, nothing is new
    assert tiles["Unchanged"] >= known


def test_the_wrong_company_t2(workshop: Workshop) -> None:
    page, wrong = workshop.page, workshop.books
    workshop.sync()
    right = found_company(workshop.demo, name="The Right Books", items=20)
    workshop.open("settings/integrations/")
    workshop.press("Disconnect")
    page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("Disconnected. Your items and links are kept.")).to_be_visible()
    workshop.connect(right)
    expect(page.get_by_text("Connected to The Right Books.")).to_be_visible()
    workshop.sync()
    item = wrong.list_items("Inventory", limit=4)[3]
    workshop.open(f"inventory/accounting-items/?q={item['sku']}")
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_every_call_is_in_the_log_t13(workshop: Workshop) -> None:
    page = workshop.page
    workshop.sync()
    page.get_by_role("link", name="Its calls").click()
    expect(page.get_by_role("heading", name="Sync log")).to_be_visible()
    call = page.get_by_role("row").filter(has_text="FROM Item").first
    call.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    expect(page.get_by_role("region", name="What came back")).to_contain_text('"count"')
    assert workshop.demo["emulator"]["client_secret"] not in page.content()


def test_preview_and_held_back(workshop: Workshop, inspect_everywhere: InspectEverywhere) -> None:
    page, books = workshop.page, workshop.books
    workshop.sync()
    for item in books.list_items("Inventory")[:18]:
        books.edit(item["id"], active=False)
    service = books.list_items("Service", limit=5)[0]
    books.edit(service["id"], unit_price="33.5")
    workshop.sync("Preview")
    expect(page.get_by_text("Nothing was changed: this is what a sync would do")).to_be_visible()
    assert workshop.read_tiles()["Held back"] == 18
    inspect_everywhere(page, name="sync-preview")
    workshop.press("Sync Items now")
    page.wait_for_url("**/runs/**")
    expect(page.get_by_text("Compared with the preview")).to_be_visible()
    expect(page.get_by_text("Exactly as the preview showed: 19 changes.")).to_be_visible()
    tiles = workshop.read_tiles()
    assert (tiles["Deactivated"], tiles["Held back"], tiles["Updated"]) == (0, 18, 1)
    inspect_everywhere(page, name="sync-held-back")
    page.get_by_role("link", name="Held back").click()
    expect(page.locator("#changed tbody tr")).to_have_count(18)
    workshop.open()
    expect(page.get_by_text("18 deactivations held back until you confirm")).to_be_visible()
    inspect_everywhere(page, name="sync-items")
    page.get_by_role("link", name="See what happened").click()
    workshop.press("Confirm these 18 deactivations")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Make 18 items inactive here?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    workshop.press("Confirm these 18 deactivations")
    dialog.get_by_role("button", name="Confirm these 18 deactivations").click()
    expect(page.locator(".tile").filter(has_text="Deactivated")).to_contain_text("18")
    expect(page.get_by_text("The list is in step with your books")).to_be_visible()
