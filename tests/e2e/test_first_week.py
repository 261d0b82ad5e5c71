"""A shop in its first week, in Chromium: from connecting the books to reading the second report."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect
from tests.support.browser import DESK, View, opened_page
from tests.support.workshop import BUSINESS, Workshop, found_company

THREE_VIEWS = (View(1440, "light"), View(820, "dark"), View(390, "dark"))
"""Enough of pages that other journeys look at, too."""
SHOP = 90
"""Items of the books: enough that sixty and more of them become products."""

type Demo = dict[str, Any]
type InspectEverywhere = Callable[..., None]


@pytest.fixture
def page(chromium: Browser, demo: Demo, signed_in: StorageState) -> Iterator[Page]:
    with opened_page(chromium, base_url=demo["url"], view=DESK, signed_in=signed_in) as opened:
        yield opened


def test_the_first_week(page: Page, demo: Demo, inspect_everywhere: InspectEverywhere) -> None:
    workshop = start_business(page, demo)
    inspect_everywhere(page, name="week-home-first", views=THREE_VIEWS)
    connect_and_choose(workshop, inspect_everywhere)
    read_books(workshop, inspect_everywhere)
    import_all(workshop, inspect_everywhere)
    adjusted, counted, retired = workshop.pick_items(3)
    link_own_product(workshop, inspect_everywhere)
    adjust_one(workshop, adjusted, inspect_everywhere)
    books = workshop.books
    quantity, cost = counted["quantity_on_hand"] + 4, counted["purchase_cost"] + 0.5
    books.edit(counted["id"], quantity_on_hand=quantity, purchase_cost=cost)
    books.edit(retired["id"], active=False)
    read_second_report(workshop, counted, inspect_everywhere)
    check_products(workshop, (adjusted, counted, retired))
    workshop.open("")
    expect(page.get_by_role("link", name=re.compile(r"^Products \d"))).to_be_visible()
    expect(page.get_by_role("heading", name="First steps")).to_have_count(0)
    inspect_everywhere(page, name="week-home-last")


def start_business(page: Page, demo: Demo) -> Workshop:
    """A business that knows nothing yet, and books with two items of one SKU."""
    page.goto("/businesses/new/")
    page.get_by_label("Business name").fill(BUSINESS)
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/b/**")
    slug = page.url.rstrip("/").rpartition("/")[2]
    books = found_company(demo, name="First week", items=SHOP)
    workshop = Workshop(page=page, demo=demo, slug=slug, books=books)
    item = workshop.pick_items(4)[3]
    books.create(type="Inventory", name="Twin of it", sku=item["sku"], unit_price="1")
    books.create(type="Inventory", name="Made on Saturdays", unit_price="4")
    expect_step(page, "Connect your books")
    return workshop


def expect_step(page: Page, title: str) -> Locator:
    """Home says what is next."""
    step = page.locator("li.step.current")
    expect(step.get_by_role("heading")).to_have_text(title)
    return step


def connect_and_choose(workshop: Workshop, inspect: InspectEverywhere) -> None:
    page = workshop.page
    page.get_by_role("link", name="Connect to QuickBooks").click()
    workshop.connect(workshop.books)
    expect(page.get_by_text("Connected to First week.")).to_be_visible()
    expect(page.get_by_text("Your books lead")).to_be_visible()  # CONN-8: and how to change it
    page.get_by_role("link", name="Change …").click()
    page.get_by_role("button", name="Keep quantities in Partsemble only").click()
    expect(page.get_by_text("Partsemble leads")).to_be_visible()
    page.get_by_role("link", name="Change …").click()
    page.get_by_role("button", name="Keep quantities in the books too").click()
    expect(page.get_by_text("Your books lead")).to_be_visible()
    inspect(page, name="week-integrations", views=THREE_VIEWS)
    workshop.open()  # which items are read
    expect(page.get_by_label("Service", exact=True)).to_be_checked()


def read_books(workshop: Workshop, inspect: InspectEverywhere) -> None:
    page = workshop.page
    workshop.open("")
    expect_step(page, "Sync your items").get_by_role("link").click()
    workshop.press("Sync Items")
    workshop.await_report()
    assert workshop.read_tiles()["Created"] >= 62
    workshop.open("")
    step = expect_step(page, "Make products of your items")
    inspect(page, name="week-home-synced", views=THREE_VIEWS)
    step.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Accounting items", exact=True)).to_be_visible()


def import_all(workshop: Workshop, inspect: InspectEverywhere) -> None:
    """All of them at once; some have no SKU, or one that another one has."""
    page = workshop.page
    workshop.press("Import all…")
    expect(page.get_by_role("heading", name="Import items")).to_be_visible()
    troubled = page.locator("tbody tr").filter(has_text="Needs a SKU")
    expect(troubled.filter(has_text="is another product")).not_to_have_count(0)
    expect(troubled.filter(has_text="Has no SKU in the books")).not_to_have_count(0)
    inspect(page, name="week-import", views=THREE_VIEWS)
    page.get_by_role("radio", name=re.compile("^Make a SKU of their number")).check()
    workshop.press("Update the preview")
    expect(troubled).to_have_count(0)
    twin = page.locator("tbody tr").filter(has_text="Made on Saturdays")
    twin.get_by_label("SKU for Made on Saturdays").fill("SATURDAY")
    page.get_by_role("button", name=re.compile(r"^Import \d+ products$")).first.click()
    report = page.get_by_role("heading", name=re.compile(r"^\d+ products imported$"))
    expect(report).to_be_visible()
    assert int(report.inner_text().split()[0]) >= 60
    inspect(page, name="week-imported", views=THREE_VIEWS)
    workshop.open("inventory/products/?q=saturday")
    expect(workshop.find_row("SATURDAY")).to_have_count(1)
    workshop.open("inventory/products/")
    expect(page.locator("#products tbody tr").first).to_be_visible()
    inspect(page, name="week-products", views=THREE_VIEWS[2:])


def link_own_product(workshop: Workshop, inspect: InspectEverywhere) -> None:
    """Something that the shop wrote down before its bookkeeper did."""
    page = workshop.page
    workshop.open("inventory/products/new/")
    page.get_by_label("SKU").fill("GIFT")
    page.get_by_label("Name", exact=True).fill("Gift box")
    workshop.press("Create product")
    expect(page.get_by_text("GIFT is here.")).to_be_visible()
    workshop.books.create(type="Service", name="Gift box", unit_price="3")
    workshop.sync()
    workshop.open("")
    expect_step(page, "Link what is the same").get_by_role("link").click()
    page.locator("#products").get_by_role("link", name="Gift box").click()
    page.get_by_role("link", name="Link to an item…").click()
    page.locator("#proposals tbody tr").filter(has_text="Same name").get_by_role("link").click()
    workshop.press("Link")
    expect(page.get_by_text("GIFT is linked.")).to_be_visible()
    inspect(page, name="week-linked", views=THREE_VIEWS)


def adjust_one(workshop: Workshop, item: dict[str, Any], inspect: InspectEverywhere) -> None:
    """Two broke; the books do not know."""
    page = workshop.page
    workshop.open("")
    expect_step(page, "Count a shelf").get_by_role("link").click()
    page.get_by_label("Search by SKU or name").fill(item["sku"])
    expect(page.locator("#products tbody tr")).to_have_count(1)
    page.locator("#products").get_by_role("link", name=item["name"], exact=True).click()
    page.get_by_role("link", name="Adjust stock").click()
    page.get_by_label("Remove", exact=True).check()
    page.get_by_label("Quantity").fill("2")
    page.get_by_label("Reason").select_option(label="Breakage / loss")
    on_hand = item["quantity_on_hand"]
    expect(page.locator("#effect")).to_contain_text(f"On hand {on_hand:,} → {on_hand - 2:,}")
    expect(page.locator("form.htmx-request")).to_have_count(0)
    inspect(page, name="week-adjust", views=THREE_VIEWS)
    page.get_by_role("button", name="Adjust stock").click()
    expect(page.get_by_text("is adjusted.")).to_be_visible()
    inspect(page, name="week-product", views=THREE_VIEWS)


def read_second_report(
    workshop: Workshop, counted: dict[str, Any], inspect: InspectEverywhere
) -> None:
    """What the bookkeeper changed came along; what broke here was not undone."""
    page = workshop.page
    workshop.sync()
    expect(page.locator(".notice").first).to_contain_text("1 product corrected")
    corrected = page.locator("#corrections tbody tr")
    expect(corrected).to_have_count(1)
    expect(corrected).to_contain_text(counted["sku"])
    inspect(page, name="week-report")
    corrected.locator("td").last.get_by_role("link").first.click()
    expect(page.get_by_role("link", name="The sync that read it")).to_be_visible()
    inspect(page, name="week-transaction", views=THREE_VIEWS)


def check_products(workshop: Workshop, items: tuple[dict[str, Any], ...]) -> None:
    page = workshop.page
    adjusted, counted, retired = items
    for item, quantity in (
        (adjusted, adjusted["quantity_on_hand"] - 2),
        (counted, counted["quantity_on_hand"] + 4),
        (retired, retired["quantity_on_hand"]),
    ):
        workshop.open(f"inventory/products/?q={item['sku']}")
        row = page.locator("#products tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(f"{quantity:,} pcs")
    expect(row).to_contain_text("Item inactive")
