"""Who gets a job, and what a worker can still say when it is not its own any more."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests.support.jobs import (
    borrowed_registry,
    change_job,
    enqueue,
    let_lease_end,
    register,
    show,
    take_job,
)

from partsemble.database.clock import DatabaseClock, read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope, worker_scope
from partsemble.jobs import registry
from partsemble.jobs.attempts import run_attempt
from partsemble.jobs.errors import JobLost
from partsemble.jobs.leases import (
    KEEP_FINISHED_DAYS,
    claim_job,
    extend_lease,
    is_cancel_requested,
    prune_finished_jobs,
    put_back_job,
    record_sign_of_life,
    report_progress,
    say_goodbye,
    settle_job,
)
from partsemble.jobs.models import Job, Worker
from partsemble.jobs.queries import count_waiting_jobs, list_workers
from partsemble.jobs.services import cancel_job
from partsemble.jobs.types import Claim, JobState, RunningJob
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.ids import BusinessId, JobId

pytestmark = pytest.mark.django_db

DAY_SECONDS = 86_400


@pytest.fixture(autouse=True)
def _idle_kind(_own_registry: None) -> None:
    register(lambda _: None)


# ── Claiming ─────────────────────────────────────────────────────────────────────────────────


def test_a_claimed_job_is_nobody_else_s(lamps: BusinessId) -> None:
    job_id = enqueue(lamps)
    claim = take_job()
    assert (claim.id, claim.fence, claim.attempt) == (job_id, 1, 1)
    assert claim_job(worker="rival") is None
    assert count_waiting_jobs() == 0
    assert show(lamps, job_id).state is JobState.RUNNING


def test_who_waits_longest_comes_first(lamps: BusinessId) -> None:
    now = read_database_clock()
    ids = [enqueue(lamps, run_at=now - timedelta(seconds=age)) for age in (10, 30, 20)]
    assert [take_job().id for _ in ids] == [ids[1], ids[2], ids[0]]


def test_a_thousand_jobs_of_one_business_don_t_keep_another_waiting(
    lamps: BusinessId, chairs: BusinessId
) -> None:
    now = read_database_clock()
    theirs = [enqueue(lamps, run_at=now - timedelta(seconds=60 - age)) for age in range(20)]
    ours = [enqueue(chairs, run_at=now - timedelta(seconds=2 - age)) for age in range(2)]
    order = [take_job().id for _ in range(len(theirs) + len(ours))]
    assert order == [theirs[0], ours[0], *theirs[1:], ours[1]]


def test_a_worker_leaves_alone_what_it_does_not_know(lamps: BusinessId) -> None:
    with borrowed_registry():
        register(lambda _: None, name="test.from_a_newer_version")
        enqueue(lamps, name="test.from_a_newer_version")
    assert claim_job(worker="older") is None
    assert count_waiting_jobs() == 1


def test_a_worker_without_kinds_finds_nothing(lamps: BusinessId) -> None:
    enqueue(lamps)
    with borrowed_registry():
        registry._kinds.clear()
        assert claim_job(worker="w") is None


@pytest.mark.django_db(transaction=True)
def test_looking_for_work_takes_no_write_lock(lamps: BusinessId) -> None:
    enqueue(lamps)
    claim = take_job()
    with _rival_writer():
        # Waiting for that writer would end with an error.
        assert claim_job(worker="w") is None
    assert settle_job(claim=claim, state=JobState.DONE)


@contextmanager
def _rival_writer() -> Iterator[None]:
    """Somebody who is writing; on PostgreSQL readers wait for nobody anyway."""
    path = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else ":memory:"
    with closing(sqlite3.connect(str(path), isolation_level=None)) as rival:
        rival.execute("BEGIN IMMEDIATE")
        yield


# ── Leases ───────────────────────────────────────────────────────────────────────────────────


def test_a_job_left_behind_is_claimed_again_with_a_greater_fence(lamps: BusinessId) -> None:
    job_id = enqueue(lamps)
    lost = take_job()
    let_lease_end(job_id)
    assert count_waiting_jobs() == 1
    claim = take_job()
    assert (claim.id, claim.fence, claim.attempt) == (job_id, lost.fence + 1, 2)
    assert settle_job(claim=claim, state=JobState.DONE)


def _is_reported(claim: Claim) -> bool:
    try:
        report_progress(claim=claim, progress={"late": True})
    except JobLost:
        return False
    return True


SENTENCES: dict[str, Callable[[Claim], bool]] = {
    "extend": lambda claim: extend_lease(claim=claim),
    "done": lambda claim: settle_job(claim=claim, state=JobState.DONE),
    "failed": lambda claim: settle_job(claim=claim, state=JobState.FAILED, last_error="e"),
    "put back": lambda claim: put_back_job(claim=claim, after_seconds=0),
    "report": _is_reported,
}


def _read_row(job_id: JobId) -> dict[str, Any]:
    with worker_scope():
        return dict(Job.objects.filter(id=job_id).values().get())


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_owner_is_heard(lamps: BusinessId, sentence: str) -> None:
    job_id = enqueue(lamps)
    claim = take_job()
    before = _read_row(job_id)
    assert SENTENCES[sentence](claim)
    assert _read_row(job_id) != before


@pytest.mark.parametrize("sentence", SENTENCES)
def test_who_is_late_says_nothing_even_if_nobody_took_over(
    lamps: BusinessId, sentence: str
) -> None:
    job_id = enqueue(lamps)
    claim = take_job()
    let_lease_end(job_id)
    before = _read_row(job_id)
    assert not SENTENCES[sentence](claim)
    assert _read_row(job_id) == before


@pytest.mark.parametrize("sentence", SENTENCES)
def test_who_lost_the_job_says_nothing(lamps: BusinessId, sentence: str) -> None:
    job_id = enqueue(lamps)
    lost = take_job()
    let_lease_end(job_id)
    take_job()
    before = _read_row(job_id)
    assert not SENTENCES[sentence](lost)
    assert _read_row(job_id) == before


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_a_job_that_has_ended_stays_as_it_is(
    lamps: BusinessId, state: JobState, sentence: str
) -> None:
    job_id = enqueue(lamps)
    claim = take_job()
    assert settle_job(claim=claim, state=state)
    before = _read_row(job_id)
    assert not SENTENCES[sentence](claim)
    assert cancel_job(business_id=lamps, job_id=job_id) is state
    assert claim_job(worker="w") is None
    assert _read_row(job_id) == before


def test_a_report_extends_the_lease(lamps: BusinessId) -> None:
    job_id = enqueue(lamps)
    claim = take_job()
    change_job(job_id, lease_until=DatabaseClock(plus_seconds=claim.lease_seconds / 2))
    before = read_database_clock()
    report_progress(claim=claim, progress={})
    counted_from = _read_row(job_id)["lease_until"] - timedelta(seconds=claim.lease_seconds)
    assert before <= counted_from <= read_database_clock()


def test_a_lost_handler_is_stopped_at_its_report_and_writes_nothing(lamps: BusinessId) -> None:
    def work(job: RunningJob) -> None:
        with business_scope(lamps), transaction.atomic():
            enqueue(lamps, dedupe_key="what the handler writes")
            let_lease_end(job.id)
            job.report({"page": 1})

    register(work, name="test.late")
    job_id = enqueue(lamps, name="test.late")
    run_attempt(claim=take_job(), is_stopping=lambda: False, jitter=lambda: 0)
    assert show(lamps, job_id).state is JobState.RUNNING
    assert count_waiting_jobs() == 0


def test_a_stopping_worker_gets_its_job_back_at_the_next_report(lamps: BusinessId) -> None:
    register(lambda job: job.report({"page": 1}), name="test.reports")
    job_id = enqueue(lamps, name="test.reports")
    run_attempt(claim=take_job(), is_stopping=lambda: True, jitter=lambda: 0)
    view = show(lamps, job_id)
    assert (view.state, view.attempts, view.progress) == (JobState.QUEUED, 0, {})
    assert count_waiting_jobs() == 1


def test_a_request_to_cancel_outlives_the_worker(lamps: BusinessId) -> None:
    job_id = enqueue(lamps)
    take_job()
    assert cancel_job(business_id=lamps, job_id=job_id) is JobState.RUNNING
    let_lease_end(job_id)
    assert is_cancel_requested(claim=take_job())


# ── Sweeping, and signs of life ──────────────────────────────────────────────────────────────


def test_what_ended_long_ago_is_swept_up(lamps: BusinessId) -> None:
    old, recent, waiting = (enqueue(lamps) for _ in range(3))
    ages = {old: KEEP_FINISHED_DAYS + 1, recent: KEEP_FINISHED_DAYS - 1}
    for job_id, days in ages.items():
        ended = DatabaseClock(plus_seconds=-days * DAY_SECONDS)
        change_job(job_id, state=JobState.DONE, finished_at=ended, lease_until=None)
    assert prune_finished_jobs() == 1
    with worker_scope():
        assert set(Job.objects.values_list("id", flat=True)) == {recent, waiting}


def test_sweeping_goes_in_chunks(lamps: BusinessId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partsemble.jobs.leases.PRUNE_CHUNK", 2)
    for _ in range(5):
        enqueue(lamps)
    drain_jobs()
    with worker_scope():
        # The last one may have ended in this very millisecond, which is not yet past.
        ended = Job.objects.filter(finished_at__isnull=False)
        ended.update(finished_at=DatabaseClock(plus_seconds=-1))
    assert prune_finished_jobs(keep_days=0) == 5


def test_a_worker_is_alive_as_long_as_it_gives_signs_of_life() -> None:
    ids = {"a": new_id(), "b": new_id()}
    for name, worker_id in ids.items():
        record_sign_of_life(worker_id=worker_id, name=name)
    # Not in the same millisecond as what follows: of two such the older worker comes first.
    Worker.objects.filter(name="a").update(seen_at=DatabaseClock(plus_seconds=-1))
    Worker.objects.filter(name="b").update(seen_at=DatabaseClock(plus_seconds=-60))
    assert [(each.name, each.is_alive) for each in list_workers()] == [("a", True), ("b", False)]
    record_sign_of_life(worker_id=ids["b"], name="b")
    assert [(each.name, each.is_alive) for each in list_workers()] == [("b", True), ("a", True)]
    say_goodbye(worker_id=ids["b"])
    assert [each.name for each in list_workers()] == ["a"]


def test_a_worker_that_died_is_forgotten_after_a_day() -> None:
    for name in ("a", "b"):
        record_sign_of_life(worker_id=new_id(), name=name)
    Worker.objects.filter(name="b").update(seen_at=DatabaseClock(plus_seconds=-2 * DAY_SECONDS))
    prune_finished_jobs()
    assert [each.name for each in list_workers()] == ["a"]
