"""A business of its own with books of its own, for one journey in a browser that others share."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
from playwright.sync_api import Locator, Page, expect
from tests.support.emulator import ANSWER_SECONDS

BUSINESS = "Heron Street Lamps"
"""Every business of a journey is called so; its address tells them apart."""
SYNC_MILLISECONDS = 120_000
"""How long a run of a few thousand items may take on a busy machine."""
_HOLD_LOCK = """
import django
django.setup()
from uuid import UUID
from partsemble.database.ids import new_id
from partsemble.locks.services import take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder
holder = LockHolder(kind=HolderKind.SALES_SYNC, holder_id=new_id(), label="Bela Builder")
take_sync_lock(business_id=UUID({business!r}), holder=holder, lease_seconds={seconds})
"""


def _send(method: str, address: str, body: object = None) -> httpx2.Response:
    answer = httpx2.request(method, address, json=body, timeout=ANSWER_SECONDS)
    return answer.raise_for_status()


@dataclass(frozen=True, slots=True)
class Books:
    """A company in the emulator, as its bookkeeper sees it."""

    name: str
    realm_id: str
    control_url: str
    everything_url: str

    def read(self, path: str, **query: str | int) -> Any:
        """This will read something of the company."""
        answer = httpx2.get(f"{self.control_url}/{path}", params=query, timeout=ANSWER_SECONDS)
        answer.raise_for_status()
        return answer.json()

    def list_items(self, item_type: str, *, limit: int = 50) -> list[dict[str, Any]]:
        """This will list active items of a type, by name."""
        found: list[dict[str, Any]] = self.read(
            "items", type=item_type, limit=limit, state="active"
        )["items"]
        return found

    def count_items(self, item_type: str) -> int:
        """This will count the items of a type, active or not."""
        return int(self.read("items", type=item_type, limit=1, state="all")["count"])

    def edit(self, item_id: str, **values: object) -> None:
        """This will change an item as its bookkeeper does."""
        _send("PATCH", f"{self.control_url}/items/{item_id}", values)

    def create(self, **values: object) -> dict[str, Any]:
        """This will add an item, and give it."""
        made = _send("POST", f"{self.control_url}/items", values)
        found: dict[str, Any] = made.json()
        return found

    def delete(self, item_id: str) -> None:
        """This will delete an item."""
        _send("DELETE", f"{self.control_url}/items/{item_id}")

    def command(self, path: str) -> None:
        """This will do something else that a person does there."""
        _send("POST", f"{self.control_url}/{path}", {})

    def delay_next_page(self, seconds: float) -> None:
        """This will let the next question about this company wait for its answer."""
        fault = {"kind": "delay", "delay_ms": int(seconds * 1000), "count": 1, "path": "/query"}
        fault |= {"realm_id": self.realm_id}
        _send("POST", f"{self.everything_url}/faults", fault)


@dataclass(frozen=True, slots=True)
class Workshop:
    """A business in a browser, and its books."""

    page: Page
    demo: dict[str, Any]
    slug: str
    books: Books

    def open(self, place: str = "settings/integrations/sync/") -> None:
        """This will open a page of the business."""
        self.page.goto(f"/b/{self.slug}/{place}")

    def press(self, name: str) -> None:
        """This will press a button."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def connect(self, books: Books) -> None:
        """This will go to the provider's page and back, choosing a company there."""
        self.page.get_by_role("button", name="Connect to QuickBooks").click()
        self.consent(books)

    def consent(self, books: Books) -> None:
        """This will choose a company on the provider's page."""
        self.page.wait_for_url(f"{self.demo['emulator']['base_url']}/**")
        self.page.locator(f"input[value='{books.realm_id}']").check()
        self.page.get_by_role("button", name="Connect", exact=True).click()
        self.page.wait_for_url(f"**/b/{self.slug}/**")

    def sync(self, button: str = "Sync Items") -> None:
        """This will press a button of the Sync Items page and wait for the report."""
        self.open()
        self.press(button)
        self.await_report()

    def await_report(self) -> None:
        """This will wait until the run that is looked at has ended."""
        expect(self.page.locator("#run-state")).to_contain_text(
            "Finished", timeout=SYNC_MILLISECONDS
        )

    def read_tile(self, label: str) -> int:
        """This will read a figure of the report."""
        tile = self.page.locator(".tile").filter(has_text=label)
        return int(tile.locator(".tile-value").inner_text().replace(",", ""))

    def read_tiles(self) -> dict[str, int]:
        """This will read all figures of the report."""
        return {
            tile.locator(".tile-label").inner_text(): int(
                tile.locator(".tile-value").inner_text().replace(",", "")
            )
            for tile in self.page.locator(".tile").all()
        }

    def find_row(self, text: str) -> Locator:
        """This will find a row of the list that is shown."""
        return self.page.locator("tbody tr").filter(has_text=text)

    def pick_items(self, count: int) -> list[dict[str, Any]]:
        """This will pick items that are counted, whose name and SKU nothing else is called like."""
        items = self.books.list_items("Inventory", limit=100)
        called = [f"{each['sku']}\n{each['name']}".casefold() for each in items]
        plain = [
            each
            for each in items
            if each["sku"]
            and f"{each['sku']}{each['name']}".isascii()
            and sum((each["sku"] or "-").casefold() in words for words in called) == 1
            and sum(each["name"].casefold() in words for words in called) == 1
            and each["quantity_on_hand"] > 5
            and each["purchase_cost"]
        ]
        assert len(plain) >= count, "the books are too small"
        return plain[:count]

    def search_items(self, words: str, **filters: str) -> None:
        """This will open the accounting items that those words find."""
        self.open(f"inventory/accounting-items/?{urlencode({'q': words, **filters})}")

    def find_tile(self, label: str) -> Locator:
        """This will find the figure of a tile."""
        return self.page.locator(".tile").filter(has_text=label).locator(".tile-value")

    def import_item(self, sku: str) -> None:
        """This will make a product of an item, and open the product."""
        self.search_items(sku)
        self.find_row(sku).get_by_role("checkbox").check()
        self.press("Import")
        self.press("Import 1 product")
        expect(
            self.page.get_by_role("heading", name="1 product imported", exact=True)
        ).to_be_visible()
        self.open(f"inventory/products/?{urlencode({'q': sku})}")
        self.page.locator("#products tbody tr").filter(has_text=sku).get_by_role("link").click()
        expect(self.find_tile("On hand")).to_be_visible()

    def hold_lock(self, *, seconds: int) -> None:
        """This will take the sync lock in a process that ends at once, as a crash does."""
        folder = Path(self.demo["data_dir"])
        with closing(sqlite3.connect(folder / "partsemble.sqlite3")) as database:
            [[business]] = database.execute(
                "SELECT id FROM identity_business WHERE slug = ?", [self.slug]
            )
        subprocess.run(
            [sys.executable, "-c", _HOLD_LOCK.format(business=business, seconds=seconds)],
            check=True,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "partsemble.config.settings",
                "PARTSEMBLE_DATABASE_URL": "",
                "PARTSEMBLE_MIGRATION_DATABASE_URL": "",
                "PARTSEMBLE_SECRET_KEYS": "",
                "PARTSEMBLE_DATA_DIR": str(folder),
            },
        )


def found_company(demo: dict[str, Any], *, name: str, items: int) -> Books:
    """This will found a company in the emulator, in the United States, with stock."""
    control = demo["emulator"]["control_url"]
    words = {"name": name, "country": "US", "plan": "Plus", "items": items, "seed": 7}
    founded = _send("POST", f"{control}/companies", words).json()
    return Books(
        name=name,
        realm_id=founded["realm_id"],
        control_url=founded["control_url"],
        everything_url=control,
    )


def open_workshop(page: Page, demo: dict[str, Any], *, books: str, items: int) -> Workshop:
    """This will create a business by hand and connect it to a company of its own.

    Arguments:
        books: name of the company; each has books of its own.
        items: how many are in them.
    """
    page.goto("/businesses/new/")
    page.get_by_label("Business name").fill(BUSINESS)
    page.get_by_role("button", name="Create").click()
    page.wait_for_url("**/b/**")
    slug = page.url.rstrip("/").rpartition("/")[2]
    company = found_company(demo, name=books, items=items)
    workshop = Workshop(page=page, demo=demo, slug=slug, books=company)
    workshop.open("settings/integrations/")
    workshop.connect(company)
    expect(page.get_by_text(f"Connected to {company.name}.")).to_be_visible()
    return workshop
