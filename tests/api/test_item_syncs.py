"""Item syncs by the API: started once, followed to the end, listed page by page (SYNC-1)."""

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from tests.support.api import Program, read, read_problem
from tests.support.cast import Cast

from partsemble.accounting.models import Item
from partsemble.api.errors import IdempotencyKeyReused
from partsemble.api.models import RepeatableWrite
from partsemble.api.services import REMEMBERED, name_record
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.ids import BusinessId, RunId
from partsemble.locks.errors import SyncLockHeld
from partsemble.sync.queries import list_runs
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Trigger

pytestmark = pytest.mark.django_db(transaction=True)


def count_runs(cast: Cast) -> int:
    return len(list_runs(actor=cast.owner.actor))


def test_a_run_from_start_to_report(connected: Cast, program: Program) -> None:
    run = read(program.post("item-syncs"), 202)
    assert run["state"] == "queued"
    assert run["trigger"] == "api"
    assert run["started_by"] == "Olivia Owner by the token A script"
    assert UUID(run["id"]).version == 7
    assert run["queued_at"].endswith("Z")
    assert run["types"] == ["inventory", "service", "bundle"]
    drain_jobs()
    ended = read(program.get(f"item-syncs/{run['id']}"))
    assert ended["state"] == "finished"
    assert ended["counts"]["created"] == ended["applied_steps"] == ended["planned_steps"] > 40
    assert ended["counts"]["skipped_type"] > 0
    assert ended["failure"] is None


def test_the_steps_of_a_run_page_by_page(synced: Program) -> None:
    (run,) = read(synced.get("item-syncs"))["rows"]
    steps = follow(synced, f"item-syncs/{run['id']}/steps", limit=20)
    assert [each["sequence"] for each in steps] == list(range(1, run["planned_steps"] + 1))
    assert {each["kind"] for each in steps} == {"create"}
    assert all(each["is_applied"] for each in steps)


def test_what_changed_is_told_field_by_field(connected: Cast, synced: Program) -> None:
    item = read(synced.get("accounting-items", search="lamp", type="inventory"))["rows"][0]
    with business_scope(connected.owner.business.id):
        Item.objects.filter(id=item["id"]).update(
            description="As it was", digest="of that", fingerprint="of that"
        )
    run = read(synced.post("item-syncs", {"full": True}), 202)
    drain_jobs()
    (step,) = read(synced.get(f"item-syncs/{run['id']}/steps"))["rows"]
    assert (step["kind"], step["external_id"]) == ("update", item["external_id"])
    assert step["changes"] == [
        {"field": "description", "before": "As it was", "after": item["description"]}
    ]


def follow(program: Program, path: str, **parameters: str | int) -> list[Any]:
    """This will read a list to its end."""
    rows: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = read(program.get(path, **parameters, **cursor))
        assert len(page["rows"]) <= int(parameters.get("limit", 50))
        rows += page["rows"]
        if page["next_cursor"] is None:
            return rows
        assert page["rows"]
        cursor = {"cursor": page["next_cursor"]}


def test_runs_are_listed_newest_first_each_once(connected: Cast, program: Program) -> None:
    started = []
    for _ in range(5):
        started.append(read(program.post("item-syncs"), 202)["id"])
        drain_jobs()
    for limit in (1, 2, 5, 50):
        listed = [each["id"] for each in follow(program, "item-syncs", limit=limit)]
        assert listed == started[::-1], limit


def test_a_second_run_is_refused_while_one_is_open(connected: Cast, program: Program) -> None:
    read(program.post("item-syncs"), 202)
    problem = read_problem(program.post("item-syncs"), 409)
    assert problem["code"] == "sync_lock_held"
    assert problem["title"] == "An item sync is running."
    assert "Olivia Owner" in problem["detail"]


def test_without_books_there_is_nothing_to_read(program: Program) -> None:
    assert read_problem(program.post("item-syncs"), 409)["code"] == "not_connected"


def test_a_repeated_request_makes_one_run(connected: Cast, program: Program) -> None:
    first = read(program.post("item-syncs", key="nightly-1"), 202)
    again = read(program.post("item-syncs", {}, key="nightly-1"), 202)
    assert again == first
    drain_jobs()
    ended = read(program.post("item-syncs", {"full": False}, key="nightly-1"), 202)
    assert (ended["id"], ended["state"]) == (first["id"], "finished")
    assert count_runs(connected) == 1
    read(program.post("item-syncs", key="nightly-2"), 202)
    assert count_runs(connected) == 2


def test_a_key_stands_for_one_request(connected: Cast, program: Program) -> None:
    read(program.post("item-syncs", {"full": True}, key="k"), 202)
    problem = read_problem(program.post("item-syncs", {"full": False}, key="k"), 422)
    assert problem["code"] == "idempotency_key_reused"
    assert count_runs(connected) == 1


def test_a_refused_request_may_succeed_when_repeated(connected: Cast, program: Program) -> None:
    read(program.post("item-syncs"), 202)
    read_problem(program.post("item-syncs", key="later"), 409)
    drain_jobs()
    later = read(program.post("item-syncs", key="later"), 202)
    assert later["state"] == "queued"
    assert count_runs(connected) == 2


def test_a_request_sent_many_times_at_once_makes_one_run(connected: Cast, program: Program) -> None:
    answers: list[Any] = []
    barrier = threading.Barrier(4)

    def send() -> None:
        barrier.wait()
        answers.append(read(program.post("item-syncs", key="at-once"), 202)["id"])
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert count_runs(connected) == 1


def test_an_attempt_that_comes_second_by_a_blink_finds_the_run(
    connected: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = RunId(uuid4())
    actor = connected.owner.actor
    start_item_sync(actor=actor, trigger=Trigger.API, run_id=run_id)
    # Both looked before either had stored its run.
    looks = iter((False, True))
    monkeypatch.setattr("partsemble.sync.services.start.has_run", lambda **_: next(looks))
    assert start_item_sync(actor=actor, trigger=Trigger.API, run_id=run_id) == run_id
    assert count_runs(connected) == 1
    with pytest.raises(SyncLockHeld):
        start_item_sync(actor=actor, trigger=Trigger.API)


@pytest.mark.parametrize("key", ["two words", "x" * 201, "ключ".encode().decode("latin-1")])
def test_what_is_no_key_is_refused(program: Program, key: str) -> None:
    problem = read_problem(program.post("item-syncs", key=key), 422)
    assert problem["code"] == "invalid_input"
    assert [each["place"] for each in problem["errors"]] == ["header.Idempotency-Key"]


def name(business_id: BusinessId, key: str, operation: str = "POST /x", body: Any = None) -> UUID:
    return name_record(business_id=business_id, key=key, operation=operation, body=body)


def test_a_key_names_a_record_of_its_business(cast: Cast) -> None:
    mine, theirs = cast.owner.business.id, cast.stranger.business.id
    record = name(mine, "k", body={"a": 1, "b": 2})
    assert name(mine, "k", body={"b": 2, "a": 1}) == record
    assert name(theirs, "k", body={"a": 1, "b": 2}) != record
    assert name(mine, "l", body={"a": 1, "b": 2}) != record
    for operation, body in (("POST /y", {"a": 1, "b": 2}), ("POST /x", {"a": 1})):
        with pytest.raises(IdempotencyKeyReused):
            name(mine, "k", operation, body)


def test_a_key_is_forgotten_in_time(cast: Cast) -> None:
    mine = cast.owner.business.id
    first = name(mine, "k")
    with business_scope(mine):
        RepeatableWrite.objects.update(created_at=read_database_clock() - REMEMBERED * 1.01)
    assert name(mine, "k", body="another") != first
