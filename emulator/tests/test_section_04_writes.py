"""Fact sheet section 4: create, full and sparse update, SyncToken, deactivation, request ids."""

from typing import Any

import pytest

from conftest import Running

STALE = (
    "Stale Object Error : You and root were working on this at the same time. root finished "
    "before you did, so your work was not saved."
)
NOT_FOUND = (
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields "
    "with accounts, customers, items, vendors or employees."
)


def service(name: str, **more: object) -> dict[str, Any]:
    return {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": "48"}} | more


def vendor(server: Running, name: str, **more: object) -> dict[str, Any]:
    return server.save("Vendor", {"DisplayName": name} | more)


def update(entity: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {"Id": entity["Id"], "SyncToken": entity["SyncToken"], "sparse": True} | changes


def test_4_a_create_answers_200_with_the_whole_object(emulator: Running) -> None:
    answer = emulator.post("item", service("Polishing", UnitPrice=40.5, Sku="SV-POL"))
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["Item", "time"]
    item = body["Item"]
    assert (item["Id"], item["SyncToken"], item["sparse"], item["domain"]) == (
        *("65", "0", False, "QBO"),
    )
    assert (item["Name"], item["FullyQualifiedName"]) == ("Polishing", "Polishing")
    assert item["MetaData"]["CreateTime"] == item["MetaData"]["LastUpdatedTime"]
    assert item == emulator.read("item/65").json()["Item"]
    assert item in emulator.rows("select * from Item where Sku = 'SV-POL'")


def test_4_a_sparse_update_changes_only_what_it_names(emulator: Running) -> None:
    made = emulator.save("Item", service("Polishing", UnitPrice=40, Description="By hand"))
    sent = update(made, UnitPrice=45)
    after = emulator.save("Item", sent, operation="update")
    assert after["SyncToken"] == "1"
    assert (after["UnitPrice"], after["Description"]) == (45, "By hand")
    assert after["sparse"] is False
    emptied = emulator.save("Item", update(after, Description=""))
    assert "Description" not in emptied


def test_4_a_full_update_empties_what_it_leaves_out(emulator: Running) -> None:
    made = emulator.save("Item", service("Polishing", UnitPrice=40, Description="By hand"))
    full = service("Polishing", Id=made["Id"], SyncToken="0")
    after = emulator.save("Item", full)
    assert "Description" not in after
    assert "UnitPrice" not in after
    assert after["Active"] is True
    assert after["IncomeAccountRef"]["value"] == "48"


def test_4_a_full_update_of_a_customer_as_recorded(emulator: Running) -> None:
    made = emulator.save("Customer", {"DisplayName": "Doe2, Jane", "Notes": "calls often"})
    after = emulator.save(
        "Customer",
        {
            "DisplayName": "Jack Moe",
            "PrimaryPhone": {"FreeFormNumber": "(415) 444-1234"},
            "Id": made["Id"],
            "SyncToken": "0",
        },
    )
    assert after["SyncToken"] == "1"
    assert after["FullyQualifiedName"] == after["PrintOnCheckName"] == "Jack Moe"
    assert after["PrimaryPhone"] == {"FreeFormNumber": "(415) 444-1234"}
    assert after["Taxable"] is True
    assert after["DefaultTaxCodeRef"] == {"value": "2"}
    assert "Notes" not in after


def test_4_5010_a_stale_sync_token_in_exact_shape(emulator: Running) -> None:
    made = vendor(emulator, "Norse Glass")
    emulator.save("Vendor", update(made, CompanyName="Norse Glass AB"))
    answer = emulator.post("vendor", update(made, CompanyName="too late"))
    assert answer.status_code == 400
    body = answer.json()
    assert body["Fault"] == {
        "Error": [
            {
                "Message": "Stale Object Error",
                "Detail": STALE,
                "code": "5010",
                "element": "",
            }
        ],
        "type": "ValidationFault",
    }
    assert emulator.read(f"vendor/{made['Id']}").json()["Vendor"]["SyncToken"] == "1"


def test_4_a_change_that_changes_nothing_bumps_nothing(emulator: Running) -> None:
    (old,) = emulator.rows("select * from Account where Active = false")
    again = emulator.save("Account", update(old, Active=False, Name=old["Name"]))
    assert again == old
    made = vendor(emulator, "Norse Glass", CompanyName="Norse")
    emulator.control("POST", "clock", {"advance_seconds": 90})
    assert emulator.save("Vendor", update(made, CompanyName="Norse")) == made


def test_4_an_update_needs_its_sync_token(emulator: Running) -> None:
    made = vendor(emulator, "Norse Glass")
    error = emulator.refused("Vendor", {"Id": made["Id"], "sparse": True, "CompanyName": "x"})
    assert (error["code"], error["element"]) == ("2020", "SyncToken")
    assert error["Detail"] == "Required parameter SyncToken is missing in the request"


@pytest.mark.parametrize("entity", ["Item", "Account", "Customer", "Vendor", "Class", "Term"])
def test_4_610_an_update_of_nothing_is_400(emulator: Running, entity: str) -> None:
    error = emulator.refused(entity, {"Id": "99999", "SyncToken": "0", "Name": "x"} if entity in (
        "Item", "Account", "Class", "Term") else {"Id": "99999", "SyncToken": "0"})  # fmt: skip
    assert (error["code"], error["Detail"]) == ("610", NOT_FOUND)


@pytest.mark.parametrize("operation", ["delete", "void", "merge"])
def test_4_name_lists_know_no_other_operation(emulator: Running, operation: str) -> None:
    made = vendor(emulator, "Norse Glass")
    sent = {"Id": made["Id"], "SyncToken": "0"}
    error = emulator.refused("Vendor", sent, operation=operation)
    assert error == {
        "Message": "Unsupported Operation",
        "Detail": f"Operation {operation} is not supported.",
        "code": "500",
        "element": "Operation",
    }
    assert emulator.read(f"vendor/{made['Id']}").json()["Vendor"] == made


def test_4_deactivating_appends_deleted_and_frees_the_name(emulator: Running) -> None:
    made = vendor(emulator, "Norse Glass")
    gone = emulator.save("Vendor", update(made, Active=False))
    assert (gone["DisplayName"], gone["Active"]) == ("Norse Glass (deleted)", False)
    assert gone["PrintOnCheckName"] == "Norse Glass"
    assert emulator.rows("select * from Vendor where DisplayName like 'Norse%'") == []
    other = vendor(emulator, "Norse Glass")
    back = emulator.save("Vendor", update(gone, Active=True))
    assert (back["DisplayName"], back["SyncToken"]) == ("Norse Glass (deleted)", "2")
    error = emulator.refused("Vendor", update(back, DisplayName="Norse Glass"))
    assert (error["code"], error["Detail"]) == (
        "6240",
        f"The name supplied already exists. : Id={other['Id']}",
    )
    emulator.save("Vendor", update(other, DisplayName="Southern Glass"))
    assert emulator.save("Vendor", update(back, DisplayName="Norse Glass"))["Active"] is True


def test_4_deactivating_an_account_moves_its_balance_away(emulator: Running) -> None:
    bank = emulator.save(
        "Account",
        {
            "Name": "Cash box",
            "AccountType": "Bank",
            "OpeningBalance": 120.5,
            "OpeningBalanceDate": "2025-01-31",
        },
    )
    assert bank["CurrentBalance"] == 120.5
    gone = emulator.save("Account", update(bank, Active=False))
    assert gone["Name"] == gone["FullyQualifiedName"] == "Cash box (deleted)"
    assert gone["CurrentBalance"] == 0
    assert emulator.control("GET", "trial-balance")["is_balanced"]


def test_4_python_clients_are_understood(emulator: Running) -> None:
    """Empty texts, a numeric SyncToken, numeric references, everything at once."""
    made = emulator.save(
        "Item",
        {
            "Id": "",
            "SyncToken": 0,
            "sparse": False,
            "domain": "QBO",
            "Level": "",
            "Name": "Lens",
            "Description": "",
            "Active": True,
            "SubItem": False,
            "FullyQualifiedName": "",
            "Taxable": False,
            "UnitPrice": 0,
            "Type": "Inventory",
            "TrackQtyOnHand": "true",
            "QtyOnHand": "10",
            "InvStartDate": "2025-01-01",
            "IncomeAccountRef": {"name": "Sales of Product Income", "type": "Account", "value": 79},
            "ExpenseAccountRef": {"name": "", "type": "", "value": "80"},
            "AssetAccountRef": {"value": 81},
            "PrefVendorRef": {"value": "", "name": "", "type": ""},
        },
    )
    assert (made["QtyOnHand"], made["TrackQtyOnHand"], made["UnitPrice"]) == (10, True, 0)
    assert made["AssetAccountRef"] == {"value": "81", "name": "Inventory Asset"}
    assert "Description" not in made
    assert "PrefVendorRef" not in made


def test_4_2010_an_unknown_property(emulator: Running) -> None:
    error = emulator.refused("Item", {"BadJson": True})
    assert (error["code"], error["Message"]) == (
        "2010",
        "Request has invalid or unsupported property",
    )
    lead = (
        'Property Name:Unrecognized field "BadJson" '
        "(class com.intuit.schema.finance.v3.Item), not marked as ignorable ("
    )
    assert error["Detail"].startswith(lead)
    assert error["Detail"].endswith("])\n specified is unsupported or invalid")
    count = int(error["Detail"].removeprefix(lead).partition(" known properties: ")[0])
    assert count == error["Detail"].count('"') / 2 - 1


def test_4_read_only_properties_are_ignored(emulator: Running) -> None:
    made = vendor(
        emulator, "Norse Glass", Balance=900, MetaData={"CreateTime": "2001-01-01"}, status="x"
    )
    assert made["Balance"] == 0
    assert not made["MetaData"]["CreateTime"].startswith("2001")


def test_4_include_for_items_is_taken(emulator: Running) -> None:
    item = emulator.read("item/28").json()["Item"]
    after = emulator.save(
        "Item", update(item, UnitPrice=1), include="donotupdateaccountontxns", minorversion="75"
    )
    assert after["UnitPrice"] == 1


def test_4_1_a_request_id_gets_the_first_answer_again(emulator: Running) -> None:
    sent = {"DisplayName": "Norse Glass"}
    first = emulator.post("vendor", sent, requestid="abc-1")
    emulator.control("POST", "clock", {"advance_seconds": 600})
    made = first.json()["Vendor"]
    emulator.save("Vendor", update(made, CompanyName="meanwhile"))
    again = emulator.post("vendor", sent, requestid="abc-1")
    assert again.status_code == 200
    assert again.content == first.content
    assert again.json()["time"] == first.json()["time"]
    assert len(emulator.rows("select * from Vendor where DisplayName = 'Norse Glass'")) == 1
    assert emulator.post("vendor", sent, requestid="abc-2").status_code == 400


def test_4_1_an_empty_request_id_is_none(emulator: Running) -> None:
    assert emulator.post("customer", {"DisplayName": "A"}, requestid="").status_code == 200
    assert emulator.post("customer", {"DisplayName": "A"}, requestid="").status_code == 400


def test_4_1_2130_a_request_id_has_fifty_characters(emulator: Running) -> None:
    sent = {"DisplayName": "Norse Glass"}
    assert emulator.refused("Vendor", sent, requestid="x" * 51)["code"] == "2130"
    assert emulator.post("vendor", sent, requestid="x" * 50).status_code == 200


def test_4_1_a_refused_write_can_be_repeated_with_its_request_id(emulator: Running) -> None:
    emulator.refused("Vendor", {"CompanyName": ""}, requestid="r1")
    assert emulator.save("Vendor", {"DisplayName": "Norse Glass"}, requestid="r1")["Id"]
