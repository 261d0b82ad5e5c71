"""Rows S14 to S17 and S11 in Chromium: from items of the books to products that follow them.

Each journey has a business and books of its own; the emulator's control API plays the bookkeeper.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from tests.support.browser import DESK, View, opened_page
from tests.support.workshop import Workshop, open_workshop

THREE_VIEWS = (View(1440, "light"), View(820, "dark"), View(390, "dark"))

type Demo = dict[str, Any]
type InspectEverywhere = Callable[..., None]


@pytest.fixture
def page(chromium: Browser, demo: Demo, signed_in: StorageState) -> Iterator[Page]:
    with opened_page(chromium, base_url=demo["url"], view=DESK, signed_in=signed_in) as opened:
        yield opened


@pytest.fixture
def workshop(page: Page, demo: Demo, request: pytest.FixtureRequest) -> Workshop:
    """A connected business with sixty items in its books, which it has read."""
    opened = open_workshop(page, demo, books=request.node.name, items=60)
    opened.sync()
    return opened


def test_items_become_products_s8_s9_s14_s15(
    workshop: Workshop, inspect_everywhere: InspectEverywhere
) -> None:
    page, books = workshop.page, workshop.books
    (item,) = workshop.pick_items(1)
    books.create(type="Inventory", name="Twin of it", sku=item["sku"], unit_price="1")
    workshop.sync()
    find_no_products(workshop)
    inspect_everywhere(page, name="items-not-imported", views=THREE_VIEWS)
    workshop.search_items(item["sku"])  # S15
    rows = page.locator("#items tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_label("Choose all items of this page").check()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    workshop.press("Import")
    expect(page.get_by_role("heading", name="Import items")).to_be_visible()
    twin = page.locator("tbody tr").filter(has_text="is another product")
    expect(twin).to_have_count(1)  # ITEM-3
    inspect_everywhere(page, name="import-preview", views=THREE_VIEWS)
    twin.get_by_label(re.compile("^SKU for ")).fill("TWIN-1")
    workshop.press("Update the preview")
    workshop.press("Import 2 products")
    expect(page.get_by_role("heading", name="2 products imported", exact=True)).to_be_visible()
    inspect_everywhere(page, name="import-report", views=THREE_VIEWS)

    workshop.open("inventory/products/")
    expect(page.locator("#products tbody tr")).to_have_count(2)
    inspect_everywhere(page, name="products", views=THREE_VIEWS)
    page.locator("#products").get_by_role("link", name=item["name"], exact=True).click()
    expect(page.get_by_role("heading", level=1, name=item["name"], exact=True)).to_be_visible()
    expect(workshop.find_tile("On hand")).to_have_text(f"{item['quantity_on_hand']:,} pcs")  # S9
    expect(workshop.find_tile("Selling price")).to_have_text(f"{item['unit_price']:,.2f} USD")  # S8
    expect(workshop.find_tile("Moving average")).to_have_text(f"{item['purchase_cost']:,.2f} USD")
    expect(page.get_by_text("follow this item with every sync")).to_be_visible()
    inspect_everywhere(page, name="product", views=THREE_VIEWS)
    page.locator("main").get_by_role("link", name=item["name"], exact=True).first.click()
    number = page.locator("dl > div").filter(has_text="Number in the books")
    expect(number.locator("dd")).to_have_text(item["id"])  # S15: what exports will need
    expect(page.get_by_role("link", name=f"Product {item['sku']}")).to_be_visible()


def find_no_products(workshop: Workshop) -> None:
    """S14: what was synced is no product yet, and is found on the other tab of Inventory."""
    page = workshop.page
    workshop.open("inventory/products/")
    expect(page.get_by_role("heading", name="No products yet")).to_be_visible()
    tabs = page.get_by_role("navigation", name="Inventory")
    tabs.get_by_role("link", name="Accounting items").click()
    expect(page.get_by_text("items are not products yet")).to_be_visible()
    rows = page.locator("#items tbody tr")
    expect(rows.filter(has_text="Not yet").first).to_be_visible()
    expect(rows.filter(has_not_text="Not yet")).to_have_count(0)


def test_hidden_items_stay_synced_s16(
    workshop: Workshop, inspect_everywhere: InspectEverywhere
) -> None:
    page, books = workshop.page, workshop.books
    (item,) = workshop.pick_items(1)
    services = len(books.list_items("Service", limit=100))
    workshop.search_items(item["sku"])
    workshop.find_row(item["name"]).get_by_role("checkbox").check()
    workshop.press("Hide")
    expect(page.get_by_text("1 item is out of sight now")).to_be_visible()
    workshop.search_items(item["sku"])
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    books.edit(item["id"], unit_price="77.25")
    workshop.sync()
    assert workshop.read_tiles()["Updated"] == 1
    workshop.search_items(item["sku"], show="hidden")
    row = workshop.find_row(item["name"])
    expect(row).to_contain_text("77.25")
    inspect_everywhere(page, name="items-hidden", views=THREE_VIEWS)
    row.get_by_role("checkbox").check()
    workshop.press("Show again")
    expect(page.get_by_text("1 item is in the list again")).to_be_visible()
    workshop.search_items(item["sku"])
    expect(workshop.find_row(item["name"])).to_have_count(1)

    workshop.open("inventory/accounting-items/?type=service")  # all that match, at once
    expect(page.get_by_text(f"All that match, {services}:")).to_be_visible()
    workshop.press("Hide all")
    expect(page.get_by_text(f"{services} items are out of sight now")).to_be_visible()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    workshop.open("inventory/accounting-items/?type=service&show=hidden")
    workshop.press("Show all again")
    expect(page.get_by_text(f"{services} items are in the list again")).to_be_visible()


def test_products_follow_their_items_s11_s17(
    workshop: Workshop, inspect_everywhere: InspectEverywhere
) -> None:
    page, books = workshop.page, workshop.books
    renamed, retired = workshop.pick_items(2)
    tour = books.create(type="Service", name="Workshop tour", sku="TOUR", unit_price="15")
    workshop.sync()
    addresses = {}
    for each in (renamed, retired):
        workshop.import_item(each["sku"])
        addresses[each["id"]] = page.url
    books.edit(renamed["id"], name="Renamed there", unit_price="77.25")
    books.create(type="Service", name="Wiring lesson", unit_price="20")
    books.edit(retired["id"], active=False)
    books.delete(tour["id"])
    workshop.sync("Full sync")
    tiles = workshop.read_tiles()
    assert (tiles["Created"], tiles["Updated"], tiles["Deactivated"]) == (1, 1, 2)  # S17
    workshop.search_items("Wiring lesson")
    expect(workshop.find_row("Wiring lesson")).to_contain_text("Not yet")
    workshop.search_items("TOUR")
    expect(workshop.find_row("Workshop tour")).to_contain_text("Inactive")
    page.goto(addresses[renamed["id"]])
    expect(page.get_by_role("heading", name="Renamed there")).to_be_visible()
    expect(workshop.find_tile("Selling price")).to_have_text("77.25 USD")

    page.goto(addresses[retired["id"]])  # S11: marked, and its stock is kept
    expect(page.get_by_text("Inactive in your books")).to_be_visible()
    expect(workshop.find_tile("On hand")).to_have_text(f"{retired['quantity_on_hand']:,} pcs")
    inspect_everywhere(page, name="product-item-inactive", views=THREE_VIEWS)
    workshop.open("inventory/products/")
    expect(workshop.find_row(retired["sku"])).to_contain_text("Item inactive")
    expect(workshop.find_row("Renamed there")).not_to_contain_text("Item inactive")
    inspect_everywhere(page, name="products-item-inactive", views=THREE_VIEWS)


def test_a_product_of_ones_own_is_linked(
    workshop: Workshop, inspect_everywhere: InspectEverywhere
) -> None:
    page = workshop.page
    (item,) = workshop.pick_items(1)
    workshop.open("inventory/products/new/")
    page.get_by_label("SKU").fill("MINE-1")
    page.get_by_label("Name", exact=True).fill(item["name"])
    inspect_everywhere(page, name="new-product", views=THREE_VIEWS)
    workshop.press("Create product")
    page.get_by_role("link", name="Link to an item…").click()
    row = page.locator("#proposals tbody tr").filter(has_text="Same name")
    expect(row).to_have_count(1)
    inspect_everywhere(page, name="link-proposals", views=THREE_VIEWS)
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Which quantity holds?")).to_be_visible()
    inspect_everywhere(page, name="link-look", views=THREE_VIEWS)
    page.get_by_role("radio", name=re.compile("^The books'")).check()
    workshop.press("Link")
    expect(page.get_by_text(f"{item['sku']} is linked.")).to_be_visible()
    expect(page.get_by_text("follow this item with every sync")).to_be_visible()
    expect(workshop.find_tile("On hand")).to_have_text(f"{item['quantity_on_hand']:,} pcs")
    workshop.press("Unlink")
    page.get_by_role("dialog").get_by_role("button", name="Unlink").click()
    expect(page.get_by_text("linked to nothing now")).to_be_visible()
