"""Work that recurs: keeping schedules, and turning each due instant into one job.

Problem. An hourly work must be asked for once an hour, however many workers look at the clock,
whichever of them dies, and however long all of them were away.

Decision. A schedule is a row with the instant that comes next. Whoever finds it past moves it on,
by an update on the condition that it is still where it was found, and enqueues the job in the same
transaction: one worker wins, and the job exists exactly if the row has moved. The row moves to
the first instant that is still ahead, so whatever was missed is made up for by one job. The job
carries a key of its schedule: while the last one is not over, no second one piles up.

Instants lie where hour and business put them (`rules.find_next_instant`), so that those of a
thousand businesses are spread over the period and not heaped on the full hour.

Kinds registered with `recurring_job` are the system's own; their rows are brought in step with
the code by each worker that starts. Schedules of businesses are set by the app that owns the
kind. A worker moves only schedules of kinds that it knows; a newer neighbour moves the others.

What was left out: cron expressions (nobody wants to read them on a screen), a leader among the
workers (the row is the leader).
"""

from typing import Final

from django.db import models, transaction
from django.db.models.functions import Now

from partsemble.database.scope import worker_scope
from partsemble.database.waiting import limited_waiting
from partsemble.jobs.models import Schedule
from partsemble.jobs.queries import find_next_turn, read_recurrence
from partsemble.jobs.registry import list_job_kinds
from partsemble.jobs.services import enqueue_job, set_schedule
from partsemble.kernel.ids import BusinessId

SCHEDULES_AT_ONCE: Final = 100
"""Schedules that one look moves, each in its own transaction: the worker's heart must beat on."""
JOIN_WAIT_SECONDS: Final = 2.0
"""How long a worker's heart waits for the row of a job that a transaction of its handler holds;
then it looks again a little later."""
ACTOR_LABEL: Final = "Schedule"


def keep_system_schedules() -> None:
    """This will bring the system's own schedules in step with the kinds that are registered."""
    for kind in list_job_kinds():
        if kind.recurs is not None:
            set_schedule(business_id=None, name=kind.name, recurrence=kind.recurs)


def enqueue_scheduled_jobs() -> int:
    """This will enqueue a job for each schedule that is due, and count those that it won.

    Without any it takes no write lock.
    """
    with worker_scope():
        due = list(_filter_due().order_by("next_at", "id")[:SCHEDULES_AT_ONCE])
    return sum(_move_on(row) for row in due)


def _filter_due() -> "models.QuerySet[Schedule]":
    names = [kind.name for kind in list_job_kinds()]
    return Schedule.objects.filter(name__in=names, next_at__lte=Now())


def _move_on(row: Schedule) -> bool:
    business_id = None if row.business_id is None else BusinessId(row.business_id)
    following = find_next_turn(
        business_id=business_id, name=row.name, recurrence=read_recurrence(row=row)
    )
    with worker_scope(), transaction.atomic(), limited_waiting(JOIN_WAIT_SECONDS):
        unmoved = Schedule.objects.filter(
            id=row.id,
            next_at=row.next_at,
            every_seconds=row.every_seconds,
            daily_hour=row.daily_hour,
            zone=row.zone,
        )
        if not unmoved.update(next_at=following, last_at=row.next_at):
            return False
        enqueue_job(
            name=row.name,
            business_id=business_id,
            actor_label=ACTOR_LABEL,
            payload={"due_at": row.next_at.isoformat()},
            dedupe_key=f"schedule:{row.name}",
        )
    return True
