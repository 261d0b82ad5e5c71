"""Work that is asked for while it runs: nobody's asking is lost."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from tests.support.jobs import (
    act_at_once,
    borrowed_registry,
    enqueue,
    let_lease_end,
    make_due,
    register,
    show,
    take_job,
)

from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope, worker_scope
from partsemble.jobs.errors import JobCancelled
from partsemble.jobs.leases import claim_job, put_back_job, settle_job
from partsemble.jobs.models import Job
from partsemble.jobs.queries import find_open_job
from partsemble.jobs.services import cancel_job
from partsemble.jobs.types import Every, JobState, RunningJob
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.ids import BusinessId

pytestmark = pytest.mark.django_db

HOURLY = Every(seconds=3_600)


def test_what_is_asked_for_while_it_runs_runs_once_more(lamps: BusinessId) -> None:
    attempts: list[int] = []

    def ask_thrice(job: RunningJob) -> None:
        attempts.append(job.attempt)
        if len(attempts) == 1:
            assert {enqueue(lamps, dedupe_key="post") for _ in range(3)} == {job.id}

    register(ask_thrice)
    job_id = enqueue(lamps, dedupe_key="post")
    assert drain_jobs() == 2
    assert attempts == [1, 1]
    assert show(lamps, job_id).state is JobState.DONE


def test_what_fails_for_good_while_somebody_asks_again_gets_new_attempts(
    lamps: BusinessId,
) -> None:
    register(lambda _: None, max_attempts=1)
    job_id = enqueue(lamps, dedupe_key="post")
    claim = take_job()
    enqueue(lamps, dedupe_key="post")
    assert settle_job(claim=claim, state=JobState.FAILED, last_error="boom")
    again = take_job()
    assert (again.id, again.attempt, again.fence) == (job_id, 1, claim.fence + 1)
    assert settle_job(claim=again, state=JobState.DONE)
    assert claim_job(worker="w") is None


def test_a_new_attempt_serves_who_asked_during_the_last(lamps: BusinessId) -> None:
    register(lambda _: None)
    job_id = enqueue(lamps, dedupe_key="post")
    claim = take_job()
    enqueue(lamps, dedupe_key="post")
    assert put_back_job(claim=claim, after_seconds=0)
    assert drain_jobs() == 1
    assert show(lamps, job_id).state is JobState.DONE


def test_who_asks_of_a_worker_that_died_gets_attempts_of_their_own(lamps: BusinessId) -> None:
    register(lambda _: None, max_attempts=1)
    job_id = enqueue(lamps, dedupe_key="post")
    take_job()
    enqueue(lamps, dedupe_key="post")
    let_lease_end(job_id)
    assert drain_jobs() == 1
    assert show(lamps, job_id).state is JobState.DONE


def test_calling_off_and_asking_again_each_undo_the_other(lamps: BusinessId) -> None:
    register(lambda _: None)
    job_id = enqueue(lamps, dedupe_key="post")
    claim = take_job()
    enqueue(lamps, dedupe_key="post")
    cancel_job(business_id=lamps, job_id=job_id)
    assert settle_job(claim=claim, state=JobState.CANCELLED)
    assert show(lamps, job_id).state is JobState.CANCELLED

    heard: list[bool] = []

    def listen(job: RunningJob) -> None:
        heard.append(job.is_cancelled())
        if heard[-1]:
            raise JobCancelled

    with borrowed_registry():
        register(listen, name="test.other")
        other = enqueue(lamps, name="test.other", dedupe_key="other")
        claim = take_job()
        cancel_job(business_id=lamps, job_id=other)
        assert put_back_job(claim=claim, after_seconds=60)
        assert enqueue(lamps, name="test.other", dedupe_key="other") == other
        assert drain_jobs() == 1
    assert heard == [False]
    assert show(lamps, other).state is JobState.DONE


def test_of_a_job_that_waits_the_earlier_time_counts(lamps: BusinessId) -> None:
    register(lambda _: None)
    now = read_database_clock()
    later, soon = now + timedelta(hours=2), now + timedelta(hours=1)
    job_id = enqueue(lamps, dedupe_key="post", run_at=later)
    enqueue(lamps, dedupe_key="post", run_at=soon)
    enqueue(lamps, dedupe_key="post", run_at=later)
    assert show(lamps, job_id).run_at == soon
    enqueue(lamps, dedupe_key="post")
    assert drain_jobs() == 1


def test_asking_does_not_shorten_the_wait_after_a_failure(lamps: BusinessId) -> None:
    register(lambda _: None)
    job_id = enqueue(lamps, dedupe_key="post")
    assert put_back_job(claim=take_job(), after_seconds=60, last_error="boom")
    enqueue(lamps, dedupe_key="post")
    assert drain_jobs() == 0
    make_due(job_id)
    assert drain_jobs() == 1


def test_a_job_without_a_key_is_always_a_new_one(ran: list[RunningJob], lamps: BusinessId) -> None:
    assert enqueue(lamps) != enqueue(lamps)
    assert drain_jobs() == len(ran) == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_that_was_asked_for_is_lost_however_the_job_ends(lamps: BusinessId) -> None:
    """Five askers write and ask in one transaction each time, while two workers read and end."""

    def read_all(_: RunningJob) -> None:
        with worker_scope():
            marks = Job.objects.filter(name="test.mark")
            marks.filter(id__in=[each.id for each in marks]).update(name="test.read")

    def write_and_ask() -> int:
        for _ in range(10):
            with business_scope(lamps), transaction.atomic():
                enqueue(lamps, name="test.mark", run_at=read_database_clock() + timedelta(days=1))
                enqueue(lamps, dedupe_key="post")
        return 10

    register(lambda _: None, name="test.mark")
    register(read_all)
    with _working(2):
        assert sum(act_at_once(5, write_and_ask)) == 50
    drain_jobs()
    with business_scope(lamps):
        assert Job.objects.filter(name="test.read").count() == 50
    assert find_open_job(business_id=lamps, dedupe_key="post") is None


@contextmanager
def _working(count: int) -> Iterator[None]:
    is_over = threading.Event()

    def work() -> None:
        while not is_over.wait(0.01):
            drain_jobs()
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(count)]
    for each in workers:
        each.start()
    try:
        yield
    finally:
        is_over.set()
        for each in workers:
            each.join(timeout=60)


@pytest.mark.django_db(transaction=True)
def test_nobody_claims_a_job_before_its_last_asker_has_committed(lamps: BusinessId) -> None:
    register(lambda _: None)
    job_id = enqueue(lamps, dedupe_key="post")

    def look() -> int:
        return 0 if claim_job(worker="rival") is None else 1

    with business_scope(lamps), transaction.atomic():
        enqueue(lamps, dedupe_key="post")
        # On SQLite a rival who claims waits for the file; here it is enough that it reads.
        assert connection.vendor == "sqlite" or act_at_once(1, look) == [0]
    assert act_at_once(1, look) == [1]
    assert show(lamps, job_id).state is JobState.RUNNING
