"""Fact sheet section 11.1: what each type of item needs, and what the books make of it."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from conftest import Running

NUMBERS = count(1)
SALES, COGS, ASSET = {"value": "79"}, {"value": "80"}, {"value": "81"}


def stock(**more: object) -> dict[str, Any]:
    return {
        "Name": f"Stocked {next(NUMBERS)}",
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 10,
        "InvStartDate": "2025-02-19",
        "IncomeAccountRef": SALES,
        "ExpenseAccountRef": COGS,
        "AssetAccountRef": ASSET,
    } | more


def service(**more: object) -> dict[str, Any]:
    return {
        "Name": f"Service {next(NUMBERS)}",
        "Type": "Service",
        "IncomeAccountRef": {"value": "48"},
    } | more


def category(**more: object) -> dict[str, Any]:
    return {"Name": f"Category {next(NUMBERS)}", "Type": "Category"} | more


def below(parent: dict[str, Any]) -> dict[str, Any]:
    return {"SubItem": True, "ParentRef": {"value": parent["Id"]}}


def update(item: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {"Id": item["Id"], "SyncToken": item["SyncToken"], "sparse": True} | changes


def balance(server: Running, account: str) -> float:
    found: float = server.read(f"account/{account}").json()["Account"]["CurrentBalance"]
    return found


def test_11_1_the_documented_inventory_item(writable: Running) -> None:
    item = writable.save(
        "Item",
        stock(
            Name="Office Supplies", PurchaseCost=35, UnitPrice=25, Taxable=True,
            InvStartDate="2013-02-19", PurchaseDesc="Bought", Description="Sold",
        ),
    )  # fmt: skip
    assert set(item) == {
        *("FullyQualifiedName", "domain", "Id", "Name", "TrackQtyOnHand", "Type", "PurchaseCost"),
        *("QtyOnHand", "IncomeAccountRef", "AssetAccountRef", "Taxable", "MetaData", "sparse"),
        *("Active", "SyncToken", "InvStartDate", "UnitPrice", "ExpenseAccountRef", "PurchaseDesc"),
        "Description",
    }
    assert item["AssetAccountRef"] == {"name": "Inventory Asset", "value": "81"}
    assert item["ExpenseAccountRef"] == {"name": "Cost of Goods Sold", "value": "80"}
    assert (item["QtyOnHand"], item["InvStartDate"]) == (10, "2013-02-19")


def test_11_1_the_opening_is_posted_against_opening_balance_equity(writable: Running) -> None:
    before = balance(writable, "81"), balance(writable, "34")
    writable.save("Item", stock(QtyOnHand=3, PurchaseCost=0.335))
    after = balance(writable, "81"), balance(writable, "34")
    assert [round(new - old, 2) for old, new in zip(before, after, strict=True)] == [1.01, 1.01]
    assert writable.control("GET", "trial-balance")["is_balanced"]


@pytest.mark.parametrize(
    ("missing", "code", "words"),
    [
        ("Name", "2020", "Required parameter Name is missing in the request"),
        ("Type", "2020", "Required parameter Type is missing in the request"),
        ("QtyOnHand", "2020", "Required parameter QtyOnHand is missing in the request"),
        ("TrackQtyOnHand", "2020", "Required parameter TrackQtyOnHand is missing"),
        ("IncomeAccountRef", "2020", "Required parameter IncomeAccountRef is missing"),
        ("ExpenseAccountRef", "2020", "Required parameter ExpenseAccountRef is missing"),
        ("AssetAccountRef", "2020", "Required parameter AssetAccountRef is missing"),
        ("InvStartDate", "6000", "As of date for initial quantity on hand is required"),
    ],
)
def test_11_1_what_an_inventory_item_needs(
    writable: Running, missing: str, code: str, words: str
) -> None:
    sent = stock()
    if missing in ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef"):
        sent[missing] = None
    else:
        del sent[missing]
    error = writable.refused("Item", sent)
    assert error["code"] == code
    assert words in error["Detail"]
    if code == "2020":
        assert error["element"] == missing


def test_11_1_inventory_is_tracked_and_nothing_else_is(writable: Running) -> None:
    error = writable.refused("Item", stock(TrackQtyOnHand=False))
    assert (error["code"], error["Detail"]) == (
        "6000",
        (
            "Business Validation Error: When you create an item, if Track quantity on hand is "
            "turned off, the item cannot be of type Inventory."
        ),
    )
    assert writable.refused("Item", service(TrackQtyOnHand=True))["code"] == "6000"


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ("IncomeAccountRef", "48"),  # income, but of services
        ("IncomeAccountRef", "80"),
        ("ExpenseAccountRef", "20"),
        ("AssetAccountRef", "82"),  # an asset, but no inventory
        ("AssetAccountRef", "35"),
    ],
)
def test_6430_an_inventory_item_wants_accounts_of_its_kind(
    writable: Running, place: str, number: str
) -> None:
    error = writable.refused("Item", stock(**{place: {"value": number}}))
    assert (error["code"], error["Message"]) == ("6430", "Invalid account type used")


def test_2500_references_name_something_in_use(writable: Running) -> None:
    error = writable.refused("Item", stock(AssetAccountRef={"value": "9999"}))
    assert (error["code"], error["Detail"]) == (
        "2500",
        "Invalid Reference Id : Accounts element id 9999 not found",
    )
    error = writable.refused("Item", service(IncomeAccountRef={"value": "92"}))
    assert (error["code"], error["Detail"]) == (
        "2500",
        (
            "Invalid Reference Id : Something you're trying to use has been made inactive. "
            "Check the fields with accounts."
        ),
    )
    assert writable.refused("Item", service(PrefVendorRef={"value": "1"}))["code"] == "2500"


def test_6270_stock_does_not_start_in_the_companys_future(writable: Running) -> None:
    today = date.fromisoformat(writable.control("GET", "clock")["today"])
    error = writable.refused("Item", stock(InvStartDate=str(today + timedelta(days=1))))
    assert (error["code"], error["Message"], error["Detail"]) == (
        "6270",
        "InventoryTxnDatedBeforeItemStartDate",
        "Transaction date is prior to start date for inventory item",
    )
    assert writable.save("Item", stock(InvStartDate=str(today)))["InvStartDate"] == str(today)


def test_11_1_other_types(writable: Running) -> None:
    expense = {"value": "20"}
    bought = writable.save(
        "Item", service(Type="NonInventory", IncomeAccountRef=None, ExpenseAccountRef=expense)
    )
    assert bought["TrackQtyOnHand"] is False
    assert "IncomeAccountRef" not in bought
    error = writable.refused("Item", service(Type="NonInventory"))
    assert (error["code"], error["element"]) == ("2020", "ExpenseAccountRef")
    error = writable.refused("Item", service(IncomeAccountRef=None))
    assert (error["code"], error["element"]) == ("2020", "IncomeAccountRef")
    hired = writable.save("Item", service(IncomeAccountRef=None, ExpenseAccountRef=expense))
    assert hired["ExpenseAccountRef"]["name"] == "Workshop Supplies"


@pytest.mark.parametrize(
    ("kind", "code"),
    [("Group", "6000"), ("Assembly", "2120"), ("Bundle", "2120"), ("Widget", "2170")],
)
def test_11_1_types_that_cannot_be_made(writable: Running, kind: str, code: str) -> None:
    assert writable.refused("Item", service(Type=kind))["code"] == code


def test_11_1_a_bundle_can_only_be_read(writable: Running) -> None:
    (bundle,) = writable.rows("select * from Item where Name = 'Heron gift set'")
    assert writable.refused("Item", update(bundle, UnitPrice=5))["code"] == "6000"


def test_11_1_the_documented_category(writable: Running) -> None:
    trees = writable.save("Item", category(Name="Trees"))
    cedar = writable.save("Item", category(Name="Cedar", **below(trees)))
    assert {name: cedar[name] for name in cedar if name not in ("Id", "MetaData")} == {
        "Type": "Category",
        "Name": "Cedar",
        "FullyQualifiedName": "Trees:Cedar",
        "SubItem": True,
        "ParentRef": {"name": "Trees", "value": trees["Id"]},
        "Level": 1,
        "Active": True,
        "SyncToken": "0",
        "domain": "QBO",
        "sparse": False,
    }


def test_6150_a_sub_item_names_its_parent(writable: Running) -> None:
    error = writable.refused("Item", category(SubItem=True))
    assert (error["code"], error["element"]) == ("6150", "ParentRef")


def test_6180_categories_nest_four_levels_and_items_five(writable: Running) -> None:
    level = writable.save("Item", category())
    for _ in range(3):
        level = writable.save("Item", category(**below(level)))
    assert level["Level"] == 3
    assert writable.refused("Item", category(**below(level)))["code"] == "6180"
    leaf = writable.save("Item", service(**below(level)))
    assert leaf["FullyQualifiedName"].count(":") == 4


def test_11_1_only_categories_have_items_below_them(writable: Running) -> None:
    plain = writable.save("Item", service())
    assert writable.refused("Item", service(**below(plain)))["code"] == "700"
    top = writable.save("Item", category())
    low = writable.save("Item", category(**below(top)))
    assert writable.refused("Item", update(top, **below(low)))["code"] == "900"
    assert writable.refused("Item", update(top, **below(top)))["code"] == "900"


def test_11_1_a_category_stays_active(writable: Running) -> None:
    made = writable.save("Item", category())
    assert writable.refused("Item", update(made, Active=False))["code"] == "6000"


def test_11_1_moving_and_renaming_a_category_moves_what_is_below(writable: Running) -> None:
    woods, metals = writable.save("Item", category()), writable.save("Item", category())
    item = writable.save("Item", service(**below(woods)))
    writable.save("Item", update(woods, **below(metals), Name="Hardwoods"))
    after = writable.read(f"item/{item['Id']}").json()["Item"]
    assert after["FullyQualifiedName"] == f"{metals['Name']}:Hardwoods:{item['Name']}"
    assert (after["Level"], after["SyncToken"]) == (2, "0")
    assert after["ParentRef"]["name"] == f"{metals['Name']}:Hardwoods"
    loose = writable.save("Item", update(item, SubItem=False))
    assert loose["FullyQualifiedName"] == item["Name"]
    assert "ParentRef" not in loose


def test_11_1_inventory_never_becomes_another_type(writable: Running) -> None:
    item = writable.save("Item", stock())
    for kind in ("Service", "NonInventory", "Category"):
        assert writable.refused("Item", update(item, Type=kind))["code"] == "6000"
    assert writable.refused("Item", update(item, TrackQtyOnHand=False))["code"] == "6000"
    plain = writable.save("Item", service())
    assert writable.refused("Item", update(plain, Type="Inventory"))["code"] == "6000"
    changed = writable.save(
        "Item", update(plain, Type="NonInventory", ExpenseAccountRef={"value": "20"})
    )
    assert changed["Type"] == "NonInventory"


def test_11_1_quantity_on_hand_is_ignored_by_an_update(writable: Running) -> None:
    item = writable.save("Item", stock(PurchaseCost=2))
    after = writable.save("Item", update(item, QtyOnHand=99, InvStartDate="2025-03-01"))
    assert after == item
    whole = writable.save("Item", item | {"QtyOnHand": 99, "UnitPrice": 4})
    assert (whole["QtyOnHand"], whole["UnitPrice"]) == (10, 4)


def test_11_1_a_sparse_update_cannot_empty_the_reorder_point(writable: Running) -> None:
    item = writable.save("Item", stock(ReorderPoint=4))
    assert writable.save("Item", update(item, ReorderPoint=None))["ReorderPoint"] == 4
    assert "ReorderPoint" not in writable.save("Item", stock(Id=item["Id"], SyncToken="0"))


def test_11_1_a_full_update_must_name_the_accounts(writable: Running) -> None:
    item = writable.save("Item", stock())
    error = writable.refused("Item", {"Id": item["Id"], "SyncToken": "0", "Name": item["Name"]})
    assert (error["code"], error["element"]) == ("2020", "IncomeAccountRef")


def test_11_1_deactivating_empties_the_stock(writable: Running) -> None:
    item = writable.save("Item", stock(PurchaseCost=5))
    before = balance(writable, "81")
    gone = writable.save("Item", update(item, Active=False))
    assert gone["Name"] == gone["FullyQualifiedName"] == f"{item['Name']} (deleted)"
    assert gone["QtyOnHand"] == 0
    assert before - balance(writable, "81") == 50
    assert writable.control("GET", "trial-balance")["is_balanced"]
    again = writable.save("Item", stock(Name=item["Name"]))
    assert again["Id"] != item["Id"]


def test_11_1_what_the_books_only_keep_comes_back(writable: Running) -> None:
    vendor = writable.save("Vendor", {"DisplayName": f"Supplier {next(NUMBERS)}"})
    item = writable.save(
        "Item",
        service(
            PrefVendorRef={"value": vendor["Id"]},
            ClassRef={"value": "3"},
            SalesTaxIncluded=False,
            DeferredRevenue=True,
        ),
    )
    assert item["PrefVendorRef"] == {"value": vendor["Id"], "name": vendor["DisplayName"]}
    assert item["ClassRef"] == {"value": "3", "name": "Trade:Hotels"}
    assert (item["SalesTaxIncluded"], item["DeferredRevenue"]) == (False, True)
    renamed = writable.save("Vendor", update(vendor, DisplayName=f"Renamed {next(NUMBERS)}"))
    after = writable.read(f"item/{item['Id']}").json()["Item"]
    assert after["PrefVendorRef"]["name"] == renamed["DisplayName"]
    assert "ClassRef" not in writable.save("Item", update(item, ClassRef=None))


def test_11_1_moving_stock_to_another_asset_account_moves_its_value(writable: Running) -> None:
    other = writable.save(
        "Account",
        {"Name": f"Stock {next(NUMBERS)}", "AccountSubType": "Inventory"},
    )
    item = writable.save("Item", stock(PurchaseCost=7))
    writable.save("Item", update(item, AssetAccountRef={"value": other["Id"]}))
    assert balance(writable, other["Id"]) == 70
    assert writable.control("GET", "trial-balance")["is_balanced"]


def test_5020_inventory_needs_a_plan_with_stock(writable: Running) -> None:
    companies = writable.control("GET", "companies")["companies"]
    (small,) = [row for row in companies if row["plan"] == "Simple Start"]
    ready = writable.client.post(f"{small['control_url']}/connect", json={}).json()
    other = replace(writable, ready=ready)
    error = other.refused("Item", stock())
    assert (error["code"], error["Message"]) == ("5020", "Permission Denied Error")
    assert other.save("Item", service())["Type"] == "Service"
