"""Accounting items, business and connection by the API."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.api.test_item_syncs import follow
from tests.support.api import Program, read, read_problem
from tests.support.cast import Cast

from partsemble.accounting.models import Item
from partsemble.api.wire import trim
from partsemble.database.scope import business_scope

pytestmark = pytest.mark.django_db(transaction=True)


def set_item(cast: Cast, item_id: str, **columns: object) -> None:
    with business_scope(cast.owner.business.id):
        assert Item.objects.filter(id=item_id).update(**columns) == 1


def test_every_item_comes_once_in_order_of_name(synced: Program) -> None:
    whole = follow(synced, "accounting-items", limit=200)
    assert len({each["id"] for each in whole}) == len(whole) > 40
    for limit in (1, 7, 50):
        assert follow(synced, "accounting-items", limit=limit) == whole


def test_items_of_one_name_come_once_each(connected: Cast, synced: Program) -> None:
    rows = read(synced.get("accounting-items", limit=200))["rows"]
    with business_scope(connected.owner.business.id):
        Item.objects.update(sort_name="the same")
    seen = [each["id"] for each in follow(synced, "accounting-items", limit=5)]
    assert sorted(seen) == sorted(each["id"] for each in rows)


def test_items_are_searched_and_narrowed(connected: Cast, synced: Program) -> None:
    whole = read(synced.get("accounting-items", limit=200))["rows"]
    set_item(connected, whole[0]["id"], is_active=False)
    services = read(synced.get("accounting-items", type="service"))["rows"]
    assert 0 < len(services) < len(whole)
    assert {each["type"] for each in services} == {"service"}
    lamps = follow(synced, "accounting-items", search="LAMP", limit=2)
    assert 2 < len(lamps) < len(whole)
    assert all("lamp" in f"{each['full_name']} {each['sku']}".lower() for each in lamps)
    inactive = read(synced.get("accounting-items", state="inactive"))["rows"]
    assert [each["id"] for each in inactive] == [whole[0]["id"]]
    assert len(read(synced.get("accounting-items", state="active", limit=200))["rows"]) == (
        len(whole) - 1
    )
    assert read(synced.get("accounting-items", search="no such thing"))["rows"] == []


def test_numbers_are_numbers_with_all_their_digits(connected: Cast, synced: Program) -> None:
    item = read(synced.get("accounting-items"))["rows"][0]
    figures = {
        "unit_price": Decimal("999999999.999999"),
        "purchase_cost": Decimal("0.100000"),
        "quantity_on_hand": Decimal("-1200.000000"),
    }
    set_item(connected, item["id"], **figures)
    response = synced.get(f"accounting-items/{item['id']}")
    shown = read(response)  # fractions are read as text
    assert shown["unit_price"] == "999999999.999999"
    assert shown["purchase_cost"] == "0.1"
    assert shown["quantity_on_hand"] == -1200
    assert '"unit_price":999999999.999999,' in response.text
    set_item(connected, item["id"], unit_price=None)
    assert read(synced.get(f"accounting-items/{item['id']}"))["unit_price"] is None


@pytest.mark.parametrize(
    ("stored", "written"),
    [("0.000000", "0"), ("100.000000", "100"), ("12.500000", "12.5"), ("-0.000001", "-0.000001")],
)
def test_zeros_that_say_nothing_are_left_out(stored: str, written: str) -> None:
    assert str(trim(Decimal(stored))) == written


def test_an_item_that_is_not_there(program: Program) -> None:
    missing = read_problem(program.get(f"accounting-items/{uuid4()}"), 404)
    assert missing["code"] == "not_found"
    assert read_problem(program.get("accounting-items/seven"), 422)["code"] == "invalid_input"


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"type": "lamp"},
        {"state": "tired"},
        {"search": "a\x00b"},
        {"search": "x" * 101},
        {"cursor": "made-up"},
        {"cursor": "x" * 1001},
    ],
)
def test_a_question_that_does_not_fit_is_refused(
    program: Program, parameters: dict[str, Any]
) -> None:
    problem = read_problem(program.get("accounting-items", **parameters), 422)
    assert problem["code"] == "invalid_input"
    assert [each["place"].removeprefix("query.") for each in problem["errors"]] == list(parameters)


def test_a_cursor_counts_for_its_list_only(synced: Program) -> None:
    cursor = read(synced.get("accounting-items", limit=1))["next_cursor"]
    assert read(synced.get("accounting-items", cursor=cursor))["rows"]
    assert read_problem(synced.get("item-syncs", cursor=cursor), 422)["code"] == "invalid_input"


def test_whose_token_it_is(cast: Cast, program: Program) -> None:
    business = cast.owner.business
    assert read(program.get("business")) == {
        "id": str(business.id),
        "name": "Hollow Reed Lamps",
        "slug": business.slug,
        "currency": "USD",
        "time_zone": "UTC",
    }


def test_the_connection_and_none_of_its_secrets(connected: Cast, program: Program) -> None:
    response = program.get("connection")
    shown = read(response)
    assert (shown["provider"], shown["state"]) == ("qbo", "active")
    assert shown["company_name"]
    assert UUID(shown["id"])
    assert not [name for name in shown if "token" in name or "secret" in name]


def test_no_connection(program: Program) -> None:
    assert read_problem(program.get("connection"), 409)["code"] == "not_connected"
