"""Asking for work, calling it off, and what becomes of attempts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from tests.support.cast import Cast
from tests.support.jobs import (
    change_job,
    enqueue,
    let_lease_end,
    make_due,
    register,
    show,
    take_job,
)

from partsemble.database.clock import read_database_clock
from partsemble.database.scope import ScopeMissing, business_scope, worker_scope
from partsemble.jobs.attempts import run_attempt
from partsemble.jobs.errors import JobCancelled, JobKindUnknown, JobNotFound, RetryLater
from partsemble.jobs.leases import claim_job
from partsemble.jobs.models import Job
from partsemble.jobs.queries import count_waiting_jobs, find_open_job, get_job
from partsemble.jobs.registry import get_job_kind, list_job_kinds
from partsemble.jobs.rules import backoff_seconds
from partsemble.jobs.services import PAYLOAD_LIMIT, cancel_job
from partsemble.jobs.types import JobState, RunningJob
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.ids import BusinessId, JobId
from partsemble.kernel.permissions import Permission

pytestmark = pytest.mark.django_db


def _rest(job: RunningJob) -> None:
    """Nothing to do."""


# ── Asking for work ──────────────────────────────────────────────────────────────────────────


def test_a_job_runs_once_with_what_it_was_asked_for(cast: Cast, lamps: BusinessId) -> None:
    seen: list[RunningJob] = []
    register(seen.append)
    job_id = enqueue(lamps, user_id=cast.owner.user.id, payload={"run": "r1"})
    assert drain_jobs() == 1
    assert drain_jobs() == 0
    [job] = seen
    assert (job.id, job.business_id, job.user_id) == (job_id, lamps, cast.owner.user.id)
    assert (job.name, job.actor_label, job.payload) == ("test.job", "Olivia", {"run": "r1"})
    assert (job.attempt, job.fence) == (1, 1)
    view = show(lamps, job_id)
    assert view.state is JobState.DONE
    assert view.finished_at is not None
    assert view.started_at is not None
    assert view.created_at <= view.started_at <= view.finished_at


def test_a_name_that_no_app_registers_is_refused(lamps: BusinessId) -> None:
    with pytest.raises(JobKindUnknown) as refusal:
        enqueue(lamps, name="test.nobody")
    assert refusal.value.facts == {"name": "test.nobody"}
    assert count_waiting_jobs() == 0


def test_a_payload_that_is_no_name_but_the_work_itself_is_refused(lamps: BusinessId) -> None:
    register(_rest)
    with pytest.raises(ValueError, match="8000 are allowed"):
        enqueue(lamps, payload={"rows": "x" * PAYLOAD_LIMIT})


def test_a_job_is_asked_for_in_the_callers_transaction(lamps: BusinessId) -> None:
    register(_rest)
    with business_scope(lamps), transaction.atomic():
        enqueue(lamps)
        transaction.set_rollback(True)
    assert count_waiting_jobs() == 0


def test_a_job_waits_for_its_time(lamps: BusinessId) -> None:
    register(_rest)
    job_id = enqueue(lamps, run_at=read_database_clock() + timedelta(minutes=5))
    assert (count_waiting_jobs(), drain_jobs()) == (0, 0)
    make_due(job_id)
    assert (count_waiting_jobs(), drain_jobs()) == (1, 1)


def test_the_same_work_is_open_once(lamps: BusinessId, chairs: BusinessId) -> None:
    register(_rest)
    first = enqueue(lamps, dedupe_key="items")
    assert enqueue(lamps, dedupe_key="items") == first
    assert enqueue(lamps, dedupe_key="sales") != first
    assert enqueue(chairs, dedupe_key="items") != first
    assert enqueue(lamps) != enqueue(lamps)
    open_job = find_open_job(business_id=lamps, dedupe_key="items")
    assert open_job is not None
    assert open_job.id == first
    assert drain_jobs() == 5
    assert find_open_job(business_id=lamps, dedupe_key="items") is None
    assert enqueue(lamps, dedupe_key="items") != first


def test_work_that_runs_is_open_too(lamps: BusinessId) -> None:
    asked: list[JobId] = []

    def ask_once(job: RunningJob) -> None:
        if not asked:
            asked.append(enqueue(job.business_id, dedupe_key="items"))

    register(ask_once)
    job_id = enqueue(lamps, dedupe_key="items")
    assert drain_jobs() == 2
    assert asked == [job_id]


def test_the_systems_own_work_is_open_once_too() -> None:
    register(_rest)
    first = enqueue(None, dedupe_key="sweep")
    assert enqueue(None, dedupe_key="sweep") == first
    assert drain_jobs() == 1
    assert show(None, first).state is JobState.DONE


def test_the_database_keeps_work_open_once(lamps: BusinessId) -> None:
    register(_rest)
    enqueue(lamps, dedupe_key="items")
    other = enqueue(lamps, dedupe_key="sales")
    with pytest.raises(IntegrityError), transaction.atomic():
        change_job(other, dedupe_key="items")


@pytest.mark.django_db(transaction=True)
def test_many_ask_for_the_same_work_at_once(lamps: BusinessId) -> None:
    register(_rest)
    together = Barrier(6)

    def ask(_: int) -> set[JobId]:
        try:
            together.wait()
            return {enqueue(lamps, dedupe_key="items") for _ in range(10)}
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as people:
        answers = set[JobId]().union(*people.map(ask, range(6)))
    assert len(answers) == 1
    assert count_waiting_jobs() == 1


# ── What becomes of attempts ─────────────────────────────────────────────────────────────────


def test_a_failed_attempt_is_repeated_later_and_later(lamps: BusinessId) -> None:
    attempts: list[int] = []
    given_up: list[int] = []

    def fail(job: RunningJob) -> None:
        attempts.append(job.attempt)
        raise ConnectionError("token=hunter2")

    register(fail, max_attempts=3, give_up=lambda job: given_up.append(job.attempt))
    job_id = enqueue(lamps)
    for attempt in (1, 2):
        before = read_database_clock()
        assert drain_jobs(jitter=lambda: 0.5) == 1
        view = show(lamps, job_id)
        wait = timedelta(seconds=backoff_seconds(attempt=attempt, jitter=0.5))
        assert view.state is JobState.QUEUED
        assert before + wait <= view.run_at <= read_database_clock() + wait
        make_due(job_id)
    assert drain_jobs() == 1
    view = show(lamps, job_id)
    assert (attempts, given_up) == ([1, 2, 3], [3])
    assert (view.state, view.attempts) == (JobState.FAILED, 3)
    assert view.last_error.startswith("ConnectionError at ")
    assert "hunter2" not in view.last_error
    assert drain_jobs() == 0


def test_putting_it_off_is_no_failure(lamps: BusinessId) -> None:
    def put_off(_: RunningJob) -> None:
        raise RetryLater(after_seconds=90)

    register(put_off, max_attempts=1)
    job_id = enqueue(lamps)
    wait = timedelta(seconds=90)
    for fence in range(1, 4):
        before = read_database_clock()
        assert drain_jobs() == 1
        view = show(lamps, job_id)
        assert (view.state, view.attempts, view.last_error) == (JobState.QUEUED, 0, "")
        assert before + wait <= view.run_at <= read_database_clock() + wait
        with worker_scope():
            assert Job.objects.get(id=job_id).fence == fence
        make_due(job_id)


def test_a_job_whose_workers_died_too_often_is_given_up(lamps: BusinessId) -> None:
    ran: list[RunningJob] = []
    given_up: list[JobState] = []
    register(
        ran.append,
        max_attempts=2,
        give_up=lambda job: given_up.append(show(lamps, job.id).state),
    )
    job_id = enqueue(lamps)
    for _ in range(2):
        assert claim_job(worker="dies") is not None
        let_lease_end(job_id)
    assert drain_jobs() == 1
    view = show(lamps, job_id)
    assert (ran, view.state, view.last_error) == ([], JobState.FAILED, "worker_died")
    assert given_up == [JobState.RUNNING]


@pytest.mark.django_db(transaction=True)
def test_giving_up_is_tried_again_while_the_database_is_busy_and_breaks_nothing(
    lamps: BusinessId,
) -> None:
    troubles: list[Exception] = [OperationalError("locked"), ConnectionError("a fault of ours")]

    def give_up(job: RunningJob) -> None:
        raise troubles.pop(0)

    register(lambda _: 1 / 0, max_attempts=1, give_up=give_up)
    job_id = enqueue(lamps)
    assert drain_jobs() == 1
    view = show(lamps, job_id)
    assert (troubles, view.state) == ([], JobState.FAILED)
    assert view.last_error.startswith("ZeroDivisionError at ")


def test_who_is_late_gives_nothing_up(lamps: BusinessId) -> None:
    given_up: list[RunningJob] = []

    def be_late(job: RunningJob) -> None:
        let_lease_end(job.id)
        raise ConnectionError

    register(be_late, max_attempts=1, give_up=given_up.append)
    job_id = enqueue(lamps)
    claim = take_job()
    run_attempt(claim=claim, is_stopping=lambda: False, jitter=lambda: 0.5)
    assert (given_up, show(lamps, job_id).state) == ([], JobState.RUNNING)


def test_progress_is_seen_while_the_job_runs(lamps: BusinessId) -> None:
    seen = []

    def work(job: RunningJob) -> None:
        for page in (1, 2):
            job.report({"page": page})
            seen.append(show(lamps, job.id).progress)

    register(work)
    job_id = enqueue(lamps)
    drain_jobs()
    assert seen == [{"page": 1}, {"page": 2}]
    assert show(lamps, job_id).progress == {"page": 2}


# ── Calling it off ───────────────────────────────────────────────────────────────────────────


def test_a_waiting_job_is_cancelled_at_once(lamps: BusinessId) -> None:
    ran: list[RunningJob] = []
    register(ran.append)
    job_id = enqueue(lamps)
    assert cancel_job(business_id=lamps, job_id=job_id) is JobState.CANCELLED
    assert (drain_jobs(), ran) == (0, [])
    assert not show(lamps, job_id).is_open


def test_a_running_job_hears_of_it_and_tidies_up(lamps: BusinessId) -> None:
    heard = []

    def work(job: RunningJob) -> None:
        heard.append(job.is_cancelled())
        assert cancel_job(business_id=lamps, job_id=job.id) is JobState.RUNNING
        heard.append(job.is_cancelled())
        raise JobCancelled

    register(work)
    job_id = enqueue(lamps)
    drain_jobs()
    assert heard == [False, True]
    assert show(lamps, job_id).state is JobState.CANCELLED


def test_a_running_job_may_be_done_in_spite_of_it(lamps: BusinessId) -> None:
    register(lambda job: cancel_job(business_id=lamps, job_id=job.id))
    job_id = enqueue(lamps)
    drain_jobs()
    view = show(lamps, job_id)
    assert (view.state, view.is_cancel_requested) == (JobState.DONE, True)
    assert cancel_job(business_id=lamps, job_id=job_id) is JobState.DONE


@pytest.mark.parametrize("ending", [RetryLater(after_seconds=600), ConnectionError()])
def test_a_job_that_would_wait_tidies_up_at_once_instead(
    lamps: BusinessId, ending: Exception
) -> None:
    def work(job: RunningJob) -> None:
        if job.is_cancelled():
            raise JobCancelled
        cancel_job(business_id=lamps, job_id=job.id)
        raise ending

    register(work)
    job_id = enqueue(lamps)
    assert drain_jobs() == 2
    assert show(lamps, job_id).state is JobState.CANCELLED


# ── Whose job it is ──────────────────────────────────────────────────────────────────────────


def test_nobody_sees_another_business_s_job(lamps: BusinessId, chairs: BusinessId) -> None:
    register(_rest)
    job_id = enqueue(lamps, dedupe_key="items")
    with pytest.raises(JobNotFound):
        get_job(business_id=chairs, job_id=job_id)
    with pytest.raises(JobNotFound):
        cancel_job(business_id=chairs, job_id=job_id)
    assert find_open_job(business_id=chairs, dedupe_key="items") is None
    with pytest.raises(JobNotFound):
        get_job(business_id=None, job_id=job_id)
    with pytest.raises(JobNotFound):
        get_job(business_id=lamps, job_id=enqueue(None))
    assert drain_jobs() == 2


def test_rows_are_behind_the_wall(lamps: BusinessId, chairs: BusinessId) -> None:
    register(_rest)
    enqueue(lamps)
    enqueue(None)

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM jobs_job")
            (found,) = cursor.fetchone()
            return int(found)

    with pytest.raises(ScopeMissing):
        Job.objects.count()
    with worker_scope():
        assert count() == 2
    if connection.vendor == "postgresql":
        assert count() == 0
        with business_scope(lamps):
            assert count() == 1
        with business_scope(chairs):
            assert count() == 0
    else:
        with pytest.raises(ScopeMissing):
            count()


def test_a_worker_s_scope_shows_no_business() -> None:
    with worker_scope(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM identity_business")
            assert cursor.fetchone() == (0,)
        else:
            with pytest.raises(ScopeMissing):
                cursor.execute("SELECT count(*) FROM identity_business")


# ── Kinds ────────────────────────────────────────────────────────────────────────────────────


def test_kinds_say_who_may_ask_for_them() -> None:
    register(_rest, lease_seconds=7, max_attempts=2)
    kind = get_job_kind(name="test.job")
    assert (kind.permission, kind.lease_seconds, kind.max_attempts) == (None, 7, 2)
    assert kind in list_job_kinds()
    assert all(isinstance(each.permission, Permission | None) for each in list_job_kinds())


@pytest.mark.parametrize("terms", [{"lease_seconds": 0}, {"max_attempts": 0}])
def test_a_kind_that_could_not_run_is_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        register(_rest, **terms)


def test_two_kinds_don_t_share_a_name() -> None:
    register(_rest)
    with pytest.raises(ValueError, match=r"two kinds of job are named test\.job"):
        register(_rest)
