"""Writes that go wrong: what was done, what was not, and how a client gets out of it."""

from pathlib import Path

import httpx2
import pytest

from conftest import Running, running
from test_faults import plan

LOST = (httpx2.TransportError, ValueError)


def write(server: Running, body: dict[str, object], request_id: str = "") -> httpx2.Response:
    query = f"?requestid={request_id}" if request_id else ""
    address = f"{server.ready['base_url']}/v3/company/{server.ready['realm_id']}/item{query}"
    return server.client.post(address, json=body, headers=server.headers())


def service(name: str) -> dict[str, object]:
    return {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": "48"}}


def count(server: Running, name: str) -> int:
    statement = f"select count(*) from Item where Name like '{name}'"
    total: int = server.query(statement).json()["QueryResponse"]["totalCount"]
    return total


def code(answer: httpx2.Response) -> str:
    found: str = answer.json()["Fault"]["Error"][0]["code"]
    return found


def test_the_third_write_loses_its_answer_after_the_commit(emulator: Running) -> None:
    plan(emulator, kind="close_after", is_write=True, after=2)
    for name in ("First", "Second"):
        assert write(emulator, service(name)).status_code == 200
    emulator.query("select * from Item")
    with pytest.raises(httpx2.TransportError):
        write(emulator, service("Third"), "r-3")
    assert count(emulator, "Third") == 1
    assert code(write(emulator, service("Third"))) == "6240", "without the id it is a second item"
    repeated = write(emulator, service("Third"), "r-3")
    assert repeated.status_code == 200
    assert repeated.json()["Item"]["SyncToken"] == "0"
    assert count(emulator, "Third") == 1


@pytest.mark.parametrize(
    ("fault", "is_done"),
    [
        ({"kind": "close"}, False),
        ({"kind": "status", "status": 500}, False),
        ({"kind": "status", "status": 500, "when": "after"}, True),
        ({"kind": "status", "status": 429, "when": "before"}, False),
        ({"kind": "fault", "code": "6000"}, False),
        ({"kind": "fault_200", "when": "after"}, True),
        ({"kind": "truncate"}, True),
        ({"kind": "wrong_length"}, True),
        ({"kind": "malformed"}, True),
        ({"kind": "empty"}, True),
        ({"kind": "xml"}, True),
    ],
)
def test_an_item_is_made_or_not(
    emulator: Running, fault: dict[str, object], *, is_done: bool
) -> None:
    plan(emulator, is_write=True, **fault)
    try:
        write(emulator, service("Gilding")).json()
    except LOST:
        assert fault["kind"] not in ("status", "fault", "fault_200")
    assert count(emulator, "Gilding") == int(is_done)


def test_somebody_was_quicker(emulator: Running) -> None:
    command = {"method": "PATCH", "path": "items/{id}", "body": {"description": "quicker"}}
    plan(emulator, kind="commands", entity="item", is_write=True, commands=[command])
    item = emulator.read("item/9").json()["Item"]
    change = {"Id": "9", "sparse": True, "Name": "Renamed"}
    assert code(write(emulator, {**change, "SyncToken": item["SyncToken"]})) == "5010"
    fresh = emulator.read("item/9").json()["Item"]
    assert fresh["Description"] == "quicker"
    assert write(emulator, {**change, "SyncToken": fresh["SyncToken"]}).status_code == 200


def test_a_storm_with_request_ids_doubles_and_loses_nothing(tmp_path: Path) -> None:
    """A client that repeats until it reads an answer, under every kind of failure at once."""
    rates = {
        "close": 0.08,
        "close_after": 0.12,
        "status:503": 0.05,
        "status:503:after": 0.08,
        "status:429": 0.05,
        "fault_200:after": 0.05,
        "truncate": 0.05,
        "malformed": 0.05,
        "empty": 0.03,
    }
    with running(tmp_path) as server:
        server.control("POST", "faults/mix", {"seed": 4, "rates": rates, "is_write": True})
        tries = 0
        for number in range(120):
            is_read = False
            while not is_read:
                tries += 1
                try:
                    answer = write(server, service(f"Storm {number}"), f"storm-{number}")
                    is_read = answer.status_code == 200 and "Item" in answer.json()
                except LOST:
                    continue
        assert tries > 180
        assert count(server, "Storm %") == 120
        assert server.control("GET", "trial-balance")["is_balanced"]
