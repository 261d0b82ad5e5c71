"""What the emulator remembers of its clients, and how its time moves."""

from email.utils import parsedate_to_datetime

import httpx2
import pytest

from accounting_emulator.requestlog import MAX_BODY_TOTAL, MAX_LOGGED, Logged, RequestLog, Wanted
from conftest import Running


def log(server: Running, **filters: str) -> list[dict[str, object]]:
    address = f"{server.ready['control_url']}/requests"
    found: list[dict[str, object]] = httpx2.get(address, params=filters).json()["requests"]
    return found


def test_the_request_log_says_what_was_asked(shared: Running) -> None:
    tid = shared.query("select count(*) from Item").headers["intuit_tid"]
    (entry,) = shared.control("GET", "requests")["requests"]
    assert entry["method"] == "GET"
    assert entry["path"].endswith("/query")
    assert "count" in entry["query"]
    assert entry["status"] == 200
    assert entry["ms"] > 0
    assert entry["entity"] == "item"
    assert entry["realm_id"] == shared.ready["realm_id"]
    assert entry["intuit_tid"] == tid
    assert "response_body" not in entry
    whole = shared.control("GET", f"requests/{entry['number']}")
    assert whole["response_body"].startswith('{"QueryResponse":{"totalCount":60}')
    assert shared.control("DELETE", "requests")["count"] == 0


def test_the_log_keeps_bodies_and_hides_secrets(shared: Running) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": shared.ready["refresh_token"]}
    keys = (shared.ready["client_id"], shared.ready["client_secret"])
    tokens = shared.client.post(
        f"{shared.ready['base_url']}/oauth2/v1/tokens/bearer", data=form, auth=keys
    ).json()
    shared.client.post(
        f"{shared.ready['base_url']}/v2/oauth2/tokens/revoke", json={"token": "RT1-secret"},
        auth=keys,
    )  # fmt: skip
    shared.client.post(
        f"{shared.ready['base_url']}/v3/company/{shared.ready['realm_id']}/query",
        content="select * from Account where Name = 'Checking'",
        headers=shared.headers(),
    )
    token, revoke, query = log(shared, bodies="true")
    assert token["request_body"] == "grant_type=refresh_token&refresh_token=•••"
    assert str(token["response_body"]).startswith('{"token_type":"bearer","access_token":"•••"')
    assert revoke["request_body"] == '{"token":"•••"}'
    assert query["request_body"] == "select * from Account where Name = 'Checking'"
    everything = str([token, revoke, query])
    for secret in (tokens["access_token"], tokens["refresh_token"], keys[1], "RT1-secret"):
        assert secret not in everything


def test_the_log_is_filtered(shared: Running) -> None:
    shared.control("POST", "faults", {"kind": "status", "status": 503, "path": "/account/"})
    for path in ("item/9", "account/81", "item/99999", "preferences"):
        shared.read(path)
    assert [row["status"] for row in log(shared)] == [200, 503, 400, 200]
    assert [row["number"] for row in log(shared, entity="Item")] == [1, 3]
    assert [row["number"] for row in log(shared, status="400")] == [3]
    assert [row["number"] for row in log(shared, fault="any")] == [2]
    assert [row["number"] for row in log(shared, fault="close")] == []
    assert [row["number"] for row in log(shared, path="preferences", method="get")] == [4]
    assert [row["number"] for row in log(shared, after="2", limit="1")] == [4]
    assert [row["number"] for row in log(shared, realm_id="1")] == []


def test_the_log_is_bounded_by_number_and_by_size() -> None:
    requests = RequestLog()
    body = "x" * 20_000
    for _ in range(MAX_LOGGED + 500):
        requests.add(
            entry=Logged(
                number=0, at=0, method="GET", path="/", status=200, ms=1, request_body=body
            )
        )
    kept = requests.list_wanted(wanted=Wanted(limit=20_000, has_bodies=True))
    assert [kept[0].number, kept[-1].number] == [501, MAX_LOGGED + 500]
    assert MAX_BODY_TOTAL - 20_000 < sum(entry.size for entry in kept) <= MAX_BODY_TOTAL
    assert kept[0].size == 0
    assert kept[-1].size == 20_000


def test_the_clock_can_be_set_and_held(shared: Running) -> None:
    shared.control("POST", "clock", {"set_to": "2027-01-01T12:00:00Z", "is_stopped": True})
    held = [shared.control("GET", "clock")["now"] for _ in range(2)]
    assert held == ["2027-01-01T04:00:00-08:00"] * 2
    assert shared.control("GET", "clock")["today"] == "2027-01-01"
    shared.control("POST", "clock", {"advance_seconds": 90})
    assert shared.control("GET", "clock")["now"] == "2027-01-01T04:01:30-08:00"
    shared.control("POST", "clock", {"is_stopped": False})
    assert shared.control("GET", "clock")["now"] >= "2027-01-01T04:01:30"


@pytest.mark.parametrize("skew", [0, -7_200, 86_400])
def test_answers_are_dated_by_the_clock_or_wrongly(shared: Running, skew: int) -> None:
    shared.control("PATCH", "switches", {"date_skew_seconds": skew})
    shared.control("POST", "clock", {"set_to": "2027-03-05T06:07:08Z", "is_stopped": True})
    answer = httpx2.get(shared.ready["discovery_url"])
    (date,) = answer.headers.get_list("date")
    assert parsedate_to_datetime(date).timestamp() == 1_804_226_828 + skew
