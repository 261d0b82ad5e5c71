"""Everything that reads jobs and workers."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from partsemble.database.clock import DatabaseClock, read_database_clock
from partsemble.database.scope import business_scope, worker_scope
from partsemble.jobs.errors import JobNotFound
from partsemble.jobs.locked import filter_due
from partsemble.jobs.models import Job, Schedule, Worker
from partsemble.jobs.rules import choose_phase, find_next_instant
from partsemble.jobs.types import (
    Daily,
    Every,
    JobState,
    JobView,
    Recurrence,
    ScheduleView,
    WorkerView,
)
from partsemble.kernel.ids import BusinessId, JobId, UserId

ALIVE_SECONDS: Final = 30
"""Three missed signs of life; a worker that is only slow has given one of them."""


def job_scope(*, business_id: BusinessId | None) -> AbstractContextManager[None]:
    """This will enter the scope in which a job of that business, or of none, is visible."""
    return worker_scope() if business_id is None else business_scope(business_id)


def get_job(*, business_id: BusinessId | None, job_id: JobId) -> JobView:
    """This will show a job of the business.

    Arguments:
        business_id: None for the system's own work.

    Raises:
        JobNotFound: if the business has no such job.
    """
    with job_scope(business_id=business_id):
        row = Job.objects.filter(id=job_id, business_id=business_id).first()
    if row is None:
        raise JobNotFound(job_id=job_id)
    return _view_job(row)


def find_open_job(*, business_id: BusinessId | None, dedupe_key: str) -> JobView | None:
    """This will show the one job that waits or runs under that key, or None."""
    with job_scope(business_id=business_id):
        row = Job.objects.filter(
            business_id=business_id, dedupe_key=dedupe_key, finished_at__isnull=True
        ).first()
    return None if row is None else _view_job(row)


def count_waiting_jobs() -> int:
    """This will count the jobs of all businesses that are due and that no worker has."""
    with worker_scope():
        return filter_due(Job.objects.all()).count()


def find_schedule(*, business_id: BusinessId | None, name: str) -> ScheduleView | None:
    """This will show how a kind of job recurs for a business, or None if it does not.

    Arguments:
        business_id: None for the system's own work.
        name: the kind of job.
    """
    with job_scope(business_id=business_id):
        row = Schedule.objects.filter(business_id=business_id, name=name).first()
    if row is None:
        return None
    return ScheduleView(
        name=row.name,
        recurrence=read_recurrence(row=row),
        next_at=row.next_at,
        last_at=row.last_at,
    )


def read_recurrence(*, row: Schedule) -> Recurrence:
    """This will read from a row how its work recurs."""
    if row.daily_hour is not None:
        return Daily(hour=row.daily_hour, zone=row.zone)
    return Every(seconds=row.every_seconds or 1)


def find_next_turn(
    *, business_id: BusinessId | None, name: str, recurrence: Recurrence
) -> datetime:
    """This will give the next instant of work that recurs, from now by the database's clock."""
    return find_next_instant(
        recurrence=recurrence,
        after=read_database_clock(),
        phase=choose_phase(owner=str(business_id or ""), name=name),
    )


def list_workers() -> tuple[WorkerView, ...]:
    """This will list the workers that have not said goodbye, the last seen first."""
    rows = Worker.objects.annotate(alive_after=DatabaseClock(plus_seconds=-ALIVE_SECONDS))
    return tuple(
        WorkerView(
            name=row.name,
            started_at=row.started_at,
            seen_at=row.seen_at,
            is_alive=row.seen_at > row.alive_after,
        )
        for row in rows.order_by("-seen_at", "id")
    )


def _view_job(row: Job) -> JobView:
    return JobView(
        id=JobId(row.id),
        name=row.name,
        business_id=None if row.business_id is None else BusinessId(row.business_id),
        user_id=None if row.user_id is None else UserId(row.user_id),
        actor_label=row.actor_label,
        dedupe_key=row.dedupe_key,
        state=JobState(row.state),
        progress=row.progress,
        is_cancel_requested=row.cancel_requested,
        attempts=row.attempts,
        last_error=row.last_error,
        run_at=row.run_at,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
