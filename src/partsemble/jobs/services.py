"""What others do with jobs: ask for work, and call it off."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Least, Now

from partsemble.database.ids import new_id
from partsemble.jobs.errors import JobNotFound
from partsemble.jobs.models import LABEL_LENGTH, Job, Schedule
from partsemble.jobs.queries import find_next_turn, job_scope, read_recurrence
from partsemble.jobs.registry import get_job_kind
from partsemble.jobs.rules import check_size
from partsemble.jobs.types import Daily, JobState, Payload, Recurrence
from partsemble.kernel.ids import BusinessId, JobId, UserId

PAYLOAD_LIMIT: Final = 8_000
"""Characters of JSON. A job names its work; what is worked on lives in the tables of its app."""
ENQUEUE_ATTEMPTS: Final = 20
"""How often the open job under a key may finish just between our insert and our look."""


def enqueue_job(  # noqa: PLR0913 one row's worth of names, all by keyword
    *,
    name: str,
    business_id: BusinessId | None,
    user_id: UserId | None = None,
    actor_label: str,
    payload: Payload | None = None,
    dedupe_key: str = "",
    run_at: datetime | None = None,
) -> JobId:
    """This will put a job into the table, in the caller's transaction if there is one.

    Arguments:
        name: a registered kind.
        business_id: whose work it is; None for the system's own.
        user_id: who asked, None if nobody did.
        actor_label: the same in words, for people.
        payload: what JSON can say, at most 8,000 characters, no secrets.
        dedupe_key: while a job of the business waits under it, that one is meant; while it
            runs, it runs once more afterwards, because it may have looked already. The row stays
            locked until the caller's transaction ends, so ask as late in it as you can.
        run_at: not before; None for at once. Of a job that waits the earlier time counts.

    Returns:
        The new job, or the open one under the same key, whose payload stays as it was.

    Raises:
        JobKindUnknown: if no app registers the name.
        ValueError: if the payload is too long.
    """
    kind = get_job_kind(name=name)
    job = Job(
        id=new_id(),
        name=name,
        business_id=business_id,
        user_id=user_id,
        actor_label=actor_label[:LABEL_LENGTH],
        payload=check_size(payload or {}, limit=PAYLOAD_LIMIT),
        dedupe_key=dedupe_key,
        max_attempts=kind.max_attempts,
        lease_seconds=kind.lease_seconds,
    )
    if run_at is not None:
        job.run_at = run_at
    with job_scope(business_id=business_id):
        return _insert_or_join(job, run_at)


def cancel_job(*, business_id: BusinessId | None, job_id: JobId) -> JobState:
    """This will call a job off: at once if it waits, else by telling its handler.

    Returns:
        The state after it. `CANCELLED`: it will not run. `RUNNING`: its handler will hear of it
        and has the last word. Otherwise it had ended before.

    Raises:
        JobNotFound: if the business has no such job.
    """
    with job_scope(business_id=business_id):
        mine = Job.objects.filter(id=job_id, business_id=business_id)
        # One statement decides by the state that it finds, so a claim in the same moment is
        # either before it, and the handler hears, or after it, and finds nothing to claim.
        is_queued = models.Q(state=JobState.QUEUED)
        mine.filter(finished_at__isnull=True).update(
            cancel_requested=True,
            again_requested=False,
            state=models.Case(
                models.When(is_queued, then=models.Value(JobState.CANCELLED.value)),
                default=models.F("state"),
            ),
            finished_at=models.Case(models.When(is_queued, then=Now()), default=None),
        )
        state = mine.values_list("state", flat=True).first()
    if state is None:
        raise JobNotFound(job_id=job_id)
    return JobState(state)


def set_schedule(*, business_id: BusinessId | None, name: str, recurrence: Recurrence) -> datetime:
    """This will have a kind of job recur, in place of how it recurred before.

    Arguments:
        business_id: for whom; None for the system.
        name: a registered kind.
        recurrence: how; the same as before leaves the next instant as it is.

    Returns:
        The next instant.
    """
    columns: dict[str, object] = (
        {"every_seconds": None, "daily_hour": recurrence.hour, "zone": recurrence.zone}
        if isinstance(recurrence, Daily)
        else {"every_seconds": recurrence.seconds, "daily_hour": None, "zone": ""}
    )
    with job_scope(business_id=business_id), transaction.atomic():
        row = Schedule.objects.filter(business_id=business_id, name=name).first()
        if row is not None and read_recurrence(row=row) == recurrence:
            return row.next_at
        next_at = find_next_turn(business_id=business_id, name=name, recurrence=recurrence)
        mine = Schedule.objects.filter(business_id=business_id, name=name)
        fresh = Schedule(
            id=new_id(), business_id=business_id, name=name, next_at=next_at, **columns
        )
        # Another worker that starts now may be first; what is set last holds.
        Schedule.objects.bulk_create([fresh], ignore_conflicts=True)
        mine.exclude(id=fresh.id).update(next_at=next_at, **columns)
    return next_at


def drop_schedule(*, business_id: BusinessId | None, name: str) -> None:
    """This will have a kind of job recur no more; a job that was enqueued already stays."""
    with job_scope(business_id=business_id):
        Schedule.objects.filter(business_id=business_id, name=name).delete()


def _insert_or_join(job: Job, run_at: datetime | None) -> JobId:
    if not job.dedupe_key:
        job.save(force_insert=True)
        return JobId(job.id)
    under_key = Job.objects.filter(
        business_id=job.business_id, dedupe_key=job.dedupe_key, finished_at__isnull=True
    )
    for _ in range(ENQUEUE_ATTEMPTS):
        Job.objects.bulk_create([job], ignore_conflicts=True)
        found = under_key.values_list("id", flat=True).first()
        if found == job.id or (found is not None and _join(found, run_at)):
            return JobId(found)
    raise RuntimeError(f"jobs under the key {job.dedupe_key!r} finish faster than one can look")


def _join(job_id: UUID, run_at: datetime | None) -> bool:
    """Write into the row even if nothing changes: nobody then claims it before we commit."""
    is_untroubled = models.Q(state=JobState.QUEUED.value, last_error="")
    wanted_at = Now() if run_at is None else models.Value(run_at)
    joined = Job.objects.filter(id=job_id, finished_at__isnull=True).update(
        again_requested=models.Case(
            models.When(state=JobState.RUNNING.value, then=True),
            # It waits only to hear that it is called off; this request came later.
            models.When(cancel_requested=True, then=True),
            default=models.F("again_requested"),
        ),
        run_at=models.Case(
            models.When(is_untroubled, then=Least(models.F("run_at"), wanted_at)),
            default=models.F("run_at"),
        ),
    )
    return joined == 1
