"""Fact sheet sections 9 and 10: throttles, and the meter that counts what is read."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from accounting_emulator.traffic import Window
from conftest import Running


def turn(server: Running, **switches: object) -> None:
    server.control("PATCH", "switches", switches)


def leap(server: Running, seconds: float) -> None:
    server.control("POST", "clock", {"advance_seconds": seconds})


def post_batch(server: Running, *queries: str, writes: int = 0) -> int:
    items: list[dict[str, object]] = [{"bId": f"q{n}", "Query": q} for n, q in enumerate(queries)]
    items += [{"bId": f"w{n}", "operation": "create", "Item": {}} for n in range(writes)]
    return server.client.post(
        f"{server.ready['base_url']}/v3/company/{server.ready['realm_id']}/batch",
        json={"BatchItemRequest": items},
        headers=server.headers(),
    ).status_code


def ask_within(server: Running, seconds: float, ask: Callable[[], list[int]]) -> list[int]:
    """Ask into an empty window; the limits follow real time, so a slow machine asks once more."""
    for _ in range(10):
        leap(server, 61)
        began = time.monotonic()
        statuses = ask()
        if time.monotonic() - began < seconds:
            return statuses
    raise AssertionError(f"this machine does not ask that often within {seconds} s")


def meter(server: Running) -> tuple[int, int]:
    tally = server.control("GET", "meter")
    return tally["core"], tally["core_plus"]


def test_9_ten_in_a_second_of_a_company(shared: Running) -> None:
    def ask_together() -> list[int]:
        with ThreadPoolExecutor(14) as pool:
            return list(pool.map(lambda _: shared.read("preferences").status_code, range(14)))

    turn(shared, throttle=True)
    assert sorted(ask_within(shared, 1, ask_together)) == [200] * 10 + [429] * 4
    leap(shared, 1)
    assert shared.read("preferences").status_code == 200


def test_9_five_hundred_in_a_minute_of_a_company(shared: Running) -> None:
    turn(shared, throttle=True, requests_per_second=10_000)
    statuses = ask_within(
        shared, 60, lambda: [shared.read("preferences").status_code for _ in range(502)]
    )
    assert statuses == [200] * 500 + [429] * 2
    neighbour = shared.control("GET", "companies")["companies"][1]
    tokens = httpx2.post(f"{neighbour['control_url']}/connect", json={}).json()
    answer = shared.client.get(
        f"{tokens['base_url']}/v3/company/{tokens['realm_id']}/preferences",
        headers=shared.headers(Authorization=f"Bearer {tokens['access_token']}"),
    )
    assert answer.status_code == 200, "the limit is one company's own"
    leap(shared, 61)
    assert shared.read("preferences").status_code == 200


def test_9_the_refusal_word_for_word(shared: Running) -> None:
    turn(shared, throttle=True, requests_per_second=0)
    shared.control("POST", "clock", {"set_to": "2026-11-21T12:00:00Z", "is_stopped": True})
    answer = shared.read("preferences")
    assert answer.status_code == 429
    assert "retry-after" not in answer.headers
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == (
        '{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":'
        '"message=ThrottleExceeded; errorCode=003001; statusCode=429",'
        '"detail":"The request limit was reached.  Try again later","code":"3001",'
        '"element":null}],"type":"SERVICE"},"report":null,"queryResponse":null,'
        '"batchItemResponse":[],"attachableResponse":[],"syncErrorResponse":null,'
        '"requestId":null,"time":1795262400000,"status":null,"cdcresponse":[]}'
    )
    turn(shared, retry_after_seconds=60)
    assert shared.read("preferences").headers["retry-after"] == "60"


@pytest.mark.parametrize("limit", [40, 120])
def test_9_batches_have_a_limit_of_their_own(shared: Running, limit: int) -> None:
    turn(shared, throttle=True, requests_per_second=10_000, batches_per_minute=limit)
    query = "select count(*) from Item"
    statuses = ask_within(shared, 60, lambda: [post_batch(shared, query) for _ in range(limit + 2)])
    assert [status == 429 for status in statuses] == [False] * limit + [True] * 2
    assert shared.read("preferences").status_code == 200


def test_9_all_services_together_have_a_limit(shared: Running) -> None:
    turn(shared, throttle=True, combined_per_minute=6)
    leap(shared, 60)
    address = f"{shared.ready['base_url']}/v1/openid_connect/userinfo"
    for _ in range(4):
        assert httpx2.get(address, headers=shared.headers()).status_code == 200
    statuses = [shared.read("preferences").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert httpx2.get(address, headers=shared.headers()).status_code == 429


def test_9_ten_at_once_is_the_older_wording(shared: Running) -> None:
    turn(shared, throttle=True, burst="concurrent", requests_per_second=3, page_delay_ms=2_000)
    leap(shared, 60)

    async def ask_together() -> list[int]:
        address = f"{shared.ready['base_url']}/v3/company/{shared.ready['realm_id']}/query"
        async with httpx2.AsyncClient(headers=shared.headers(), timeout=60) as client:
            wanted = [
                client.get(address, params={"query": "select count(*) from Item"}) for _ in range(5)
            ]
            return [answer.status_code for answer in await asyncio.gather(*wanted)]

    assert sorted(asyncio.run(ask_together())) == [200, 200, 200, 429, 429]
    turn(shared, page_delay_ms=0)
    assert [shared.read("preferences").status_code for _ in range(9)] == [200] * 9


def test_9_a_window_keeps_only_what_it_counts() -> None:
    window = Window(seconds=60)
    for second in range(10_000):
        window.add(now=second)
    assert window.count(now=9_999) == 60
    assert window.count(now=10_059) == 0


def test_9_limits_are_off_unless_wanted(shared: Running) -> None:
    assert {shared.read("preferences").status_code for _ in range(60)} == {200}


def test_10_reads_are_counted_and_writes_are_free(shared: Running) -> None:
    core, core_plus = meter(shared)
    shared.read("preferences")
    shared.read("item/9")
    shared.read("item/999999")
    shared.query("select * from Item")
    shared.client.post(
        f"{shared.ready['base_url']}/v3/company/{shared.ready['realm_id']}/query",
        content="select * from Account",
        headers=shared.headers(),
    )
    assert meter(shared) == (core, core_plus + 5)
    shared.read("preferences", Authorization="Bearer none")
    assert meter(shared) == (core, core_plus + 5), "what the gateway refuses is not counted"
    shared.client.post(
        f"{shared.ready['base_url']}/v3/company/{shared.ready['realm_id']}/item",
        json={},
        headers=shared.headers(),
    )
    assert meter(shared) == (core + 1, core_plus + 5)


@pytest.mark.parametrize(("way", "reads", "writes"), [("each", 3, 2), ("once", 1, 1)])
def test_10_queries_of_a_batch(shared: Running, way: str, reads: int, writes: int) -> None:
    turn(shared, batch_queries_count=way)
    core, core_plus = meter(shared)
    post_batch(shared, *["select count(*) from Item"] * 3, writes=2)
    assert meter(shared) == (core + writes, core_plus + reads)


def test_10_a_spent_budget_blocks_reads_until_the_next_month(shared: Running) -> None:
    # Months that nobody lives through: what other tests read counts where it was read.
    shared.control("POST", "clock", {"set_to": "2087-04-30T12:00:00Z"})
    shared.ready.update(shared.control("POST", "connect", {}))
    assert shared.control("GET", "meter")["budget"] == 500_000
    assert shared.control("POST", "meter", {"core_plus": 499_999})["is_blocked"] is False
    assert shared.read("preferences").status_code == 200
    answer = shared.read("preferences")
    assert answer.status_code == 429
    assert answer.json()["fault"]["error"][0]["code"] == "3001"
    assert shared.control("GET", "meter") == {
        "month": "2087-04", "core": 0, "core_plus": 500_000, "budget": 500_000,
        "is_blocked": True,
    }  # fmt: skip
    assert post_batch(shared, writes=1) != 429, "writing stays free"
    shared.control("POST", "clock", {"set_to": "2087-05-01T08:00:00Z"})
    shared.ready.update(shared.control("POST", "connect", {}))
    assert shared.read("preferences").status_code == 200
    assert shared.control("GET", "meter")["core_plus"] == 1


def test_10_a_budget_can_be_smaller_or_none(shared: Running) -> None:
    shared.control("POST", "meter", {"core_plus": 7})
    turn(shared, read_budget=7)
    assert shared.read("preferences").status_code == 429
    turn(shared, read_budget=0)
    assert shared.read("preferences").status_code == 200
