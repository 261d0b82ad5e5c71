"""Nothing of a file comes in once something speaks against what its preview has shown (PROD-1)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests.support.cast import Cast
from tests.support.files import TABLE, apply, be_silent, bring, count, list_rows, list_skus
from tests.support.items import make_item, store_items
from tests.support.products import make_product
from tests.support.stock import TODAY

from partsemble.accounting.documents import ItemType
from partsemble.accounting.models import Connection
from partsemble.accounting.queries.items import ItemFilter, list_items
from partsemble.accounting.types import ConnectionState, InventoryMode
from partsemble.catalog.queries import (
    ProductFilter,
    get_product,
    list_products,
)
from partsemble.catalog.services import edit_product, prepare_products, set_accounting_item
from partsemble.catalog.types import ProductType, ProductView
from partsemble.database.bulk import BulkWrite
from partsemble.database.scope import business_scope
from partsemble.files.queries import (
    get_file_import,
)
from partsemble.files.services.reading import read_file_import
from partsemble.files.services.starting import (
    check_file_again,
)
from partsemble.files.types import FileState, RowVerdict
from partsemble.identity.queries import list_activity
from partsemble.kernel.actor import Actor
from partsemble.stock.services.adjusting import post_opening

pytestmark = pytest.mark.django_db


def test_what_changed_after_the_preview_stops_all_of_it(cast: Cast) -> None:
    actor = cast.owner.actor
    lamp = make_product(actor, "LAMP-1", name="Lamp")
    shown = bring(actor, TABLE)
    terms = replace(lamp.terms, name="Somebody else's")
    edit_product(actor=actor, product_id=lamp.id, terms=terms, revision=1)
    done = apply(actor, shown.id)
    assert done.state is FileState.OUTDATED
    assert list_skus(actor) == ["LAMP-1"]

    check_file_again(actor=actor, import_id=shown.id)
    read_file_import(business_id=actor.business_id, import_id=shown.id, report=be_silent)
    again = get_file_import(actor=actor, import_id=shown.id)
    assert again.state is FileState.CHECKED
    assert again.digest != shown.digest
    assert apply(actor, shown.id).state is FileState.APPLIED
    assert list_skus(actor) == ["HEX-8", "LAMP-1", "WICK-2"]


def test_a_sku_that_is_taken_meanwhile_stops_all_of_it(cast: Cast) -> None:
    actor = cast.owner.actor
    shown = bring(actor, TABLE)
    make_product(actor, "wick-2")
    assert apply(actor, shown.id).state is FileState.OUTDATED
    assert list_skus(actor) == ["wick-2"]


@pytest.mark.parametrize("sku", ["HEX-8", "LAMP-1", "WICK-2"])
@pytest.mark.django_db(transaction=True)
def test_what_changes_in_the_last_moment_stops_all_of_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, sku: str
) -> None:
    actor = cast.owner.actor
    lamp = make_product(actor, "LAMP-1", name="Lamp")
    wick = make_product(
        actor, "WICK-2", name="Wick", type=ProductType.RAW_MATERIAL, unit_cost=Decimal("0.1")
    )
    shown = bring(actor, TABLE)
    assert count(shown) == (1, 1, 1, 0)

    def be_late(**words: Any) -> tuple[BulkWrite, ...]:
        statements = prepare_products(**words)
        if sku == "HEX-8":
            make_product(actor, sku, description="Somebody else's")
        else:
            product = lamp if sku == "LAMP-1" else wick
            terms = replace(product.terms, description="Somebody else's")
            edit_product(actor=actor, product_id=product.id, terms=terms, revision=1)
        return statements

    monkeypatch.setattr("partsemble.files.services.applying.prepare_products", be_late)
    assert apply(actor, shown.id).state is FileState.OUTDATED
    rows = list_products(actor=actor, wanted=ProductFilter(is_active=None)).rows
    left = {row.sku: (row.name, row.terms.description) for row in rows}
    assert left.pop(sku)[1] == "Somebody else's"  # it did not wait for us, and stays
    untouched = {"LAMP-1": ("Lamp", ""), "WICK-2": ("Wick", "")}
    assert left == {other: said for other, said in untouched.items() if other != sku}
    assert "imported" not in {each.verb for each in list_activity(actor=actor)}


def link(actor: Actor, sku: str) -> UUID:
    (item,) = list_items(actor=actor, wanted=ItemFilter(search=sku)).rows
    product = make_product(actor, sku, name=item.name, unit_cost=item.purchase_cost)
    set_accounting_item(actor=actor, product_id=product.id, item_id=item.id)
    return product.id


def lead_by(actor: Actor, mode: InventoryMode) -> None:
    with business_scope(actor.business_id):
        Connection.objects.update(
            state=ConnectionState.EXPIRED, takes_adjustments=True, inventory_mode=mode
        )


def test_what_the_books_say_is_not_changed_by_a_file(cast: Cast) -> None:
    actor = cast.owner.actor
    store_items(actor, make_item(1), make_item(2, type=ItemType.SERVICE))
    link(actor, "L-1")
    table = "SKU,Name,Type,Reorder point\nL-1,Another name,Component,5\n"
    shown = bring(actor, table)
    led = {InventoryMode.SYNC: (0, 0, 0, 1), InventoryMode.PARTSEMBLE_ONLY: (0, 1, 0, 0)}
    for mode, verdicts in led.items():
        lead_by(actor, mode)
        check_file_again(actor=actor, import_id=shown.id)
        read_file_import(business_id=actor.business_id, import_id=shown.id, report=be_silent)
        shown = get_file_import(actor=actor, import_id=shown.id)
        assert count(shown) == verdicts
    lead_by(actor, InventoryMode.SYNC)
    assert apply(actor, shown.id).state is FileState.OUTDATED


def give_stock(actor: Actor, product: ProductView) -> None:
    post_opening(
        actor=actor,
        product_id=product.id,
        quantity=Decimal(5),
        unit_cost=Decimal(1),
        occurred_on=TODAY,
        key=f"opening:{product.id}",
    )


def test_what_is_there_stays_stocked(cast: Cast) -> None:
    actor = cast.owner.actor
    lamp, wick = make_product(actor, "LAMP-1"), make_product(actor, "WICK-2")
    give_stock(actor, lamp)
    shown = bring(actor, "SKU,Stocked\nLAMP-1,no\nWICK-2,no\n")
    (row,) = list_rows(actor, shown.id, RowVerdict.FAULTY)
    assert (row.sku, row.faults[0].column) == ("LAMP-1", "Stocked")

    shown = bring(actor, "SKU,Stocked\nWICK-2,no\n")
    give_stock(actor, wick)
    assert apply(actor, shown.id).state is FileState.OUTDATED

    bolt = make_product(actor, "HEX-8")
    shown = bring(actor, "SKU,Stocked\nHEX-8,no\n")
    assert apply(actor, shown.id).state is FileState.APPLIED
    assert not get_product(actor=actor, product_id=bolt.id).terms.is_stocked
