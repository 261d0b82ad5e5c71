"""What a person does to accounts, customers and vendors, by the control API."""

import httpx2
import pytest

from conftest import Running


def ask(server: Running, method: str, path: str, body: object = None) -> httpx2.Response:
    return server.client.request(method, f"{server.ready['control_url']}/{path}", json=body)


def test_an_edit_by_a_person_makes_an_app_s_copy_stale(writable: Running) -> None:
    (before,) = writable.rows("select * from Vendor where DisplayName = 'Brightwire Supply'")
    person = writable.control("PATCH", f"vendors/{before['Id']}", {"phone": "555 0199"})
    assert person["phone"] == "555 0199"
    assert person["city"] == "Portland"
    error = writable.refused(
        "Vendor", {"Id": before["Id"], "SyncToken": before["SyncToken"], "sparse": True,
                   "DisplayName": "Mine"},
    )  # fmt: skip
    assert error["code"] == "5010"


def test_an_account_in_use_is_switched_off_behind_an_app_s_back(writable: Running) -> None:
    account = writable.control(
        "POST", "accounts", {"name": "Fairs", "account_sub_type": "AdvertisingPromotional"}
    )
    assert (account["account_type"], account["active"]) == ("Expense", True)
    path = f"accounts/{account['id']}"
    command = {"method": "PATCH", "path": path, "body": {"active": False}}
    planned = {"kind": "commands", "is_write": True, "commands": [command]}
    writable.control("POST", "faults", planned)
    body = {"Name": "Stall", "Type": "NonInventory", "ExpenseAccountRef": {"value": account["id"]}}
    assert writable.refused("Item", body)["code"] == "2500"


def test_a_person_makes_a_service_of_a_thing_and_no_stock_of_either(writable: Running) -> None:
    thing = writable.control(
        "POST", "items", {"type": "NonInventory", "name": "Gift wrapping", "unit_price": 4}
    )
    service = writable.control("PATCH", f"items/{thing['id']}", {"type": "Service"})
    assert (service["type"], service["sync_token"]) == ("Service", "1")
    (seen,) = writable.rows(f"select * from Item where Id = '{thing['id']}'")
    assert seen["Type"] == "Service"
    answer = ask(writable, "PATCH", f"items/{thing['id']}", {"type": "Inventory"})
    assert answer.status_code == 409


def test_a_customer_is_put_below_another_and_taken_out_again(writable: Running) -> None:
    whole = writable.control("POST", "customers", {"name": "Harbour Hotels"})
    part = writable.control("POST", "customers", {"name": "East Quay", "parent_id": whole["id"]})
    assert (part["full_name"], part["parent_id"]) == ("Harbour Hotels:East Quay", whole["id"])
    shown = writable.read(f"customer/{part['id']}").json()["Customer"]
    assert (shown["Job"], shown["ParentRef"]["value"], shown["Level"]) == (True, whole["id"], 1)
    assert shown["FullyQualifiedName"] == "Harbour Hotels:East Quay"
    path = f"customers/{part['id']}"
    assert writable.control("PATCH", path, {"city": "Kiel"})["parent_id"] == whole["id"]
    assert writable.control("PATCH", path, {"parent_id": None})["full_name"] == "East Quay"
    assert writable.read(f"customer/{part['id']}").json()["Customer"]["Job"] is False


def test_lists_are_searched_and_paged(workshop: Running) -> None:
    accounts = workshop.control("GET", "accounts?search=inventory&state=active")
    assert {row["name"] for row in accounts["accounts"]} == {
        *("Inventory Asset", "Inventory Shrinkage"),
    }
    first = workshop.control("GET", "customers?limit=2")
    second = workshop.control("GET", "customers?limit=2&after=2")
    assert first["count"] == second["count"] == 4
    names = [row["full_name"] for page in (first, second) for row in page["customers"]]
    assert names == sorted(names, key=str.casefold)
    assert workshop.control("GET", "vendors?search=orders@")["count"] == 1
    assert workshop.control("GET", "vendors?state=inactive")["vendors"][0]["active"] is False
    assert workshop.control("GET", "account-types")["types"][0]["name"] == "Bank"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "accounts", {"name": "Nameless kind"}, 409),
        ("POST", "accounts", {"name": "x", "account_sub_type": "Checking", "colour": 1}, 400),
        ("PATCH", "accounts/35", {"opening_balance": 5}, 400),
        ("PATCH", "accounts/4711", {"name": "x"}, 404),
        ("GET", "accounts/4711", None, 404),
        ("GET", "customers/4711", None, 404),
        ("PATCH", "vendors/1", {"name": "a customer's number"}, 404),
        ("POST", "vendors", {"name": "x", "parent_id": "1"}, 400),
        ("PATCH", "customers/1", {"parent_id": "1"}, 409),
        ("PATCH", "customers/1", {"parent_id": "4711"}, 409),
        ("PATCH", "customers/1", {"parent_id": "x"}, 404),
        ("POST", "items", {"name": "x", "type": "Thing"}, 400),
        ("GET", "items?state=lost", None, 400),
        ("POST", "clock", {"advance_seconds": 1e300}, 400),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    workshop: Running, method: str, path: str, body: object, status: int
) -> None:
    answer = ask(workshop, method, path, body)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


def test_changes_and_entries_are_told_the_latest_first(emulator: Running) -> None:
    emulator.control("PATCH", "items/9", {"name": "Renamed"})
    emulator.control("PATCH", "items/9", {"quantity_on_hand": 1})
    found = emulator.control("GET", "changes?limit=2")
    assert [(row["name"], row["is_stock_move"]) for row in found["changes"]] == [
        *(("Parts:Electrical:Renamed", True), ("Parts:Electrical:Renamed", False)),
    ]
    entries = emulator.control("GET", "entries?limit=1")
    (entry,) = entries["entries"]
    assert (entry["number"], entry["item_id"]) == (entries["count"], "9")
    assert sum(line["debit"] or 0 for line in entry["lines"]) == (
        sum(line["credit"] or 0 for line in entry["lines"])
    )
    assert emulator.control("GET", "entries?after=99999")["entries"] == []
