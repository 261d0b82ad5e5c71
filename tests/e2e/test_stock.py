"""Stock in the browser: adjusting a product, what that wrote down, and taking it back."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect
from tests.support.browser import DESK

type Demo = dict[str, Any]
type OpenPage = Callable[..., Any]
type Inspect = Callable[..., None]


def create_product(page: Page, demo: Demo, sku: str, name: str) -> None:
    page.goto(f"/b/{demo['business']}/inventory/products/new/")
    page.get_by_label("SKU").fill(sku)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Create product").click()
    expect(page.get_by_text(f"{sku} is here.")).to_be_visible()


def adjust(page: Page, direction: str, quantity: str, *, at: str = "", reason: str) -> None:
    page.get_by_role("link", name="Adjust stock").click()
    page.get_by_label(direction, exact=True).check()
    page.get_by_label("Quantity").fill(quantity)
    if at:
        page.get_by_label("Unit cost").fill(at)
    page.get_by_label("Reason").select_option(label=reason)
    await_effect(page)
    page.get_by_role("button", name="Adjust stock").click()
    expect(page.get_by_text("is adjusted.")).to_be_visible()


def await_effect(page: Page) -> None:
    """Wait for what is asked while a form is filled in; leaving the page would cut it off."""
    expect(page.locator("form.htmx-request")).to_have_count(0)


def find_tile(page: Page, label: str) -> Locator:
    return page.locator(".tile").filter(has_text=label).locator(".tile-value")


def test_stock_is_adjusted_told_and_taken_back(
    demo: Demo, open_page: OpenPage, inspect_everywhere: Inspect
) -> None:
    with open_page(view=DESK) as page:
        create_product(page, demo, "HEX-8", "Hexagon bolt, zinc plated")
        expect(page.get_by_text("Nothing has moved yet")).to_be_visible()
        adjust(page, "Add", "100", at="5", reason="Received stock")
        adjust(page, "Add", "50", at="6", reason="Received stock")
        adjust(page, "Remove", "2", reason="Breakage / loss")
        expect(find_tile(page, "On hand")).to_have_text("148 pcs")
        expect(find_tile(page, "Moving average")).to_have_text("5.333333 USD")
        inspect_everywhere(page, name="product-stock")

        page.get_by_role("link", name="Adjust stock").click()
        expect(page.get_by_label("Unit cost")).to_be_visible()
        page.get_by_label("Remove", exact=True).check()
        expect(page.get_by_label("Unit cost")).to_be_hidden()
        page.get_by_label("Quantity").fill("148")
        page.get_by_label("Quantity").blur()
        expect(page.locator("#effect")).to_contain_text("On hand 148 → 0")
        inspect_everywhere(page, name="adjust-stock")
        page.get_by_label("Quantity").fill("149")
        page.get_by_label("Quantity").blur()
        await_effect(page)
        page.get_by_role("button", name="Adjust stock").click()
        expect(page.get_by_text("149 are to be taken, and 148 are there.").first).to_be_visible()
        inspect_everywhere(page, name="adjust-stock-refused")

        page.goto(f"/b/{demo['business']}/inventory/stock/")
        page.get_by_label("Search by SKU, name or number").fill("hex-8")
        rows = page.locator("#moves tbody tr")
        expect(rows).to_have_count(3)
        expect(rows.first).to_contain_text("−2 pcs")
        inspect_everywhere(page, name="stock-transactions")
        rows.first.get_by_role("link", name="Adjustment").click()
        expect(page.get_by_text("Breakage / loss")).to_be_visible()
        inspect_everywhere(page, name="stock-transaction")

        page.get_by_role("button", name="Reverse").click()
        page.get_by_role("dialog").get_by_role("button", name="Reverse").click()
        expect(page.get_by_text("It takes another one back")).to_be_visible()
        page.get_by_role("link", name="Hexagon bolt, zinc plated").click()
        expect(find_tile(page, "On hand")).to_have_text("150 pcs")


def test_any_days_stock_is_looked_at_and_taken_along(
    demo: Demo, open_page: OpenPage, inspect_everywhere: Inspect
) -> None:
    with open_page(view=DESK) as page:
        create_product(page, demo, "WASH-8", "Washer")
        adjust(page, "Add", "1000", at="0.015", reason="Count correction")
        page.goto(f"/b/{demo['business']}/inventory/stock/as-of/?q=wash-8")
        row = page.locator("#day-stock tbody tr")
        expect(row).to_contain_text("1,000 pcs")
        inspect_everywhere(page, name="stock-as-of")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download as CSV").click()
        assert "WASH-8,Washer,pcs,1000,0.015,15" in download.value.path().read_text()
        page.get_by_label("Day", exact=True).fill("2020-01-31")
        expect(page.get_by_text("Nothing of that was in stock, 31 January 2020.")).to_be_visible()
