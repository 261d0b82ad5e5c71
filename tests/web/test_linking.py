"""The pages on which a product is linked to an item (ITEM-4, ITEM-6)."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.databases import counted_queries
from tests.support.emulator import Emulator
from tests.support.items import make_item, store_items
from tests.support.products import make_product

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.items import ItemFilter, list_items
from partsemble.catalog.queries import get_product
from partsemble.catalog.services import edit_product
from partsemble.stock.queries.balances import get_balance
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Trigger

pytestmark = pytest.mark.django_db(transaction=True)

PAGE_QUERIES = 12


def find_address(person: Person, name: str, **given: object) -> str:
    return reverse(name, kwargs={"slug": person.business.slug, **given})


def read(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200, response.text
    return re.sub(r"\s+", " ", response.text)


def test_a_product_is_linked_after_a_look_at_both(
    settings: Settings, emulator: Emulator, cast: Cast
) -> None:
    point_at(settings, emulator)
    connect(cast.owner)
    actor = cast.owner.actor
    run_id = start_item_sync(actor=actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=actor.business_id, run_id=run_id)
    wanted = ItemFilter(type=ItemType.INVENTORY, is_active=True, search="heron")
    item = list_items(actor=actor, wanted=wanted).rows[0]
    product = make_product(actor, "OURS", name=item.name)
    client = cast.builder.sign_in()
    page = read(client, find_address(cast.builder, "product", product_id=product.id))
    assert "Linked to no item" in page
    proposals = find_address(cast.builder, "choose_item", product_id=product.id)
    assert "Same name" in read(client, proposals)
    assert "Nothing matches" in read(client, proposals, q="no such item")
    address = find_address(cast.builder, "link_item", product_id=product.id, item_id=item.id)
    assert address in read(client, proposals)
    look = read(client, address)
    assert "Which quantity holds?" in look
    undecided = client.post(address)
    assert undecided.status_code == 422
    assert "Choose one; the other side is brought in step." in undecided.text
    linked = client.post(address, {"holds": "books"})
    page = read(client, linked["Location"])
    assert f"{item.sku} is linked." in page
    assert "Name, SKU and prices follow this item" in page
    assert f"Linked to {item.name}".replace('"', "&quot;") in page
    assert get_balance(actor=actor, product_id=product.id).on_hand == item.quantity_on_hand
    with counted_queries() as count:
        read(client, linked["Location"])
    assert count() <= PAGE_QUERIES
    form = read(client, find_address(cast.builder, "change_product", product_id=product.id))
    assert form.count("Follows your books") == 4
    assert form.count("disabled") == 4
    unlinked = client.post(find_address(cast.builder, "unlink_item", product_id=product.id))
    assert "linked to nothing now" in read(client, unlinked["Location"])
    assert get_product(actor=actor, product_id=product.id).accounting_item_id is None


def test_a_sku_that_became_free_is_offered(
    settings: Settings, emulator: Emulator, cast: Cast
) -> None:
    point_at(settings, emulator)
    connect(cast.owner)
    actor = cast.owner.actor
    run_id = start_item_sync(actor=actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=actor.business_id, run_id=run_id)
    wanted = ItemFilter(type=ItemType.INVENTORY, is_active=True, search="heron")
    item = list_items(actor=actor, wanted=wanted).rows[0]
    holder = make_product(actor, item.sku, name="Old heron")
    product = make_product(actor, "OURS")
    client = cast.builder.sign_in()
    linked = find_address(cast.builder, "link_item", product_id=product.id, item_id=item.id)
    assert client.post(linked, {"holds": "books"}).status_code == 302
    address = find_address(cast.builder, "product", product_id=product.id)
    take_over = find_address(cast.builder, "take_over_sku", product_id=product.id)
    page = read(client, address)
    assert f"Your books call it {item.sku}" in page
    assert find_address(cast.builder, "product", product_id=holder.id) in page
    assert take_over not in page
    assert "Give the other one another SKU first" in page
    assert client.post(take_over).status_code == 422
    edit_product(
        actor=actor, product_id=holder.id, terms=replace(holder.terms, sku="FORMER"), revision=1
    )
    assert take_over in read(client, address)
    reader = read(cast.accountant.sign_in(), address)
    assert "whoever manages products can take it over" in reader
    assert take_over not in reader
    page = read(client, client.post(take_over)["Location"])
    assert f"{item.sku} is its SKU now" in page
    assert "Your books call it" not in page
    assert get_product(actor=actor, product_id=product.id).sku == item.sku


def test_another_businesss_products_and_items_are_not_linked(cast: Cast) -> None:
    store_items(cast.owner.actor, make_item(1))
    (item,) = list_items(actor=cast.owner.actor, wanted=ItemFilter()).rows
    ours = make_product(cast.owner.actor, "OURS")
    theirs = make_product(cast.stranger.actor, "THEIRS")
    client = cast.stranger.sign_in()
    for product in (ours, theirs):
        address = find_address(cast.stranger, "link_item", product_id=product.id, item_id=item.id)
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert (
        client.get(find_address(cast.stranger, "choose_item", product_id=ours.id)).status_code
        == 404
    )
    address = find_address(cast.stranger, "unlink_item", product_id=ours.id)
    assert client.post(address).status_code == 404
