"""Fact sheet sections 2, 3, 8, 9 and 11: requests, answers and faults as they look on the wire."""

import json
import re
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from conftest import Running

ALL = "where Active in (true, false)"


def exact(answer: httpx2.Response) -> Any:
    return json.loads(answer.content, parse_float=Decimal)


def fault(answer: httpx2.Response) -> dict[str, str]:
    assert answer.status_code == 400
    body = answer.json()
    assert set(body) == {"Fault", "time"}
    assert body["Fault"]["type"] == "ValidationFault"
    error: dict[str, str] = body["Fault"]["Error"][0]
    assert isinstance(error["code"], str)
    return error


def test_2_headers_of_an_answer(workshop: Running) -> None:
    headers = workshop.read("preferences").headers
    assert re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", headers["intuit_tid"])
    assert headers["content-type"] == "application/json;charset=utf-8"
    assert headers["cache-control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    for name in ("x-spanid", "x-amzn-trace-id", "qbo-version", "service-time"):
        assert headers[name]


def test_2_times_carry_the_offset_of_the_company(workshop: Running) -> None:
    body = workshop.read("item/9").json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00", body["time"])
    for moment in body["Item"]["MetaData"].values():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00", moment)


def test_2_ids_are_strings_and_numbers_are_exact_numbers(workshop: Running) -> None:
    (item,) = exact(workshop.query("select * from Item where Name = 'Finishing oil'"))[
        "QueryResponse"
    ]["Item"]
    assert isinstance(item["Id"], str)
    assert isinstance(item["SyncToken"], str)
    assert str(item["PurchaseCost"]) == "7.1234567"
    assert str(item["UnitPrice"]) == "18.5"
    assert str(item["QtyOnHand"]) == "6.5"


def test_2_without_json_in_accept_the_answer_is_xml(workshop: Running) -> None:
    answer = workshop.query("select * from Item where Id = '9'", Accept="*/*")
    assert answer.headers["content-type"].startswith("application/xml")
    text = answer.text
    assert '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="' in text
    assert '<QueryResponse startPosition="1" maxResults="1">' in text
    assert '<Item domain="QBO" sparse="false">' in text
    assert '<AssetAccountRef name="Inventory Asset">81</AssetAccountRef>' in text
    asked = workshop.client.get(
        f"{workshop.ready['base_url']}/v3/company/{workshop.ready['realm_id']}/preferences",
        params={"format": "json"},
        headers=workshop.headers(Accept="*/*"),
    )
    assert asked.json()["Preferences"]["Id"] == "1"


@pytest.mark.parametrize("minor", ["75", "4", "99", ""])
def test_2_any_minor_version_is_taken(workshop: Running, minor: str) -> None:
    assert workshop.read(f"item/9?minorversion={minor}").status_code == 200


def test_3_post_and_get_give_the_same(workshop: Running) -> None:
    statement = "select * from Item orderby Id maxresults 5"
    posted = workshop.client.post(
        f"{workshop.ready['base_url']}/v3/company/{workshop.ready['realm_id']}/query",
        content=statement,
        headers=workshop.headers(**{"Content-Type": "application/text"}),
    )
    assert posted.json()["QueryResponse"] == workshop.query(statement).json()["QueryResponse"]


def test_3_pages(workshop: Running) -> None:
    body = workshop.query(f"select * from Item {ALL} orderby Id startposition 3 maxresults 2")
    found = body.json()["QueryResponse"]
    assert [item["Id"] for item in found["Item"]] == ["3", "4"]
    assert (found["startPosition"], found["maxResults"]) == (3, 2)
    assert set(found) == {"Item", "startPosition", "maxResults"}


def test_3_count_and_nothing(workshop: Running) -> None:
    everything = workshop.query(f"select count(*) from Item {ALL}").json()
    assert everything["QueryResponse"] == {"totalCount": 64}
    assert set(everything) == {"QueryResponse", "time"}
    shown = workshop.query("select count(*) from Item").json()["QueryResponse"]["totalCount"]
    assert shown == 64 - 4
    nothing = workshop.query("select * from Item where Name = 'no such thing'").json()
    assert nothing["QueryResponse"] == {}
    beyond = workshop.query("select * from Item startposition 5000").json()
    assert beyond["QueryResponse"] == {}


def test_3_inactive_objects_hide_even_when_named_by_id(workshop: Running) -> None:
    (hidden,) = workshop.rows("select * from Item where Active = false and Name like 'Lantern%'")
    assert hidden["Name"] == "Lantern, old pattern (deleted)"
    assert workshop.rows(f"select * from Item where Id = '{hidden['Id']}'") == []
    assert workshop.read(f"item/{hidden['Id']}").json()["Item"]["Active"] is False


def test_3_the_default_order_is_by_name_not_by_id(workshop: Running) -> None:
    names = [item["Name"] for item in workshop.rows("select * from Item")]
    assert names == sorted(names, key=str.casefold)
    ids = [int(item["Id"]) for item in workshop.rows("select * from Item")]
    assert ids != sorted(ids)


def test_3_projections_keep_what_was_named(workshop: Running) -> None:
    (row,) = workshop.rows("select Id, Name, Sku from Item where Sku = 'LT-HERON'")
    assert row == {
        "Id": row["Id"],
        "Name": 'Table lamp "Heron"',
        "Sku": "LT-HERON",
        "domain": "QBO",
        "sparse": True,
    }


@pytest.mark.parametrize(
    ("clauses", "detail"),
    [
        ("maxresults 0", "QueryValidationError: value 0 is too small. Min allowed value is 1"),
        ("maxresults 1001", "QueryValidationError: value 1001 is too large."),
        ("where QtyOnHand > 1", "QueryValidationError: property 'QtyOnHand' is not queryable"),
        ("where Foo = 1", "QueryValidationError: Property Foo not found for Entity Item"),
    ],
)
def test_3_4001_invalid_query(workshop: Running, clauses: str, detail: str) -> None:
    error = fault(workshop.query("select * from Item " + clauses))
    assert (error["code"], error["Message"]) == ("4001", "Invalid query")
    assert error["Detail"].startswith(detail)


def test_3_4000_error_parsing_query(workshop: Running) -> None:
    error = fault(workshop.query("select * from Item where Name = 'a' group by Name"))
    assert (error["code"], error["Message"]) == ("4000", "Error parsing query")
    assert error["Detail"].startswith('QueryParserError: Encountered " <IDENTIFIER> "group ""')


def test_2_bytes_that_are_not_utf8(workshop: Running) -> None:
    answer = workshop.client.post(
        f"{workshop.ready['base_url']}/v3/company/{workshop.ready['realm_id']}/query",
        content=b"select * from Item where Name = '\xff'",
        headers=workshop.headers(),
    )
    error = fault(answer)
    assert error["code"] == "500"
    assert "MalformedByteSequenceException" in error["Detail"]


@pytest.mark.parametrize("path", ["item/999999", "item/0", "account/999999"])
def test_4_a_missing_id_is_400_with_610(workshop: Running, path: str) -> None:
    error = fault(workshop.read(path))
    assert (error["code"], error["Message"]) == ("610", "Object Not Found")
    assert error["Detail"].startswith("Object Not Found : Something you're trying to use")


def test_8_2030_an_id_is_a_number(workshop: Running) -> None:
    error = fault(workshop.read("item/1.5"))
    assert error["code"] == "2030"
    assert error["Detail"].endswith("Id should be a valid number. Supplied value:1.5")


def test_8_500_what_is_not_there_is_said_plainly(workshop: Running) -> None:
    assert fault(workshop.read("journalentry/1"))["code"] == "500"
    assert fault(workshop.read("reports/ProfitAndLoss/x/y"))["code"] == "500"


GATEWAY_KEYS = {
    *("warnings", "intuitObject", "fault", "report", "queryResponse", "batchItemResponse"),
    *("attachableResponse", "syncErrorResponse", "requestId", "time", "status", "cdcresponse"),
}


@pytest.mark.parametrize(
    ("token", "detail"),
    [
        ("", "Malformed bearer token: too short or too long"),
        ("Bearer short", "Malformed bearer token: too short or too long"),
        ("Bearer AB01" + "x" * 60, "Token expired: AB01"),
    ],
)
def test_8_401_in_the_shape_of_the_gateway(workshop: Running, token: str, detail: str) -> None:
    answer = workshop.read("preferences", Authorization=token)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    body = answer.json()
    assert set(body) == GATEWAY_KEYS
    assert body["fault"] == {
        "error": [
            {
                "message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
                "detail": detail,
                "code": "3200",
                "element": None,
            }
        ],
        "type": "AUTHENTICATION",
    }
    assert isinstance(body["time"], int)
    assert body["time"] > 1_600_000_000_000


def test_8_403_for_another_company(workshop: Running) -> None:
    answer = workshop.client.get(
        f"{workshop.ready['base_url']}/v3/company/123/preferences", headers=workshop.headers()
    )
    assert answer.status_code == 403
    error = answer.json()["fault"]["error"][0]
    assert error["code"] == "3100"
    assert error["message"] == (
        "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    )


def test_9_throttles_answer_429(emulator: Running) -> None:
    emulator.control("PATCH", "switches", {"throttle": True, "requests_per_minute": 5})
    answers = [emulator.read("preferences") for _ in range(6)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 1
    error = refused[0].json()["fault"]
    assert error["type"] == "SERVICE"
    assert error["error"][0]["detail"] == "The request limit was reached.  Try again later"
    assert "retry-after" not in refused[0].headers


def test_9_the_limits_that_hold_are_stated(emulator: Running) -> None:
    assert emulator.read("preferences").headers["ratelimit-policy"] == '"none";q=1000000;w=1'
    emulator.control("PATCH", "switches", {"throttle": True, "requests_per_minute": 300})
    stated = emulator.read("preferences").headers["ratelimit-policy"]
    assert stated == '"burst";q=10;w=1, "minute";q=300;w=60'


def test_11_1_an_inventory_item(workshop: Running) -> None:
    (item,) = workshop.rows("select * from Item where Sku = 'LT-HERON'")
    assert item["FullyQualifiedName"] == 'Lamps:Table:Table lamp "Heron"'
    assert item["SubItem"] is True
    assert item["ParentRef"]["name"] == "Lamps:Table"
    assert item["Level"] == 2
    assert item["TrackQtyOnHand"] is True
    assert item["QtyOnHand"] == 19
    assert item["IncomeAccountRef"] == {"value": "79", "name": "Sales of Product Income"}
    assert item["ExpenseAccountRef"] == {"value": "80", "name": "Cost of Goods Sold"}
    assert item["AssetAccountRef"] == {"value": "81", "name": "Inventory Asset"}
    assert item["sparse"] is False


def test_11_1_a_category_and_a_bundle(workshop: Running) -> None:
    (category,) = workshop.rows("select * from Item where FullyQualifiedName = 'Lamps:Table'")
    assert set(category) == {
        *("Name", "Active", "SubItem", "ParentRef", "Level", "FullyQualifiedName", "Type"),
        *("domain", "sparse", "Id", "SyncToken", "MetaData"),
    }
    (bundle,) = workshop.rows("select * from Item where Name = 'Heron gift set'")
    assert bundle["TrackQtyOnHand"] is False
    assert bundle["PrintGroupedItems"] is False
    line = bundle["ItemGroupDetail"]["ItemGroupLine"][0]
    assert line["Qty"] == 1
    assert line["ItemRef"]["type"] == "Inventory"
    assert line["ItemRef"]["name"] == 'Lamps:Table:Table lamp "Heron"'


def test_11_1_awkward_things_are_in_the_furnished_company(workshop: Running) -> None:
    items = workshop.rows(f"select * from Item {ALL} maxresults 1000")
    names = [item["Name"] for item in items]
    awkward = ("=1+1", "<script>alert('lamp')</script>", "  Sanding sheets P180 ")
    for wanted in (*awkward, "مصباح معلق", "Pendant 竹灯 (bamboo)"):
        assert wanted in names
    assert max(map(len, names)) == 100
    assert any("🌙" in name for name in names)
    assert {item["Type"] for item in items} == {
        *("Inventory", "NonInventory", "Service", "Group", "Category"),
    }
    skus = [item["Sku"] for item in items if "Sku" in item]
    assert len(skus) > len(set(skus))
    assert len(skus) < len(items)
    assert any(item.get("QtyOnHand", 0) < 0 for item in items)
    assert any("UnitPrice" not in item for item in items if item["Type"] == "Inventory")
    assert any(item.get("UnitPrice") == 0 for item in items if item["Type"] == "Inventory")


def test_11_3_accounts(workshop: Running) -> None:
    (asset,) = workshop.rows("select * from Account where Name = 'Inventory Asset'")
    trial = workshop.control("GET", "trial-balance")
    assert asset["AccountSubType"] == "Inventory"
    assert asset["CurrentBalance"] == trial["inventory_value"] > 0
    assert trial["is_balanced"] is True
    (old,) = workshop.rows("select * from Account where Active = false")
    assert old["Name"].endswith(" (deleted)")
    assert old["CurrentBalance"] == 0
    body = workshop.read("account/81").json()
    assert body["Account"] == asset


def test_11_5_company_info_and_preferences(workshop: Running) -> None:
    realm_id = workshop.ready["realm_id"]
    company = workshop.read(f"companyinfo/{realm_id}").json()["CompanyInfo"]
    assert company["Id"] == "1"
    assert company["CompanyName"] == "Hollow Reed Lamp Works"
    assert {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"} in company["NameValue"]
    assert company == workshop.rows("select * from CompanyInfo")[0]
    preferences = workshop.read("preferences").json()["Preferences"]
    assert preferences["ProductAndServicesPrefs"]["QuantityOnHand"] is True
    assert "BookCloseDate" not in preferences["AccountingInfoPrefs"]
    assert preferences == workshop.rows("select * from Preferences")[0]
