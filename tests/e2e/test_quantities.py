"""Rows S18 and S19 in Chromium: quantities that follow the books, and quantities that resist."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from tests.support.browser import DESK, View, opened_page
from tests.support.workshop import Workshop, open_workshop

VIEWS = (View(1440, "light"), View(820, "dark"), View(390, "dark"))

type Demo = dict[str, Any]


@pytest.fixture
def page(chromium: Browser, demo: Demo, signed_in: StorageState) -> Iterator[Page]:
    with opened_page(chromium, base_url=demo["url"], view=DESK, signed_in=signed_in) as opened:
        yield opened


def test_who_leads_s18_s19(page: Page, demo: Demo, inspect_everywhere: Callable[..., None]) -> None:
    workshop = open_workshop(page, demo, books="Quantities", items=60)
    workshop.sync()
    item = workshop.books.list_items("Inventory", limit=5)[2]
    make_product(workshop, item["sku"])
    counted, cost = int(item["quantity_on_hand"]) + 1, float(item["purchase_cost"]) + 0.5
    workshop.books.edit(item["id"], quantity_on_hand=counted, purchase_cost=cost)
    workshop.sync()
    expect(page.locator(".notice").first).to_contain_text("1 product corrected")
    corrected = page.locator("#corrections tbody tr")
    expect(corrected).to_have_count(1)
    expect(corrected).to_contain_text(item["sku"])
    expect(corrected).to_contain_text(f"→ {counted:,}")
    expect(corrected).to_contain_text(f"→ {counted * cost:,.2f}")  # S18: the cost, too
    inspect_everywhere(page, name="sync-corrections", views=VIEWS)

    workshop.open("settings/features/")
    inspect_everywhere(page, name="features", views=VIEWS)
    page.get_by_role("link", name="Switch on").click()
    inspect_everywhere(page, name="switch-receiving", views=VIEWS)
    workshop.press("Switch on")
    expect(page.get_by_text("Receiving is on.")).to_be_visible()
    workshop.books.edit(item["id"], quantity_on_hand=counted + 4, name="Finial of another name")
    workshop.sync()
    differing = page.locator("#corrections tbody tr")
    expect(differing).to_contain_text("Left alone")  # S19
    expect(differing).to_contain_text("+4")
    expect(workshop.page.locator("#changed")).to_contain_text("Finial of another name")
    workshop.open("settings/integrations/")
    expect(page.get_by_text("Partsemble leads")).to_be_visible()
    inspect_everywhere(page, name="integrations-mode", views=VIEWS)

    workshop.open("settings/features/receiving/")
    expect(page.get_by_text("counts 1 product otherwise, and would win")).to_be_visible()
    workshop.press("Switch off")
    workshop.sync()
    expect(corrected).to_contain_text(f"{counted:,} → {counted + 4:,}")


def make_product(workshop: Workshop, sku: str) -> None:
    """Choose the item in the list and confirm its import."""
    page = workshop.page
    workshop.open(f"inventory/accounting-items/?q={sku}")
    workshop.find_row(sku).get_by_role("checkbox").check()
    page.get_by_role("button", name="Import", exact=True).first.click()
    page.locator("button[name=step][value=import]").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_url("**/imports/**")
