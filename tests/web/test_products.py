"""The pages of products: list, form, page, download (PROD-1, PROD-2)."""

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.support.cast import Cast, Person
from tests.support.databases import counted_queries
from tests.support.products import make_product
from tests.support.stock import adjust, draft_sync

from partsemble.catalog.queries import find_product, get_product
from partsemble.catalog.services import set_product_active
from partsemble.catalog.types import ProductType, ProductView
from partsemble.stock.services.posting import post_entries

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 12


def find_address(person: Person, name: str, product: ProductView | None = None) -> str:
    given: dict[str, Any] = {"slug": person.business.slug}
    if product:
        given["product_id"] = product.id
    return reverse(name, kwargs=given)


def open_list(client: Client, person: Person, **query: str) -> str:
    response = client.get(find_address(person, "products"), query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text)


def answer(**changes: str) -> dict[str, str]:
    said = {
        "sku": "LAMP-1",
        "name": "Reed lamp",
        "type": "finished_good",
        "unit": "pcs",
        "is_stocked": "on",
        "description": "",
        "unit_cost": "12.5",
        "selling_price": "49",
        "reorder_point": "",
        "revision": "1",
    }
    return {**said, **changes}


def test_an_empty_list_says_where_products_come_from(cast: Cast) -> None:
    page = open_list(cast.accountant.sign_in(), cast.accountant)
    assert "No products yet" in page
    assert "See accounting items" in page
    assert "New product" not in page  # an accountant does not manage products


def test_a_product_is_written_down_by_hand(cast: Cast) -> None:
    client = cast.builder.sign_in()
    assert client.get(find_address(cast.builder, "new_product")).status_code == 200
    response = client.post(find_address(cast.builder, "new_product"), answer())
    made = find_product(actor=cast.builder.actor, sku="LAMP-1")
    assert made is not None
    assert response["Location"] == find_address(cast.builder, "product", made)
    assert made.terms.type is ProductType.FINISHED_GOOD
    assert made.terms.unit_cost == Decimal("12.5")
    page = client.get(response["Location"]).text
    assert "LAMP-1 is here." in page
    assert "12.50" in page
    assert "49.00" in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sku": ""}, "Give it a SKU"),
        ({"name": ""}, "Give it a name"),
        ({"sku": "taken"}, "Another product has the SKU TAKEN."),
        ({"unit_cost": "1,5"}, "Write a number with a point"),
        ({"selling_price": "-1"}, "A number from 0 on."),
        ({"reorder_point": "1.0000001"}, "At most 6 decimal places."),
        ({"unit_cost": "1e9"}, "less than 1,000,000,000"),
        ({"unit_cost": "NaN"}, "Write a number with a point"),
        ({"type": "lamp"}, "Select a valid choice"),
    ],
)
def test_the_form_says_beside_the_field_what_is_wrong(
    cast: Cast, changes: dict[str, str], told: str
) -> None:
    make_product(cast.owner.actor, "TAKEN")
    response = cast.owner.sign_in().post(find_address(cast.owner, "new_product"), answer(**changes))
    assert response.status_code == 422
    assert told in response.text
    assert find_product(actor=cast.owner.actor, sku="LAMP-1") is None


def test_a_product_is_changed(cast: Cast) -> None:
    made = make_product(cast.owner.actor, "LAMP-1", unit_cost=Decimal("12.500000"))
    client = cast.owner.sign_in()
    page = client.get(find_address(cast.owner, "change_product", made)).text
    assert 'value="12.5"' in page
    response = client.post(
        find_address(cast.owner, "change_product", made), answer(name="Rush lamp", unit_cost="")
    )
    assert response.status_code == 302
    terms = get_product(actor=cast.owner.actor, product_id=made.id).terms
    assert (terms.name, terms.unit_cost) == ("Rush lamp", None)


def test_what_is_on_hand_stays_stocked(cast: Cast) -> None:
    made = make_product(cast.owner.actor, "LAMP-1")
    adjust(cast.owner.actor, made.id, "3")
    client = cast.owner.sign_in()
    address = find_address(cast.owner, "change_product", made)
    unstocked = {name: said for name, said in answer().items() if name != "is_stocked"}
    refused = client.post(address, unstocked)
    assert refused.status_code == 422
    assert "3 of LAMP-1 are on hand, so it stays stocked." in refused.text
    adjust(cast.owner.actor, made.id, "-3")
    assert client.post(address, unstocked).status_code == 302
    assert not get_product(actor=cast.owner.actor, product_id=made.id).terms.is_stocked


def test_what_was_changed_meanwhile_is_not_overwritten_unseen(cast: Cast) -> None:
    made = make_product(cast.owner.actor, "LAMP-1")
    client = cast.owner.sign_in()
    address = find_address(cast.owner, "change_product", made)
    assert client.post(address, answer(name="First")).status_code == 302
    refused = client.post(address, answer(name="Second"))
    assert refused.status_code == 409
    assert "was changed meanwhile" in refused.text
    assert 'value="Second"' in refused.text
    assert get_product(actor=cast.owner.actor, product_id=made.id).name == "First"
    assert client.post(address, answer(name="Second", revision="2")).status_code == 302
    assert get_product(actor=cast.owner.actor, product_id=made.id).name == "Second"


def test_a_product_leaves_use_and_comes_back(cast: Cast) -> None:
    made = make_product(cast.owner.actor, "LAMP-1")
    client = cast.owner.sign_in()
    address = find_address(cast.owner, "activate_product", made)
    client.post(address, {"is_active": "no"})
    assert not get_product(actor=cast.owner.actor, product_id=made.id).is_active
    assert "Not in use" in client.get(find_address(cast.owner, "product", made)).text
    client.post(address, {"is_active": "yes"})
    assert get_product(actor=cast.owner.actor, product_id=made.id).is_active


def test_the_list_shows_what_was_asked_for(cast: Cast) -> None:
    actor = cast.owner.actor
    make_product(actor, "LAMP-1", name="Reed lamp", type=ProductType.FINISHED_GOOD)
    make_product(actor, "REED", name="Reed", type=ProductType.RAW_MATERIAL)
    old = make_product(actor, "OLD", name="Old shade")
    set_product_active(actor=actor, product_id=old.id, is_active=False, revision=1)
    client = cast.owner.sign_in()
    page = open_list(client, cast.owner)
    assert page.index("LAMP-1") > page.index("REED")  # by name
    assert "Old shade" not in page
    assert "LAMP-1" in open_list(client, cast.owner, q="reed lamp")
    assert "LAMP-1" not in open_list(client, cast.owner, type="raw_material")
    assert "OLD" in open_list(client, cast.owner, show="inactive")
    assert "Nothing matches" in open_list(client, cast.owner, q="no such thing")
    nonsense = open_list(client, cast.owner, type="x", show="y", sort="z", page="w")
    assert "LAMP-1" in nonsense
    assert "LAMP-1" not in open_list(cast.stranger.sign_in(), cast.stranger)


def test_the_list_costs_no_more_queries_for_more_rows(cast: Cast) -> None:
    client = cast.owner.sign_in()
    open_list(client, cast.owner)  # the session remembers the business

    def count_queries(rows: int) -> int:
        for number in range(rows):
            make_product(cast.owner.actor, f"{rows}-{number}")
        with CaptureQueriesContext(connection) as captured:
            open_list(client, cast.owner)
        return len(captured)

    assert count_queries(10) == count_queries(20)


def test_a_page_takes_no_more_queries_than_it_may(cast: Cast) -> None:
    product = make_product(cast.owner.actor, "LAMP-1")
    for quantity in ("5", "-2"):
        adjust(cast.owner.actor, product.id, quantity)
    client = cast.owner.sign_in()
    open_list(client, cast.owner)  # the session remembers the business
    with counted_queries() as count:
        assert client.get(find_address(cast.owner, "product", product)).status_code == 200
    assert count() <= PAGE_QUERIES


def test_the_download_holds_what_the_list_shows_and_no_formulas(cast: Cast) -> None:
    actor = cast.owner.actor
    make_product(actor, "=1+1", name='@SUM("A1")', unit_cost=Decimal("-0") + Decimal("1.500000"))
    make_product(actor, "LAMP-1", name=" \t-2", type=ProductType.FINISHED_GOOD)
    client = cast.accountant.sign_in()
    response = client.get(find_address(cast.owner, "download_products"), {"q": ""})
    text = response.getvalue().decode()
    assert text.startswith("\ufeff")
    assert response["Content-Type"] == "text/csv"
    assert "hollow-reed-lamps-products.csv" in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["SKU"], row["Name"], row["Unit cost"], row["Linked"]) for row in rows] == [
        ("'=1+1", '\'@SUM("A1")', "1.5", "no"),
        ("LAMP-1", "'-2", "", "no"),
    ]
    narrowed = client.get(find_address(cast.owner, "download_products"), {"type": "finished_good"})
    assert narrowed.getvalue().decode().count("\r\n") == 2
    stranger = cast.stranger.sign_in().get(find_address(cast.stranger, "download_products"))
    assert stranger.getvalue().decode().count("\r\n") == 1


def test_another_businesss_product_is_not_there(cast: Cast) -> None:
    made = make_product(cast.owner.actor, "LAMP-1")
    client = cast.stranger.sign_in()
    for name in ("product", "change_product"):
        assert client.get(find_address(cast.stranger, name, made)).status_code == 404
    assert client.post(find_address(cast.stranger, "activate_product", made)).status_code == 404


def test_what_runs_low_is_marked_and_listed(cast: Cast) -> None:
    actor = cast.owner.actor
    plenty, scarce, none = (
        make_product(actor, sku, reorder_point=Decimal(5)) for sku in ("PLENTY", "SCARCE", "NONE")
    )
    make_product(actor, "HOURS", is_stocked=False, reorder_point=Decimal(5))
    make_product(actor, "UNWATCHED")
    missing = make_product(actor, "MISSING")
    post_entries(actor=actor, drafts=[draft_sync(missing.id, "-3", key="missing")])
    adjust(actor, plenty.id, "6")
    adjust(actor, scarce.id, "5")
    assert none.terms.reorder_point == 5
    client = cast.owner.sign_in()
    whole = open_list(client, cast.owner)
    assert (whole.count("Low</span>"), whole.count("3 short</span>")) == (2, 1)
    page = open_list(client, cast.owner, show="low")
    listed = [row for row in ("PLENTY", "SCARCE", "NONE", "HOURS", "UNWATCHED") if row in page]
    assert listed == ["SCARCE", "NONE"]
    assert "MISSING" in page
    taken = client.get(find_address(cast.owner, "download_products"), {"show": "low"})
    rows = list(csv.DictReader(io.StringIO(taken.getvalue().decode().removeprefix("\ufeff"))))
    assert [(row["SKU"], row["On hand"]) for row in rows] == [
        *(("MISSING", "0"), ("NONE", "0")),
        ("SCARCE", "5"),
    ]
