"""Recorded and documented answers, byte for byte, that no other test of their section compares."""

import re
from typing import Any

import pytest

from conftest import Running


@pytest.fixture
def recorded(emulator: Running) -> Running:
    """A company on the morning of the recordings."""
    clock = {"set_to": "2020-09-29T13:58:50.262Z", "is_stopped": True}
    emulator.control("POST", "clock", clock)
    emulator.ready.update(emulator.control("POST", "connect", {}))
    return emulator


def test_3_no_rows(recorded: Running) -> None:
    assert recorded.query("select * from Item where Id = '9999'").text == (
        '{"QueryResponse":{},"time":"2020-09-29T06:58:50.262-07:00"}'
    )


def test_3_a_count(recorded: Running) -> None:
    assert recorded.query("select count(*) from Vendor").text == (
        '{"QueryResponse":{"totalCount":3},"time":"2020-09-29T06:58:50.262-07:00"}'
    )


def test_3_preferences_have_no_start_position(recorded: Running) -> None:
    text = recorded.query("select * from Preferences").text
    assert text.startswith('{"QueryResponse":{"Preferences":[{')
    assert text.endswith('}],"maxResults":1},"time":"2020-09-29T06:58:50.262-07:00"}')


def test_4_a_refused_void(recorded: Running) -> None:
    body = {"Id": "5", "SyncToken": "0"}
    assert recorded.post("vendor", body, operation="void").text == (
        '{"Fault":{"Error":[{"Message":"Unsupported Operation","Detail":"Operation void is not '
        'supported.","code":"500","element":"Operation"}],"type":"ValidationFault"},'
        '"time":"2020-09-29T06:58:50.262-07:00"}'
    )


def test_8_a_name_that_is_taken(recorded: Running) -> None:
    recorded.control("PATCH", "switches", {"duplicate_name_detail": "null"})
    assert recorded.post("vendor", {"DisplayName": "Ines Duarte"}).text == (
        '{"Fault":{"Error":[{"Message":"Duplicate Name Exists Error","Detail":"The name supplied '
        'already exists. : null","code":"6240"}],"type":"ValidationFault"},'
        '"time":"2020-09-29T06:58:50.262-07:00"}'
    )


def test_11_3_an_account_that_was_switched_off(recorded: Running) -> None:
    made = recorded.save("Account", {"Name": "Fees Billed", "AccountSubType": "ServiceFeeIncome"})
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    stamp = "2020-09-29T06:58:50-07:00"
    assert recorded.post("account", body).text == (
        '{"Account":{"Name":"Fees Billed (deleted)","SubAccount":false,'
        '"FullyQualifiedName":"Fees Billed (deleted)","Active":false,'
        '"Classification":"Revenue","AccountType":"Income",'
        '"AccountSubType":"ServiceFeeIncome","CurrentBalance":0,'
        '"CurrentBalanceWithSubAccounts":0,'
        '"CurrencyRef":{"value":"USD","name":"United States Dollar"},"domain":"QBO",'
        f'"sparse":false,"Id":"{made["Id"]}","SyncToken":"1",'
        f'"MetaData":{{"CreateTime":"{stamp}","LastUpdatedTime":"{stamp}"}}}},'
        '"time":"2020-09-29T06:58:50.262-07:00"}'
    )


@pytest.mark.parametrize(
    ("statement", "sample"),
    [
        (
            "select * from Item where FullyQualifiedName = 'Lamps:Table'",
            {"Type": "Category", "Name": "Table", "FullyQualifiedName": "Lamps:Table",
             "SubItem": True, "ParentRef": {"name": "Lamps", "value": "1"}, "Level": 1,
             "Active": True, "domain": "QBO", "sparse": False},
        ),
        (
            "select * from Item where Name = 'Heron gift set'",
            {"Type": "Group", "TrackQtyOnHand": False, "UnitPrice": 0, "PurchaseCost": 0,
             "PrintGroupedItems": False},
        ),
    ],
)  # fmt: skip
def test_11_1_a_category_and_a_bundle(
    workshop: Running, statement: str, sample: dict[str, Any]
) -> None:
    (shown,) = workshop.rows(statement)
    assert {name: shown[name] for name in sample} == sample
    if sample["Type"] == "Group":
        lines = shown["ItemGroupDetail"]["ItemGroupLine"]
        assert all(set(line) == {"Qty", "ItemRef"} for line in lines)
        assert all(set(line["ItemRef"]) == {"type", "name", "value"} for line in lines)


def test_2_every_time_is_as_it_was_recorded(workshop: Running) -> None:
    """Milliseconds on the answer, whole seconds in the object, both with an offset, never Z."""
    text = workshop.query("select * from Item maxresults 20").text
    assert re.search(r'"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00"}$', text)
    times = re.findall(r'"(?:Create|LastUpdated)Time":"([^"]*)"', text)
    assert len(times) == 40
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00", at) for at in times)
