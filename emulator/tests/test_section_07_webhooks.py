"""Fact sheet section 7: notifications, their formats, their signature and their patience."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from accounting_emulator.switches import Switches
from accounting_emulator.webhooks import Change, compose, sign
from conftest import START_SECONDS, Running, running
from listener import PATIENCE_SECONDS, Listener, listening

MOMENT = "2025-09-08T20:52:31.657Z"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


@pytest.fixture
def told(shared: Running, listener: Listener) -> Iterator[Running]:
    """A settled company that tells the listener of its changes."""
    shared.control("DELETE", "webhooks")
    shared.control("POST", "webhooks", {"url": listener.url})
    yield shared
    shared.control("POST", "webhooks", {"url": None})


def turn(server: Running, **switches: object) -> None:
    server.control("PATCH", "switches", switches)


def announce(server: Running, number: int, **more: object) -> None:
    wish = {"entity": "Item", "id": str(number), **more}
    server.control("POST", "webhooks/announce", wish)


def advance(server: Running, seconds: float) -> None:
    server.control("POST", "clock", {"advance_seconds": seconds})


def deliveries(server: Running, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        rows: list[dict[str, Any]] = server.control("GET", "webhooks")["deliveries"]
        if len(rows) >= count:
            return rows
        time.sleep(0.02)
    raise AssertionError(f"only {len(rows)} of {count} deliveries: {rows}")


def ids(listener: Listener) -> list[str]:
    return [event["intuitentityid"] for heard in listener.heard for event in heard.content]


# What is said


def test_7_the_signature_of_the_test_vector() -> None:
    body = (
        '{"eventNotifications":[{"realmId":"1269959970","dataChangeEvent":{"entities":['
        '{"name":"Vendor","id":"40","operation":"Update","lastUpdated":"2016-10-05T03:09:04.000Z"},'
        '{"name":"Customer","id":"43","operation":"Create",'
        '"lastUpdated":"2016-10-05T03:07:04.000Z"}]}}]}'
    )
    verifier = "00faeec4-08d0-4996-bb37-698ae19f0149"
    signature = "6q+xGyMirJupwKTh2/WBl2NcdxzxqdIbk3sneKTxLWM="
    assert sign(body=body.encode(), verifier=verifier) == signature
    realm_id, updated, made = "1269959970", 1_475_636_944.0, 1_475_636_824.0
    changes = [
        Change(realm_id=realm_id, entity="Vendor", id="40", operation="Update", at=updated),
        Change(realm_id=realm_id, entity="Customer", id="43", operation="Create", at=made),
    ]
    older = Switches(webhook_format="event_notifications")
    assert compose(changes=changes, number=1, switches=older) == body.encode()


def test_7_the_older_body_word_for_word(told: Running, listener: Listener) -> None:
    turn(told, webhook_format="event_notifications")
    told.control("POST", "clock", {"set_to": MOMENT, "is_stopped": True})
    announce(told, 1234, realm_id="310687")
    (heard,) = listener.wait_for(1)
    assert heard.body.decode() == (
        '{"eventNotifications":[{"realmId":"310687","dataChangeEvent":{"entities":['
        '{"name":"Item","id":"1234","operation":"Update","lastUpdated":"2025-09-08T20:52:31.657Z"}'
        "]}}]}"
    )
    announce(told, 7, operation="Merge", deleted_id="8", entity="Customer")
    merged = listener.wait_for(2)[1].content["eventNotifications"][0]
    assert merged["dataChangeEvent"]["entities"] == [
        {
            "name": "Customer",
            "id": "7",
            "operation": "Merge",
            "deletedId": "8",
            "lastUpdated": MOMENT,
        }
    ]


def test_7_the_body_of_cloud_events(told: Running, listener: Listener) -> None:
    told.control("POST", "clock", {"set_to": "2025-10-07T19:59:07Z", "is_stopped": True})
    announce(told, 1234, entity="Class", operation="Create", realm_id="310687")
    (event,) = listener.wait_for(1)[0].content
    assert list(event) == [
        *("specversion", "id", "source", "type", "datacontenttype", "time"),
        *("intuitentityid", "intuitaccountid", "data"),
    ]
    assert event | {"id": ""} == {
        "specversion": "1.0",
        "id": "",
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": "qbo.class.created.v1",
        "datacontenttype": "application/json",
        "time": "2025-10-07T19:59:07.000000000Z",
        "intuitentityid": "1234",
        "intuitaccountid": "310687",
        "data": {},
    }
    assert len(event["id"]) == 36


@pytest.mark.parametrize(
    ("operation", "past", "plain"),
    [
        ("Create", "created", "create"),
        ("Update", "updated", "update"),
        ("Delete", "deleted", "delete"),
        ("Merge", "merged", "merge"),
        ("Void", "voided", "void"),
        ("Emailed", "emailed", "emailed"),
    ],
)
def test_7_operations(
    told: Running, listener: Listener, operation: str, past: str, plain: str
) -> None:
    announce(told, 5, entity="Invoice", operation=operation)
    listener.wait_for(1)
    turn(told, cloud_event_verbs="plain")
    announce(told, 5, entity="Invoice", operation=operation)
    types = [heard.content[0]["type"] for heard in listener.wait_for(2)]
    assert types == [f"qbo.invoice.{past}.v1", f"qbo.invoice.{plain}.v1"]


def test_7_every_notification_is_signed_with_the_verifier(
    told: Running, listener: Listener
) -> None:
    announce(told, 9)
    (heard,) = listener.wait_for(1)
    verifier = told.ready["webhook_verifier"]
    assert heard.headers["intuit-signature"] == sign(body=heard.body, verifier=verifier)
    assert heard.headers["content-type"] == "application/json"
    assert heard.path == "/webhooks/qbo?key=1"
    (row,) = deliveries(told, 1)
    assert (row["status"], row["is_acknowledged"], row["attempt"]) == (200, True, 1)
    assert row["signature"] == heard.headers["intuit-signature"]


# When something changes


def test_7_changes_in_the_books_are_announced(tmp_path: Path) -> None:
    with listening() as listener, running(tmp_path, "--webhook-url", listener.url) as server:
        made = server.control("POST", "items", {"type": "Service", "name": "Oiling"})
        server.control("PATCH", f"items/{made['id']}", {"name": "Oiling, twice"})
        server.control("PATCH", f"items/{made['id']}", {"active": False})
        said = [heard.content[0] for heard in listener.wait_for(3)]
        assert [event["type"] for event in said] == [
            *("qbo.item.created.v1", "qbo.item.updated.v1", "qbo.item.updated.v1"),
        ]
        assert {event["intuitentityid"] for event in said} == {made["id"]}
        assert {event["intuitaccountid"] for event in said} == {server.ready["realm_id"]}
        server.control("PATCH", "items/28", {"quantity_on_hand": 3})
        listener.wait_for(4)
        turn(server, stock_moves_fire_webhooks=False)
        server.control("PATCH", "items/28", {"quantity_on_hand": 4})
        listener.wait_for(4)
        other = server.control("GET", "companies")["companies"][2]["realm_id"]
        server.control("PATCH", f"companies/{other}/items/2", {"name": "Elsewhere"})
        assert listener.wait_for(5)[4].content[0]["intuitaccountid"] == other
        address = f"{server.ready['base_url']}/v3/company/{server.ready['realm_id']}/vendor"
        vendor = {"DisplayName": "Osier Beds"}
        for _ in range(2):
            server.client.post(address, json=vendor, headers=server.headers())
        (event,) = listener.wait_for(6)[5].content
        assert event["type"] == "qbo.vendor.created.v1", "a refused write is not announced"


def test_7_an_adjustment_itself_is_not_announced(told: Running) -> None:
    wish = {"entity": "InventoryAdjustment", "id": "1"}
    answer = httpx2.post(f"{told.ready['control_url']}/webhooks/announce", json=wish)
    assert answer.status_code == 400


# When nobody acknowledges


def test_7_the_ladder_of_retries(told: Running, listener: Listener) -> None:
    told.control("POST", "clock", {"is_stopped": True})
    steps = (10, 20, 30, 300, 1_200, 7_200, 14_400, 21_600, 21_600, 21_600)
    listener.answers = [500] * len(steps)
    announce(told, 9)
    deliveries(told, 1)
    for tries, step in enumerate(steps, 1):
        listener.wait_for(tries)
        due = told.control("GET", "webhooks")["next_due"]
        assert due == pytest.approx(deliveries(told, tries)[-1]["at"] + step)
        advance(told, step - 1)
        listener.wait_for(tries)
        advance(told, 1)
        deliveries(told, tries + 1)
    rows = deliveries(told, len(steps) + 1)
    assert [row["status"] for row in rows] == [500] * len(steps) + [200]
    assert len({row["body"] for row in rows}) == 1, "every try says the same"
    assert told.control("GET", "webhooks")["waiting"] == 0


def test_7_three_seconds_to_answer(told: Running, listener: Listener) -> None:
    turn(told, webhook_answer_seconds=0.2)
    assert Switches().webhook_answer_seconds == 3.0
    listener.answers = [10.0]  # fifty times as long, because a busy machine adds its own
    announce(told, 9)
    (row,) = deliveries(told, 1)
    assert (row["status"], row["error"]) == (None, "no answer in time")
    assert 150 < row["ms"] < 9_000
    turn(told, webhook_answer_seconds=PATIENCE_SECONDS)
    advance(told, 10)
    assert deliveries(told, 2)[1]["is_acknowledged"]


@pytest.mark.parametrize("status", [204, 301, 400, 401, 404, 503])
def test_7_anything_but_200_is_no_acknowledgement(
    told: Running, listener: Listener, status: int
) -> None:
    listener.answers = [status]
    announce(told, 9)
    (row,) = deliveries(told, 1)
    assert (row["status"], row["is_acknowledged"]) == (status, False)
    assert told.control("GET", "webhooks")["waiting"] == 1


def test_7_nobody_listens(told: Running) -> None:
    told.control("POST", "webhooks", {"url": "http://127.0.0.1:9/"})
    announce(told, 9)
    (row,) = deliveries(told, 1)
    assert row["status"] is None
    assert row["error"].startswith("ConnectionRefusedError")


def test_7_what_happened_later_waits(told: Running, listener: Listener) -> None:
    listener.answers = [500, 500]
    for number in (1, 2, 3):
        announce(told, number)
    listener.wait_for(1)
    deliveries(told, 1)  # when the next try is due counts from the end of this one
    assert told.control("GET", "webhooks")["waiting"] == 3
    advance(told, 10)
    listener.wait_for(2)
    deliveries(told, 2)
    advance(told, 20)
    listener.wait_for(5)
    assert ids(listener) == ["1", "1", "1", "2", "3"]


# When it comes twice, late or together


def test_7_notifications_are_doubled(told: Running, listener: Listener) -> None:
    turn(told, webhook_duplicates=2)
    announce(told, 9)
    heard = listener.wait_for(3)
    assert len({row.body for row in heard}) == 1
    assert [row["is_duplicate"] for row in deliveries(told, 3)] == [False, True, True]


def test_7_notifications_come_out_of_order(told: Running, listener: Listener) -> None:
    turn(told, webhook_paused=True, webhook_order="reversed")
    for number in (1, 2, 3):
        announce(told, number)
    listener.wait_for(0)
    turn(told, webhook_paused=False)
    listener.wait_for(3)
    assert ids(listener) == ["3", "2", "1"]


def test_7_changes_are_gathered_even_of_several_companies(
    told: Running, listener: Listener
) -> None:
    turn(told, webhook_gather_seconds=30, webhook_gather_at_most=3)
    told.control("POST", "clock", {"is_stopped": True})
    other = told.control("GET", "companies")["companies"][1]["realm_id"]
    for number in (1, 2):
        announce(told, number)
    announce(told, 3, realm_id=other)
    announce(told, 4)
    listener.wait_for(0)
    advance(told, 30)
    first, second = listener.wait_for(2)
    assert [event["intuitentityid"] for event in first.content] == ["1", "2", "3"]
    assert [event["intuitentityid"] for event in second.content] == ["4"]
    assert len({event["intuitaccountid"] for event in first.content}) == 2
    turn(told, webhook_format="event_notifications", webhook_gather_seconds=0)
    announce(told, 5)
    assert list(listener.wait_for(3)[2].content) == ["eventNotifications"]


def test_7_an_old_notification_is_replayed(told: Running, listener: Listener) -> None:
    for number in (1, 2):
        announce(told, number)
    listener.wait_for(2)
    first = deliveries(told, 2)[0]
    told.control("POST", "webhooks/replay", {"delivery": first["number"]})
    assert listener.wait_for(3)[2].body.decode() == first["body"]
    missing = httpx2.post(f"{told.ready['control_url']}/webhooks/replay", json={"delivery": 9_999})
    assert missing.status_code == 404


def test_7_what_waits_can_be_forgotten(told: Running, listener: Listener) -> None:
    listener.answers = [500]
    announce(told, 1)
    deliveries(told, 1)
    assert told.control("DELETE", "webhooks")["waiting"] == 0
    advance(told, 60)
    listener.wait_for(1)


# Where it goes


@pytest.mark.parametrize(
    "url",
    ["http://example.com/hook", "https://localhost/hook", "http://192.168.0.4/", "localhost:80"],
)
def test_7_notifications_stay_on_this_machine(shared: Running, tmp_path: Path, url: str) -> None:
    answer = httpx2.post(f"{shared.ready['control_url']}/webhooks", json={"url": url})
    assert answer.status_code == 400
    assert "not an http address of this machine" in answer.json()["error"]
    command = [sys.executable, "-m", "accounting_emulator", "serve", "--port", "0"]
    ended = subprocess.run(
        [*command, "--webhook-url", url],
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )
    assert ended.returncode == 1
    assert "not an http address of this machine" in ended.stderr
