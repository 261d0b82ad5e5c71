"""Kinds of job for tests, and ways to reach into the table of work."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connections

from partsemble.database.clock import DatabaseClock, read_database_clock
from partsemble.database.scope import business_scope, worker_scope
from partsemble.jobs import registry
from partsemble.jobs.leases import claim_job
from partsemble.jobs.models import Job, Schedule
from partsemble.jobs.queries import get_job
from partsemble.jobs.services import enqueue_job
from partsemble.jobs.types import Claim, JobView, RunningJob
from partsemble.kernel.ids import BusinessId, JobId
from partsemble.sync.due_models import WaitingSync

JUST_BEFORE = DatabaseClock(plus_seconds=-0.01)
"""Over for whoever looks next, even within the same millisecond, as now itself may not be."""


@contextmanager
def borrowed_registry() -> Iterator[None]:
    """This will forget at the end which kinds the block registered."""
    before = dict(registry._kinds)
    try:
        yield
    finally:
        registry._kinds.clear()
        registry._kinds.update(before)


def register(run: Callable[[RunningJob], object], *, name: str = "test.job", **terms: Any) -> None:
    """This will let jobs of that name run a function."""

    def run_only(job: RunningJob) -> None:
        run(job)

    registry.job_kind(name, permission=None, **terms)(run_only)


def enqueue(business_id: BusinessId | None, *, name: str = "test.job", **words: Any) -> JobId:
    """This will ask for a job as a person of the tests."""
    return enqueue_job(name=name, business_id=business_id, actor_label="Olivia", **words)


def change_job(job_id: JobId, **changes: Any) -> None:
    """This will write into a job's row past every rule."""
    with worker_scope():
        assert Job.objects.filter(id=job_id).update(**changes) == 1


def let_lease_end(job_id: JobId) -> None:
    """This will move the end of a job's lease into the past, as silence would."""
    change_job(job_id, lease_until=JUST_BEFORE)


def make_due(job_id: JobId) -> None:
    """This will spare the test the wait for a job's time."""
    change_job(job_id, run_at=JUST_BEFORE)


def let_jobs_come(business_id: BusinessId) -> None:
    """This will spare the test the wait for the time of all jobs of a business."""
    with business_scope(business_id):
        Job.objects.filter(finished_at__isnull=True).update(run_at=JUST_BEFORE)


def let_schedule_come(
    business_id: BusinessId | None,
    *,
    name: str = "test.job",
    ago: timedelta = timedelta(seconds=1),
) -> datetime:
    """This will move a schedule's next instant into the past, as time would."""
    came_at = read_database_clock() - ago
    with worker_scope():
        found = Schedule.objects.filter(business_id=business_id, name=name)
        assert found.update(next_at=came_at) == 1
    return came_at


def make_waiting_ready(business_id: BusinessId) -> None:
    """This will spare the test the while for which changes gather."""
    with business_scope(business_id):
        WaitingSync.objects.update(ready_at=JUST_BEFORE)


def take_job() -> Claim:
    """This will claim the next job, as the only worker of the test."""
    claim = claim_job(worker="w")
    assert claim is not None
    return claim


def show(business_id: BusinessId | None, job_id: JobId) -> JobView:
    """This will show a job as its people see it."""
    return get_job(business_id=business_id, job_id=job_id)


def act_at_once(count: int, act: Callable[[], int]) -> list[int]:
    """This will let some threads act as nearly at the same moment as can be."""
    together = threading.Barrier(count)

    def act_then_leave() -> int:
        together.wait(timeout=30)
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [each.result() for each in [pool.submit(act_then_leave) for _ in range(count)]]
