"""Fact sheet section 5: batches."""

from datetime import datetime
from pathlib import Path
from typing import Any

from conftest import Running, running


def send(server: Running, *items: dict[str, Any], **params: str) -> list[dict[str, Any]]:
    answer = server.post("batch", {"BatchItemRequest": items}, **params)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert list(body) == ["BatchItemResponse", "time"]
    found: list[dict[str, Any]] = body["BatchItemResponse"]
    return found


def create(number: int, name: str) -> dict[str, Any]:
    return {"bId": f"b{number}", "operation": "create", "Vendor": {"DisplayName": name}}


def test_5_the_documented_batch(emulator: Running) -> None:
    emulator.control("PATCH", "switches", {"duplicate_name_detail": "sentence"})
    emulator.save("Customer", {"DisplayName": "Smith Family Store"})
    other = emulator.save("Vendor", {"DisplayName": "Marsh & Sons"})
    answers = {
        answer["bId"]: answer
        for answer in send(
            emulator,
            create(1, "Smith Family Store"),
            {"bId": "b2", "operation": "delete", "Vendor": {"Id": other["Id"], "SyncToken": "0"}},
            {
                "bId": "b3",
                "operation": "update",
                "Vendor": {"Id": other["Id"], "SyncToken": "0", "sparse": True, "AcctNum": "x"},
            },
            {
                "bId": "b4",
                "operation": "update",
                "Vendor": {"Id": other["Id"], "SyncToken": "7", "sparse": True, "AcctNum": "y"},
            },
            {"bId": "b5", "Query": "select * from Vendor where AcctNum = 'HR-204'"},
            create(6, "Boraski Family Store"),
        )
    }
    assert answers["b1"] == {
        "Fault": {
            "type": "ValidationFault",
            "Error": [
                {
                    "Message": "Duplicate Name Exists Error",
                    "code": "6240",
                    "Detail": (
                        "The name supplied already exists. : Another customer, vendor or employee "
                        "is already using this \nname. Please use a different name."
                    ),
                    "element": "",
                }
            ],
        },
        "bId": "b1",
    }
    assert answers["b2"]["Fault"]["Error"][0]["code"] == "500"
    assert answers["b3"]["Vendor"]["AcctNum"] == "x"
    assert answers["b4"]["Fault"]["Error"][0]["code"] == "5010"
    assert answers["b4"]["Fault"]["Error"][0]["element"] == ""
    found = answers["b5"]["QueryResponse"]
    assert (len(found["Vendor"]), found["startPosition"], found["maxResults"]) == (1, 1, 1)
    assert answers["b6"]["Vendor"]["Balance"] == 0
    assert list(answers["b6"]) == ["Vendor", "bId"]


def test_5_a_batch_is_no_transaction(emulator: Running) -> None:
    answers = send(emulator, create(1, "First"), create(2, "First"), create(3, "Third"))
    assert ["Fault" in answer for answer in answers] == [False, True, False]
    assert len(emulator.rows("select * from Vendor where DisplayName in ('First', 'Third')")) == 2


def test_1040_thirty_items_at_most(emulator: Running) -> None:
    thirty = [create(number, f"Vendor {number}") for number in range(30)]
    assert len(send(emulator, *thirty)) == 30
    answer = emulator.post("batch", {"BatchItemRequest": [*thirty, create(31, "One more")]})
    assert answer.status_code == 400
    error = answer.json()["Fault"]["Error"][0]
    assert (error["code"], error["Message"]) == ("1040", "Batch size exceeds allowed limit")
    assert emulator.rows("select * from Vendor where DisplayName = 'One more'") == []


def test_5_items_that_cannot_be_understood(emulator: Running) -> None:
    answers = send(
        emulator,
        {"bId": "a", "operation": "create", "Gadget": {}},
        {"bId": "b", "operation": "create"},
        {"bId": "c", "Query": "select"},
        {"bId": "d", "Query": "select * from Item where QtyOnHand = 1"},
        {"bId": "e", "operation": "update", "Vendor": {"DisplayName": "x"}},
        {"bId": "f", "operation": "update", "optionsData": "void", "Vendor": {"Id": "5"}},
        {"operation": "create", "Vendor": "x"},
    )
    codes = [answer["Fault"]["Error"][0]["code"] for answer in answers]
    assert codes == ["2000", "2020", "4000", "4001", "2020", "2020", "2010"]
    assert [answer.get("bId") for answer in answers] == [*"abcdef", None]
    assert send(emulator) == []
    for body in ({}, {"BatchItemRequest": "x"}):
        assert emulator.post("batch", body).status_code == 400


def test_5_items_in_another_order_still_carry_their_bid(emulator: Running) -> None:
    emulator.control("PATCH", "switches", {"batch_order": "reversed"})
    answers = send(emulator, create(1, "First"), create(2, "Second"))
    assert [answer["bId"] for answer in answers] == ["b2", "b1"]
    assert [answer["Vendor"]["DisplayName"] for answer in answers] == ["Second", "First"]


def test_5_a_batch_with_a_request_id_is_done_once(emulator: Running) -> None:
    first = send(emulator, create(1, "Once"), requestid="b-1")
    assert send(emulator, create(1, "Once"), requestid="b-1") == first
    emulator.control("PATCH", "switches", {"request_id_in_batch": "ignore"})
    (again,) = send(emulator, create(1, "Once"), requestid="b-1")
    assert again["Fault"]["Error"][0]["code"] == "6240"


def test_5_a_batch_of_pages_as_data_loaders_send(emulator: Running) -> None:
    statement = (
        "SELECT * FROM {} WHERE Metadata.LastUpdatedTime >= '2000-01-01T00:00:00-08:00' AND "
        "Active IN (true, false) ORDER BY Metadata.LastUpdatedTime ASC STARTPOSITION 1 "
        "MAXRESULTS 1000"
    )
    answers = send(
        emulator,
        *({"bId": name, "Query": statement.format(name)} for name in ("Item", "Vendor", "Term")),
    )
    for answer in answers:
        rows = answer["QueryResponse"][answer["bId"]]
        texts = [row["MetaData"]["LastUpdatedTime"] for row in rows]
        times = [datetime.fromisoformat(text) for text in texts]
        assert len(rows) == answer["QueryResponse"]["maxResults"] > 2
        assert times == sorted(times)


def test_5_a_batch_returns_a_thousand_objects_at_most(tmp_path: Path) -> None:
    statement = "select * from Item where Active in (true, false) orderby Id maxresults {}"
    items = [
        {"bId": "a", "Query": statement.format(600)},
        create(1, "One object more"),
        {"bId": "b", "Query": statement.format(1000)},
        {"bId": "c", "Query": "select count(*) from Item"},
        {"bId": "d", "Query": statement.format(1)},
    ]
    with running(tmp_path, "--items", "1200") as server:
        answers = send(server, *items)
        assert len(answers[0]["QueryResponse"]["Item"]) == 600
        assert answers[1]["Vendor"]["DisplayName"] == "One object more"
        rest = answers[2]["QueryResponse"]
        assert [row["Id"] for row in rest["Item"]] == [str(n) for n in range(1, 400)]
        assert rest["maxResults"] == 399
        assert answers[3]["QueryResponse"]["totalCount"] > 1000
        assert answers[4]["QueryResponse"] == {}
        server.control("PATCH", "switches", {"batch_objects_over": "reject"})
        answers = send(server, items[0], items[2], {"bId": "e", "Query": statement.format(400)})
        assert answers[1]["Fault"]["Error"][0]["code"] == "1040"
        assert len(answers[2]["QueryResponse"]["Item"]) == 400
