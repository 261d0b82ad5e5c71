"""Linked products follow their items with the next sync (ITEM-6, SYNC-6)."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.linking import preview, sync
from tests.support.products import make_product

from partsemble.accounting.services.modes import set_inventory_mode
from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.accounting.types import InventoryMode
from partsemble.catalog.queries import find_product, get_product
from partsemble.catalog.types import ProductView
from partsemble.identity.queries import list_activity
from partsemble.sync.queries.importing import ImportChoices, Remedy, Selection
from partsemble.sync.services.importing import start_import

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def imported(cast: Cast, books: Emulator) -> Cast:
    """A business whose items are all products."""
    connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(books.ready).encode())
    sync(cast)
    start_import(
        actor=cast.owner.actor,
        selection=Selection(),
        choices=ImportChoices(remedy=Remedy.NUMBER),
        occurred_on=date(2026, 11, 22),
    )
    return cast


def pick(books: Emulator, number: int) -> dict[str, Any]:
    items: list[dict[str, Any]] = books.control("GET", "items")["items"]
    found = [each for each in items if each["type"] == "Inventory" and each["active"]]
    return [each for each in found if each["sku"] and each["sku"].isascii()][number]


def read(cast: Cast, sku: str) -> ProductView:
    found = find_product(actor=cast.owner.actor, sku=sku)
    assert found is not None
    return found


def test_name_sku_and_prices_follow_the_item(imported: Cast, books: Emulator) -> None:
    cast, item, other = imported, pick(books, 0), pick(books, 1)
    before = read(cast, item["sku"])
    said = {"name": "Heron, new", "sku": "HERON-NEW", "unit_price": 149.5, "purchase_cost": 61.25}
    books.control("PATCH", f"items/{item['id']}", said)
    assert preview(cast).followed == 1
    assert read(cast, item["sku"]) == before
    assert sync(cast).followed == 1
    after = get_product(actor=cast.owner.actor, product_id=before.id)
    terms = after.terms
    assert (terms.name, terms.sku) == ("Heron, new", "HERON-NEW")
    assert (terms.selling_price, terms.unit_cost) == (Decimal("149.5"), Decimal("61.25"))
    assert (terms.type, terms.unit) == (before.terms.type, before.terms.unit)
    assert after.revision == before.revision + 1
    assert find_product(actor=cast.owner.actor, sku=item["sku"]) is None
    told = [
        (each.actor_label, each.verb, each.subject_label)
        for each in list_activity(actor=cast.owner.actor)
    ]
    assert ("A sync", "brought in step", "1") in told
    make_product(cast.owner.actor, "MINE")
    books.control("PATCH", f"items/{other['id']}", {"sku": "mine", "name": "Other lamp"})
    sync(cast)
    kept = read(cast, other["sku"])  # two products of one SKU would be worse
    assert kept.name == "Other lamp"


def test_an_inactive_item_marks_its_product_and_no_more(imported: Cast, books: Emulator) -> None:
    cast, item = imported, pick(books, 0)
    before = read(cast, item["sku"])
    books.control("PATCH", f"items/{item['id']}", {"active": False})
    sync(cast)
    marked = get_product(actor=cast.owner.actor, product_id=before.id)
    assert marked.is_active
    assert not marked.is_item_active
    assert marked.terms == before.terms
    books.control("PATCH", f"items/{item['id']}", {"active": True})
    sync(cast)
    assert get_product(actor=cast.owner.actor, product_id=before.id).is_item_active


def test_in_partsemble_only_mode_products_are_ours(imported: Cast, books: Emulator) -> None:
    cast, item = imported, pick(books, 0)
    before = read(cast, item["sku"])
    set_inventory_mode(actor=cast.owner.actor, mode=InventoryMode.PARTSEMBLE_ONLY)
    books.control("PATCH", f"items/{item['id']}", {"name": "Theirs"})
    sync(cast)
    assert get_product(actor=cast.owner.actor, product_id=before.id) == before
    books.control("PATCH", f"items/{item['id']}", {"active": False})
    sync(cast)
    assert not get_product(actor=cast.owner.actor, product_id=before.id).is_item_active


def test_after_partsemble_only_mode_products_catch_up(imported: Cast, books: Emulator) -> None:
    cast, item, gone, third = imported, *(pick(books, each) for each in range(3))
    actor = cast.owner.actor
    before, retired = read(cast, item["sku"]), read(cast, gone["sku"])
    set_inventory_mode(actor=actor, mode=InventoryMode.PARTSEMBLE_ONLY)
    books.control("PATCH", f"items/{item['id']}", {"name": "Theirs", "unit_price": 36})
    books.control("PATCH", f"items/{gone['id']}", {"name": "Gone", "active": False})
    sync(cast)
    set_inventory_mode(actor=actor, mode=InventoryMode.SYNC)
    books.control("PATCH", f"items/{third['id']}", {"name": "Just now"})
    assert preview(cast).followed == 3
    assert sync(cast).followed == 3  # of which one is read as changed
    after = get_product(actor=actor, product_id=before.id)
    assert (after.terms.name, after.terms.selling_price) == ("Theirs", Decimal(36))
    assert get_product(actor=actor, product_id=retired.id).terms.name == "Gone"
    assert (preview(cast).followed, sync(cast).followed) == (0, 0)
    assert get_product(actor=actor, product_id=before.id) == after
