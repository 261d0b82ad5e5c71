"""What others do with jobs: ask for work, and call it off."""

from datetime import datetime
from typing import Final

from django.db import models
from django.db.models.functions import Now

from partsemble.database.ids import new_id
from partsemble.jobs.errors import JobNotFound
from partsemble.jobs.models import LABEL_LENGTH, Job
from partsemble.jobs.queries import job_scope
from partsemble.jobs.registry import get_job_kind
from partsemble.jobs.rules import check_size
from partsemble.jobs.types import JobState, Payload
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
        dedupe_key: while a job of the business waits or runs under it, that one is meant.
        run_at: not before; None for at once.

    Returns:
        The new job, or the open one under the same key.

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
        return _insert_or_find(job)


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


def _insert_or_find(job: Job) -> JobId:
    meant = models.Q(id=job.id)
    if job.dedupe_key:
        meant |= models.Q(
            business_id=job.business_id, dedupe_key=job.dedupe_key, finished_at__isnull=True
        )
    for _ in range(ENQUEUE_ATTEMPTS):
        Job.objects.bulk_create([job], ignore_conflicts=True)
        found = Job.objects.filter(meant).values_list("id", flat=True).first()
        if found is not None:
            return JobId(found)
    raise RuntimeError(f"jobs under the key {job.dedupe_key!r} finish faster than one can look")
