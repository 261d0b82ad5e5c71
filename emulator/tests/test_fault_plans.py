"""Which requests a fault strikes: by address and words, between pages, and by a seeded chance."""

import threading
from pathlib import Path

import httpx2
import pytest

from conftest import Running, running
from test_faults import logged_faults, plan

QUERY = "/query"
ITEM = {"type": "Service", "name": "Made by a control command"}


def struck(server: Running) -> list[str]:
    return [row["kind"] for row in server.control("GET", "faults/struck")["struck"]]


# Which requests


def test_a_fault_waits_for_its_turn_and_its_address(shared: Running) -> None:
    plan(shared, kind="status", status=503, after=1, path=QUERY)
    statement = "select count(*) from Item"
    assert shared.query(statement).status_code == 200
    assert shared.read("preferences").status_code == 200
    assert shared.query(statement).status_code == 503
    assert shared.control("GET", "faults") == {"faults": []}


def test_a_fault_chooses_by_entity_company_method_and_words(shared: Running) -> None:
    for criteria in (
        {"entity": "item"},
        {"realm_id": shared.ready["realm_id"], "method": "POST"},
        {"contains": "AcctNum"},
        {"is_write": True},
    ):
        plan(shared, kind="status", status=503, **criteria)
    assert shared.read("preferences").status_code == 200
    assert shared.query("select * from Account").status_code == 200
    assert shared.query("select AcctNum from Account").status_code == 503
    assert shared.query("select * from Item").status_code == 503
    assert shared.read("item/9").status_code == 200
    address = f"{shared.ready['base_url']}/v3/company/{shared.ready['realm_id']}"
    posted = [
        shared.client.post(f"{address}{path}", content="select * from Account",
                             headers=shared.headers()).status_code
        for path in (QUERY, QUERY, "/nothing", "/nothing")
    ]  # fmt: skip
    assert posted == [503, 200, 503, 400]


def test_faults_are_listed_dropped_and_cleared(shared: Running) -> None:
    plan(shared, kind="status", status=503, path="/nowhere")
    plan(shared, kind="close", path="/nowhere", count=0)
    first, second = shared.control("GET", "faults")["faults"]
    assert first == {
        "id": first["id"],
        "matched": 0,
        "struck": 0,
        "kind": "status",
        "status": 503,
        "path": "/nowhere",
    }
    assert shared.control("DELETE", f"faults/{first['id']}") == {"faults": [second]}
    assert shared.control("DELETE", "faults") == {"faults": []}


# Changes behind a client's back


def test_an_item_is_renamed_deactivated_and_made_between_two_pages(emulator: Running) -> None:
    statement = "select * from Item orderby Id startposition {} maxresults 20"
    commands = [
        {"method": "PATCH", "path": "items/25", "body": {"name": "Renamed while reading"}},
        {"method": "PATCH", "path": "items/10", "body": {"active": False}},
        {"path": "items", "body": ITEM},
        {"method": "PATCH", "path": "items/99999", "body": {}},
    ]
    plan(emulator, kind="commands", path=QUERY, after=1, commands=commands)
    pages = [emulator.rows(statement.format(start)) for start in (1, 21, 41, 61)]
    ids = [item["Id"] for page in pages for item in page]
    assert "21" not in ids, "the active items moved up by one, so one was skipped"
    assert len(set(ids)) == len(ids)
    assert [item["Name"] for item in pages[1] if item["Id"] == "25"] == ["Renamed while reading"]
    assert pages[2][-1]["Name"] == ITEM["name"]
    (stroke,) = emulator.control("GET", "faults/struck")["struck"]
    assert stroke["answers"] == [200, 200, 200, 404]


def test_3_pages_in_the_default_order_repeat_a_row_when_the_set_grows(emulator: Running) -> None:
    command = {"path": "items", "body": {**ITEM, "name": "!first in every order"}}
    plan(emulator, kind="commands", path=QUERY, after=1, commands=[command])
    pages = [
        emulator.rows(f"select * from Item startposition {start} maxresults 20")
        for start in (1, 21, 41, 61)
    ]
    ids = [item["Id"] for page in pages for item in page]
    assert len(ids) == len(set(ids)) + 1
    assert pages[0][-1]["Id"] == pages[1][0]["Id"]


def test_commands_may_name_the_object_of_the_request(emulator: Running) -> None:
    command = {"method": "PATCH", "path": "items/{id}", "body": {"description": "Changed first"}}
    plan(emulator, kind="commands", entity="item", commands=[command])
    plan(emulator, kind="fault", code="5010", entity="item")
    address = f"{emulator.ready['base_url']}/v3/company/{emulator.ready['realm_id']}/item"
    body = {"Id": "9", "SyncToken": "0", "sparse": True, "Name": "Too late"}
    answer = emulator.client.post(address, json=body, headers=emulator.headers())
    assert answer.json()["Fault"]["Error"][0]["code"] == "5010"
    assert emulator.control("GET", "items/9")["description"] == "Changed first"
    assert struck(emulator) == ["commands", "fault"]


def test_access_tokens_expire_in_the_middle_of_a_run(shared: Running) -> None:
    command = {"path": "expire-access-tokens"}
    plan(shared, kind="commands", path=QUERY, after=2, commands=[command])
    answers = [shared.query("select count(*) from Item").status_code for _ in range(4)]
    assert answers == [200, 200, 401, 401]


# By chance, and again by the same chance


def test_a_mix_of_faults_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    mix = {"seed": 11, "rates": {"status:503": 0.2, "status:429:after": 0.1, "close": 0.1,
                                 "close_after": 0.1, "malformed": 0.05}}  # fmt: skip
    histories = []
    for seed in (11, 11, 12):
        with running(tmp_path) as server:
            server.control("POST", "faults/mix", {**mix, "seed": seed})
            for _ in range(120):
                try:
                    server.read("preferences")
                except httpx2.TransportError:
                    continue
            histories.append(logged_faults(server))
            assert len(server.control("GET", "faults")["faults"]) == 5
    assert histories[0] == histories[1] != histories[2]
    assert {"status", "close", "close_after", ""} <= set(histories[0])
    assert 30 < sum(map(bool, histories[0])) < 90


def test_a_rate_strikes_as_often_as_it_says(shared: Running) -> None:
    plan(shared, kind="status", status=503, rate=0.3, seed=5)
    answers = [shared.read("preferences").status_code for _ in range(200)]
    assert 40 <= answers.count(503) <= 80


def test_simultaneous_requests_meet_every_planned_fault_once(shared: Running) -> None:
    plan(shared, kind="status", status=503, count=10)
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(shared.read("preferences").status_code))
        for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (statuses.count(503), statuses.count(200)) == (10, 20)


# Around it


def test_access_tokens_can_be_expired_at_once(shared: Running) -> None:
    shared.control("POST", "expire-access-tokens", {})
    assert shared.read("preferences").status_code == 401


def test_a_form_of_another_site_cannot_write(shared: Running) -> None:
    answer = httpx2.post(f"{shared.ready['control_url']}/revoke", data={"a": "b"})
    assert answer.status_code == 415
    assert shared.read("preferences").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PATCH", "items/99999", {"name": "x"}, 404),
        ("PATCH", "items/9", {"nme": "x"}, 400),
        ("PATCH", "items/9", {"name": "a:b"}, 409),
        ("PATCH", "switches", {"no_such_switch": True}, 400),
        ("POST", "items", {"name": "x"}, 400),
        ("POST", "faults", {"kind": "flood"}, 400),
        ("POST", "faults", {"kind": "status", "rate": 0}, 400),
        ("POST", "faults", {"kind": "status", "status": 99}, 400),
        ("POST", "faults", {"kind": "xml", "when": "before"}, 400),
        ("POST", "faults", {"kind": "commands"}, 400),
        ("POST", "faults/mix", {"seed": 1, "rates": {"flood": 0.5}}, 400),
        ("POST", "faults/mix", {"seed": 1, "rates": {"status:soon": 0.5}}, 400),
        ("POST", "clock", {"set_to": "2027-01-01T00:00:00"}, 400),
        ("GET", "requests/99999", None, 404),
    ],
)
def test_wrong_control_requests_are_refused_in_a_sentence(
    workshop: Running, method: str, path: str, body: dict[str, object], status: int
) -> None:
    answer = httpx2.request(method, f"{workshop.ready['control_url']}/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
