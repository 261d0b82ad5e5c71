"""Fact sheet section 20: switches for what is uncertain about writing and asking."""

from typing import Any

import pytest

from conftest import Running

STOCK: dict[str, Any] = {
    "Type": "Inventory",
    "TrackQtyOnHand": True,
    "QtyOnHand": 10,
    "PurchaseCost": 4,
    "InvStartDate": "2025-02-19",
    "IncomeAccountRef": {"value": "79"},
    "ExpenseAccountRef": {"value": "80"},
    "AssetAccountRef": {"value": "81"},
}


def turn(server: Running, **switches: object) -> None:
    server.control("PATCH", "switches", switches)


def update(entity: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {"Id": entity["Id"], "SyncToken": entity["SyncToken"], "sparse": True} | changes


def test_1_an_update_of_the_quantity_adjusts_it(shared: Running) -> None:
    turn(shared, item_quantity_update="adjust")
    item = shared.save("Item", STOCK | {"Name": "Adjusted"})
    before = shared.read("account/81").json()["Account"]["CurrentBalance"]
    after = shared.save("Item", update(item, QtyOnHand=12.5, InvStartDate="2025-03-01"))
    assert (after["QtyOnHand"], after["InvStartDate"]) == (12.5, "2025-02-19")
    assert shared.read("account/81").json()["Account"]["CurrentBalance"] == before + 10
    layers = shared.control("GET", f"items/{item['Id']}")["layers"]
    assert [layer["received_on"] for layer in layers] == ["2025-02-19", "2025-03-01"]
    error = shared.refused("Item", update(after, QtyOnHand=1, InvStartDate="2025-01-01"))
    assert error["code"] == "6270"
    assert shared.control("GET", "trial-balance")["is_balanced"]


@pytest.mark.parametrize(
    ("wording", "ending"),
    [
        ("id", "already exists. : Id="),
        ("null", "already exists. : null"),
        ("sentence", "already using this \nname. Please use a different name."),
    ],
)
def test_8_6240_speaks_in_three_ways(shared: Running, wording: str, ending: str) -> None:
    turn(shared, duplicate_name_detail=wording)
    shared.save("Customer", {"DisplayName": f"Twice {wording}"})
    error = shared.refused("Vendor", {"DisplayName": f"Twice {wording}"})
    assert error["code"] == "6240"
    assert error["Detail"].rstrip("0123456789").endswith(ending)


def test_12_an_inactive_reference_may_answer_610(shared: Running) -> None:
    sent = {"Name": "Sold long ago", "Type": "Service", "IncomeAccountRef": {"value": "92"}}
    assert shared.refused("Item", sent)["code"] == "2500"
    turn(shared, inactive_reference="610")
    error = shared.refused("Item", sent)
    assert (error["code"], error["Message"]) == ("610", "Object Not Found")
    assert shared.refused("Item", sent | {"IncomeAccountRef": {"value": "7"}})["code"] == "2500"


def test_8_closed_books_may_answer_6200(emulator: Running) -> None:
    turn(emulator, closed_books="6200")
    preferences = emulator.read("preferences").json()["Preferences"]
    closing = {"AccountingInfoPrefs": {"BookCloseDate": "2025-12-31"}}
    emulator.save("Preferences", update(preferences, **closing))
    assert emulator.refused("Item", STOCK | {"Name": "Late"})["code"] == "6200"


def test_5_a_repeated_request_id_may_answer_600(shared: Running) -> None:
    shared.save("Vendor", {"DisplayName": "Once"}, requestid="once")
    turn(shared, request_id_repeat="refuse")
    error = shared.refused("Vendor", {"DisplayName": "Once"}, requestid="once")
    assert (error["code"], error["Message"]) == ("600", "Duplicate Request ID")


def test_5_request_ids_may_be_forgotten(shared: Running) -> None:
    shared.control("POST", "clock", {"is_stopped": True})
    turn(shared, request_id_seconds=60)
    made = shared.save("Vendor", {"DisplayName": "Forgotten"}, requestid="forgotten")
    shared.control("POST", "clock", {"advance_seconds": 50})
    again = shared.save("Vendor", {"DisplayName": "Forgotten"}, requestid="forgotten")
    assert again == made
    shared.control("POST", "clock", {"advance_seconds": 11})
    error = shared.refused("Vendor", {"DisplayName": "Forgotten"}, requestid="forgotten")
    assert error["code"] == "6240"


def test_6_quotes_may_be_doubled(shared: Running) -> None:
    statement = "select * from Customer where DisplayName = 'O''Hara Interiors'"
    error = shared.query(statement).json()["Fault"]["Error"][0]
    assert error["code"] == "4000"
    turn(shared, quote_doubling="accept")
    assert len(shared.rows(statement)) == 1


def test_6_conditions_may_be_joined_by_or(shared: Running) -> None:
    statement = "select * from Item where Sku = 'LT-HERON' or Sku = 'SV-REW' orderby Id"
    error = shared.query(statement).json()["Fault"]["Error"][0]
    assert error["Detail"].startswith('QueryParserError: Encountered " <IDENTIFIER> "or ""')
    turn(shared, or_in_where="accept")
    assert [row["Sku"] for row in shared.rows(statement)] == ["LT-HERON", "SV-REW"]


def test_3_the_empty_text_may_find_nothing(shared: Running) -> None:
    statement = "select * from Item where Sku = '' and Type = 'Service'"
    assert {row["Name"] for row in shared.rows(statement)} >= {"Custom design", "Hours"}
    turn(shared, empty_text_finds="nothing")
    assert shared.rows(statement) == []
