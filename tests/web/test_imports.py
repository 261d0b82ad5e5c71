"""The pages on which items become products (ITEM-1 to ITEM-3, ITEM-5, T4)."""

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.support.cast import Cast, Person
from tests.support.items import make_item, store_items
from tests.support.products import make_product

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.items import ItemFilter, list_items
from partsemble.catalog.queries import ProductFilter, count_products, find_product, list_products
from partsemble.catalog.types import ProductType
from partsemble.sync.services import importing
from partsemble.web.inventory.choices import CHOICES_LIMIT

pytestmark = pytest.mark.django_db


def find_address(person: Person, name: str) -> str:
    return reverse(name, kwargs={"slug": person.business.slug})


def read(client: Client, address: str, **query: str) -> str:
    response = client.get(address, query)
    assert response.status_code == 200, response.text
    return re.sub(r"\s+", " ", response.text)


def find_item(person: Person, sku: str) -> UUID:
    (row,) = list_items(actor=person.actor, wanted=ItemFilter(search=sku)).rows
    return row.id


def test_what_is_no_product_yet_is_pointed_out(cast: Cast) -> None:
    store_items(cast.owner.actor, make_item(1), make_item(2), make_item(3, is_active=False))
    client, address = cast.owner.sign_in(), find_address(cast.owner, "accounting_items")
    page = read(client, address)
    assert "2 items are not products yet" in page
    assert page.count("data-select ") == 3
    assert "Import all" in page
    builder = read(cast.builder.sign_in(), address)
    assert "2 items are not products yet" in builder
    assert "data-select " not in builder
    assert "Import all" not in builder


def test_ticked_items_lead_to_the_preview_and_become_products(cast: Cast) -> None:
    store_items(cast.owner.actor, make_item(1), make_item(2), make_item(3))
    ids = sorted(str(find_item(cast.owner, sku)) for sku in ("L-1", "L-2"))
    client = cast.accountant.sign_in()
    chosen = client.post(
        find_address(cast.owner, "choose_items"), {"action": "import", "item": ids, "query": "x=1"}
    )
    assert parse_qs(urlsplit(chosen["Location"]).query) == {"item": ids}
    preview = client.get(chosen["Location"])
    assert "Import 2 products" in preview.text
    assert "another value than your balance sheet has" in preview.text
    assert count_products(actor=cast.owner.actor) == 0
    done = client.post(chosen["Location"], {"step": "import", "type-of-inventory": "raw_material"})
    report = read(client, done["Location"])
    assert "2 products imported" in report
    listed = list_products(actor=cast.owner.actor, wanted=ProductFilter())
    assert {row.terms.type for row in listed.rows} == {ProductType.RAW_MATERIAL}
    page = read(client, find_address(cast.owner, "accounting_items"), show="products")
    assert page.count("<tr") == 3  # with its head
    assert "1 item is not a product yet" not in page
    assert "1 item is not a product yet" in read(
        client, find_address(cast.owner, "accounting_items")
    )


def test_conflicts_are_shown_and_decided_one_by_one(cast: Cast) -> None:
    make_product(cast.owner.actor, "L-1")
    store_items(
        cast.owner.actor,
        make_item(1),
        make_item(2, sku=""),
        make_item(3, sku=""),
        make_item(4, type=ItemType.NON_INVENTORY),
    )
    one, two, three = (find_item(cast.owner, f"Lamp 000{n}") for n in (1, 2, 3))
    four = find_item(cast.owner, "L-4")
    client = cast.owner.sign_in()
    address = f"{find_address(cast.owner, 'import_items')}?all=1"
    page = client.get(address).text
    assert "L-1 is another product" in page
    assert page.count("Has no SKU in the books") == 2
    said = {
        f"item-{one}.sku": "LAMP-1",
        f"item-{two}.sku": "L-1",
        f"item-{three}.out": "on",
        f"item-{four}.type": "finished_good",
        f"item-{four}.stocked": "yes",
        "item-x.sku": "nonsense",
    }
    page = client.post(address, {**said, "step": "preview"}).text
    assert "Import 2 products" in page
    assert page.count("L-1 is another product") == 1  # what was typed for the second is taken
    assert count_products(actor=cast.owner.actor) == 1
    done = client.post(address, {**said, "step": "import"})
    report = read(client, done["Location"])
    assert "2 products imported" in report
    assert "Lamp 0002" in report
    made, stocked = (find_product(actor=cast.owner.actor, sku=sku) for sku in ("LAMP-1", "L-4"))
    assert made is not None
    assert made.accounting_item_id == one
    assert stocked is not None
    assert (stocked.terms.type, stocked.terms.is_stocked) == (ProductType.FINISHED_GOOD, True)
    again = client.post(address, {"step": "import"})
    assert again.status_code == 422
    assert "There is nothing to import." in again.text


def test_what_is_chosen_comes_along_to_other_pages(cast: Cast) -> None:
    store_items(
        cast.owner.actor,
        make_item(1, sku=""),
        *(make_item(number, name=f"Lamp {number}") for number in range(2, 27)),
    )
    nameless = find_item(cast.owner, "Lamp 0001")
    client = cast.owner.sign_in()
    address = f"{find_address(cast.owner, 'import_items')}?all=1"
    page = client.get(address).text
    assert "1–20 of 25" in page
    first = next(
        each for each in re.findall(r'"item-([^"]+)\.type"', page) if each != str(nameless)
    )
    said = {f"item-{nameless}.sku": "NAMED", f"item-{first}.type": "finished_good"}
    page = client.post(address, {**said, "others": ["1", "2"]}).text
    assert "21–25 of 25" in page
    assert f'<input type="hidden" name="item-{first}.type" value="finished_good">' in page
    assert page.count(f"item-{first}") == 1
    assert "No item lacks a SKU now" in page
    assert f'name="item-{nameless}.sku" value="NAMED"' in page  # it stays where it was asked for
    assert "21–25 of 25" in client.post(address, {**said, "others": "99"}).text
    client.post(address, {**said, "others": "2", "step": "import"})
    wanted = ProductFilter(type=ProductType.FINISHED_GOOD)
    (finished,) = list_products(actor=cast.owner.actor, wanted=wanted).rows
    assert str(finished.accounting_item_id) == first
    assert find_product(actor=cast.owner.actor, sku="NAMED") is not None


def test_all_that_match_are_those_of_every_page(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PART_ITEMS", 2)
    store_items(
        cast.owner.actor, *(make_item(number, name=f"Lamp {number}") for number in range(7))
    )
    client = cast.owner.sign_in()
    chosen = client.post(
        find_address(cast.owner, "choose_items"),
        {"action": "import-all", "query": "q=lamp&show=new&page=2&sort=-sku"},
    )
    assert parse_qs(urlsplit(chosen["Location"]).query) == {
        "all": ["1"],
        "q": ["lamp"],
        "show": ["new"],
    }
    done = client.post(chosen["Location"], {"step": "import"})
    page = read(client, done["Location"])
    assert "Import under way" in page
    assert "0 of 7" in page
    part = client.get(done["Location"], headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "every 1s" in part.text


def test_nothing_ticked_leads_back(cast: Cast) -> None:
    client = cast.owner.sign_in()
    back = client.get(find_address(cast.owner, "import_items"), {"item": "nonsense"})
    assert back["Location"] == find_address(cast.owner, "accounting_items")


def test_items_are_hidden_and_shown_again(cast: Cast) -> None:
    store_items(cast.owner.actor, make_item(1), make_item(2, type=ItemType.SERVICE))
    client, address = cast.owner.sign_in(), find_address(cast.owner, "accounting_items")
    choose = find_address(cast.owner, "choose_items")
    one = str(find_item(cast.owner, "L-1"))
    hidden = client.post(choose, {"action": "hide", "item": [one], "query": "q=lamp"})
    assert hidden["Location"] == f"{address}?q=lamp"
    page = read(client, address)
    assert "1 item is out of sight now" in page
    assert "L-1" not in page
    assert "L-1" in read(client, address, show="hidden")
    client.post(choose, {"action": "hide-all", "query": "type=service"})
    assert "Nothing matches" in read(client, address, q="lamp")
    client.post(choose, {"action": "show-all", "query": "show=hidden"})
    assert "L-2" in read(client, address)


def test_an_item_says_which_product_it_is(cast: Cast) -> None:
    store_items(cast.owner.actor, make_item(1))
    item_id = find_item(cast.owner, "L-1")
    client = cast.owner.sign_in()
    address = reverse(
        "accounting_item", kwargs={"slug": cast.owner.business.slug, "item_id": item_id}
    )
    assert f"?item={item_id}" in read(client, address)
    client.post(f"{find_address(cast.owner, 'import_items')}?item={item_id}", {"step": "import"})
    assert "Product L-1" in read(client, address)


def test_more_answers_than_an_import_takes_are_not_dropped_in_silence(cast: Cast) -> None:
    store_items(cast.owner.actor, make_item(1))
    answers = {f"item-{uuid4()}.sku": f"S-{number}" for number in range(CHOICES_LIMIT + 3)}
    page = cast.owner.sign_in().post(
        f"{find_address(cast.owner, 'import_items')}?all=1", {**answers, "step": "import"}
    )
    assert page.status_code == 422
    assert "The last 3 answers would be lost, so nothing is imported." in page.text
    assert list_products(actor=cast.owner.actor, wanted=ProductFilter()).rows == ()


def test_another_businesss_import_is_not_there(cast: Cast) -> None:
    store_items(cast.owner.actor, make_item(1))
    client = cast.owner.sign_in()
    done = client.post(f"{find_address(cast.owner, 'import_items')}?all=1", {"step": "import"})
    address = done["Location"].replace(cast.owner.business.slug, cast.stranger.business.slug)
    assert cast.stranger.sign_in().get(address).status_code == 404


def test_lists_and_previews_cost_no_more_queries_for_more_rows(cast: Cast) -> None:
    store_items(
        cast.owner.actor, *(make_item(number, name=f"Lamp {number}") for number in range(30))
    )
    client = cast.owner.sign_in()
    read(client, find_address(cast.owner, "accounting_items"))  # the session remembers it

    def count_queries(name: str, query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{find_address(cast.owner, name)}?{query}")
        return len(captured)

    few, many = "q=lamp+1", "q=lamp"
    assert count_queries("accounting_items", few) == count_queries("accounting_items", many)
    assert count_queries("import_items", f"all=1&{few}") == count_queries(
        "import_items", f"all=1&{many}"
    )
