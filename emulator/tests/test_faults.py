"""Planned misbehaviour, over real HTTP."""

import httpx2
import pytest

from conftest import Running


def plan(server: Running, **fault: object) -> None:
    server.control("POST", "faults", fault)


@pytest.mark.parametrize("status", [500, 503, 429, 401, 403])
def test_the_next_requests_answer_a_status(emulator: Running, status: int) -> None:
    plan(emulator, kind="status", status=status, count=2)
    answers = [emulator.read("preferences").status_code for _ in range(3)]
    assert answers == [status, status, 200]


def test_a_fault_waits_for_its_turn_and_its_address(emulator: Running) -> None:
    plan(emulator, kind="status", status=503, after=1, path="/query")
    statement = "select count(*) from Item"
    assert emulator.query(statement).status_code == 200
    assert emulator.read("preferences").status_code == 200
    assert emulator.query(statement).status_code == 503
    assert emulator.control("GET", "faults") == {"faults": []}


@pytest.mark.parametrize("kind", ["close", "close_after", "truncate"])
def test_the_connection_breaks(emulator: Running, kind: str) -> None:
    plan(emulator, kind=kind)
    with pytest.raises(httpx2.TransportError):
        emulator.read("preferences")
    assert emulator.read("preferences").status_code == 200
    log = emulator.control("GET", "requests")["requests"]
    assert [entry.get("fault", "") for entry in log] == [kind, ""]


def test_the_answer_is_not_json(emulator: Running) -> None:
    plan(emulator, kind="malformed")
    answer = emulator.read("preferences")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting"):
        answer.json()


def test_a_fault_comes_with_status_200(emulator: Running) -> None:
    plan(emulator, kind="fault_200")
    answer = emulator.read("preferences")
    assert answer.status_code == 200
    assert answer.json()["Fault"]["type"] == "SystemFault"
    assert answer.json()["Fault"]["Error"][0]["code"] == "10000"


def test_an_answer_is_late(emulator: Running) -> None:
    plan(emulator, kind="delay", delay_ms=400)
    with pytest.raises(httpx2.TimeoutException):
        httpx2.get(
            f"{emulator.ready['base_url']}/v3/company/{emulator.ready['realm_id']}/preferences",
            headers=emulator.headers(),
            timeout=0.1,
        )


def test_access_tokens_can_be_expired_at_once(emulator: Running) -> None:
    emulator.control("POST", "expire-access-tokens", {})
    assert emulator.read("preferences").status_code == 401


def test_a_form_of_another_site_cannot_write(emulator: Running) -> None:
    answer = httpx2.post(f"{emulator.ready['control_url']}/revoke", data={"a": "b"})
    assert answer.status_code == 415
    assert emulator.read("preferences").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PATCH", "items/99999", {"name": "x"}, 404),
        ("PATCH", "items/9", {"nme": "x"}, 400),
        ("PATCH", "items/9", {"name": "a:b"}, 409),
        ("PATCH", "switches", {"no_such_switch": True}, 400),
        ("POST", "items", {"name": "x"}, 400),
        ("POST", "faults", {"kind": "flood"}, 400),
        ("POST", "clock", {"set_to": "2027-01-01T00:00:00"}, 400),
    ],
)
def test_wrong_control_requests_are_refused_in_a_sentence(
    workshop: Running, method: str, path: str, body: dict[str, object], status: int
) -> None:
    answer = httpx2.request(method, f"{workshop.ready['control_url']}/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
