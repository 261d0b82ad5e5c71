"""Rows S18 and S19 in Chromium: quantities that follow the books, and quantities that resist."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from tests.support.browser import DESK, View, opened_page
from tests.support.workshop import Workshop, open_workshop

VIEWS = (View(1440, "light"), View(820, "dark"), View(390, "dark"))

type Demo = dict[str, Any]
type InspectEverywhere = Callable[..., None]


@pytest.fixture
def page(chromium: Browser, demo: Demo, signed_in: StorageState) -> Iterator[Page]:
    with opened_page(chromium, base_url=demo["url"], view=DESK, signed_in=signed_in) as opened:
        yield opened


def test_who_leads_s18_s19(page: Page, demo: Demo, inspect_everywhere: InspectEverywhere) -> None:
    workshop = open_workshop(page, demo, books="Quantities", items=60)
    workshop.sync()
    (item,) = workshop.pick_items(1)
    workshop.import_item(item["sku"])
    product = page.url
    counted, cost = int(item["quantity_on_hand"]) + 1, float(item["purchase_cost"]) + 0.5
    workshop.books.edit(item["id"], quantity_on_hand=counted, purchase_cost=cost)
    foresee(workshop, item["sku"], inspect_everywhere)
    workshop.sync()
    expect(page.locator(".notice").first).to_contain_text("1 product corrected")
    corrected = page.locator("#corrections tbody tr")
    expect(corrected).to_have_count(1)
    expect(corrected).to_contain_text(item["sku"])
    expect(corrected).to_contain_text(f"→ {counted:,}")
    expect(corrected).to_contain_text(f"→ {counted * cost:,.2f}")  # S18: the cost, too
    inspect_everywhere(page, name="sync-corrections", views=VIEWS)
    check_transactions(workshop)
    page.goto(product)
    check_product(workshop, quantity=counted, cost=cost)

    switch_receiving_on(workshop, inspect_everywhere)
    workshop.books.edit(item["id"], quantity_on_hand=counted + 4, name="Finial of another name")
    workshop.sync()
    differing = page.locator("#corrections tbody tr")
    expect(differing).to_contain_text("Left alone")  # S19
    expect(differing).to_contain_text("Your books count 4 ")
    expect(page.locator("#changed")).to_contain_text("Finial of another name")
    page.goto(product)
    expect(page.get_by_role("heading", name="Finial of another name")).to_be_visible()
    check_product(workshop, quantity=counted, cost=cost)
    workshop.open("settings/integrations/")
    expect(page.get_by_text("Partsemble leads")).to_be_visible()
    inspect_everywhere(page, name="integrations-mode", views=VIEWS)

    workshop.open("settings/features/receiving/")
    expect(page.get_by_text("counts 1 product otherwise, and would win")).to_be_visible()
    workshop.press("Switch off")
    expect(page.get_by_text("Receiving is off.")).to_be_visible()
    workshop.sync()
    expect(corrected).to_contain_text(f"{counted:,} → {counted + 4:,}")


def foresee(workshop: Workshop, sku: str, inspect_everywhere: InspectEverywhere) -> None:
    """A preview says what would be corrected, before anything is."""
    workshop.sync("Preview")
    corrected = workshop.page.locator("#corrections tbody tr")
    expect(corrected).to_contain_text(sku)
    expect(corrected).to_contain_text("Would be corrected")
    inspect_everywhere(workshop.page, name="sync-preview-corrections", views=VIEWS)


def check_transactions(workshop: Workshop) -> None:
    """S18: the report leads to a stock transaction for each change, and that back to the sync."""
    page = workshop.page
    numbers = page.locator("#corrections tbody td").last.get_by_role("link")
    expect(numbers).to_have_count(2)
    numbers.first.click()
    expect(page.get_by_role("link", name="The sync that read it")).to_be_visible()
    expect(page.locator("tbody tr")).to_contain_text("+1 pcs")


def check_product(workshop: Workshop, *, quantity: int, cost: float) -> None:
    """An opening, and what one sync made of quantity and cost; nothing else has moved."""
    expect(workshop.find_tile("On hand")).to_have_text(f"{quantity:,} pcs")
    expect(workshop.find_tile("Moving average")).to_have_text(f"{cost:,.2f} USD")
    moves = workshop.page.get_by_role("table", name="Newest stock transactions")
    expect(moves.locator("tbody tr")).to_have_count(3)


def switch_receiving_on(workshop: Workshop, inspect_everywhere: InspectEverywhere) -> None:
    page = workshop.page
    workshop.open("settings/features/")
    inspect_everywhere(page, name="features", views=VIEWS)
    page.get_by_role("link", name="Switch on").click()
    inspect_everywhere(page, name="switch-receiving", views=VIEWS)
    workshop.press("Switch on")
    expect(page.get_by_text("Receiving is on.")).to_be_visible()
