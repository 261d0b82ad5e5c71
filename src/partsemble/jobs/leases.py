"""What a worker says about a job that it has claimed.

Every sentence is one update on the condition that the fence is still the claim's and the lease
has not ended by the database's clock. If it changes no row the job is lost, and nothing was said.
"""

from typing import Any, Final
from uuid import UUID

from django.db import models, transaction
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from partsemble.database.clock import DatabaseClock
from partsemble.database.scope import worker_scope
from partsemble.database.waiting import limit_idleness, limited_waiting
from partsemble.jobs.errors import JobLost
from partsemble.jobs.locked import claim_due_job, filter_due
from partsemble.jobs.models import Job, Worker
from partsemble.jobs.queries import job_scope
from partsemble.jobs.registry import list_job_kinds
from partsemble.jobs.rules import check_size
from partsemble.jobs.types import Claim, JobState, Payload
from partsemble.kernel.ids import BusinessId, JobId, UserId

PROGRESS_LIMIT: Final = 4_000
"""Characters of JSON: a few counts and a sentence, written once per page."""
BEAT_WAIT_SECONDS: Final = 2.0
"""How long the heartbeat waits for a row that its own handler's transaction holds."""
KEEP_FINISHED_DAYS: Final = 14
"""Long enough to ask last week's job what happened; history for people is kept by the apps."""
KEEP_WORKER_DAYS: Final = 1
"""A worker that died without goodbye is news for a day."""
PRUNE_CHUNK: Final = 500
"""Rows per delete: a few milliseconds of SQLite's write lock."""
_DAY_SECONDS: Final = 86_400


def claim_job(*, worker: str) -> Claim | None:
    """This will claim a due job, or give None; without work it takes no write lock."""
    names = [kind.name for kind in list_job_kinds()]
    with worker_scope():
        if not filter_due(Job.objects.filter(name__in=names)).exists():
            return None
        row = claim_due_job(names=names, worker=worker)
    if row is None:
        return None
    return Claim(
        id=JobId(row.id),
        name=row.name,
        business_id=None if row.business_id is None else BusinessId(row.business_id),
        user_id=None if row.user_id is None else UserId(row.user_id),
        actor_label=row.actor_label,
        payload=row.payload,
        attempt=row.attempts,
        max_attempts=row.max_attempts,
        lease_seconds=row.lease_seconds,
        fence=row.fence,
    )


def extend_lease(*, claim: Claim) -> bool:
    """This will extend a claim's lease from now, and tell whether it was still ours.

    Raises:
        OperationalError: if a transaction of the handler holds the row for too long.
    """
    with worker_scope(), limited_waiting(BEAT_WAIT_SECONDS):
        return _say(claim, lease_until=DatabaseClock(plus_seconds=claim.lease_seconds))


def report_progress(*, claim: Claim, progress: Payload) -> None:
    """This will store a claim's progress and extend its lease, in the handler's transaction.

    Raises:
        JobLost: if the claim is not ours any more.
        ValueError: if the progress is too long.
    """
    check_size(progress, limit=PROGRESS_LIMIT)
    with job_scope(business_id=claim.business_id):
        lease_until = DatabaseClock(plus_seconds=claim.lease_seconds)
        if not _say(claim, progress=progress, lease_until=lease_until):
            raise JobLost


def is_cancel_requested(*, claim: Claim) -> bool:
    """This will tell whether somebody asked to cancel the claimed job."""
    with job_scope(business_id=claim.business_id):
        return Job.objects.filter(id=claim.id, cancel_requested=True).exists()


def settle_job(*, claim: Claim, state: JobState, last_error: str = "") -> bool:
    """This will end a claimed job as done, failed or cancelled, and tell whether it was ours.

    If somebody asked for it while it ran it waits again instead, as if it were new.
    """
    with worker_scope():
        return _say(
            claim,
            state=_again_or("state", JobState.QUEUED.value, models.Value(state.value)),
            lease_until=None,
            run_at=_again_or("run_at", DatabaseClock(), models.F("run_at")),
            attempts=_again_or("attempts", 0, models.F("attempts")),
            cancel_requested=models.Q(cancel_requested=True, again_requested=False),
            again_requested=False,
            finished_at=_again_or("finished_at", None, Now()),
            **({"last_error": last_error} if last_error else {}),
        )


def put_back_job(*, claim: Claim, after_seconds: float, last_error: str = "") -> bool:
    """This will let a claimed job wait again, and tell whether it was ours.

    A job that is to be cancelled is due at once, so that its handler can tidy up.

    Arguments:
        after_seconds: how long it waits, by the database's clock.
        last_error: what went wrong, in a form that may be shown; without it the attempt does
            not count.
    """
    at_once = models.When(cancel_requested=True, then=DatabaseClock())
    with worker_scope():
        return _say(
            claim,
            state=JobState.QUEUED.value,
            lease_until=None,
            run_at=models.Case(at_once, default=DatabaseClock(plus_seconds=after_seconds)),
            attempts=models.F("attempts") - (0 if last_error else 1),
            **({"last_error": last_error} if last_error else {}),
        )


def record_sign_of_life(*, worker_id: UUID, name: str) -> None:
    """This will note that a worker lives, by the database's clock."""
    if not Worker.objects.filter(id=worker_id).update(seen_at=DatabaseClock()):
        Worker.objects.create(id=worker_id, name=name)


def say_goodbye(*, worker_id: UUID) -> None:
    """This will forget a worker that has stopped."""
    Worker.objects.filter(id=worker_id).delete()


def prune_finished_jobs(*, keep_days: int = KEEP_FINISHED_DAYS) -> int:
    """This will delete jobs that ended long ago and workers that died, and count the jobs.

    Arguments:
        keep_days: whole days since a job ended.
    """
    died_before = DatabaseClock(plus_seconds=-KEEP_WORKER_DAYS * _DAY_SECONDS)
    Worker.objects.filter(seen_at__lt=died_before).delete()
    ended_before = DatabaseClock(plus_seconds=-keep_days * _DAY_SECONDS)
    pruned = 0
    while True:
        with worker_scope(), transaction.atomic():
            old = Job.objects.filter(finished_at__isnull=False, finished_at__lt=ended_before)
            chunk = list(old.order_by("finished_at").values_list("id", flat=True)[:PRUNE_CHUNK])
            deleted, _ = Job.objects.filter(id__in=chunk).delete()
        pruned += deleted
        if len(chunk) < PRUNE_CHUNK:
            return pruned


def _again_or(
    column: str, again: str | int | Combinable | None, otherwise: Combinable
) -> models.Case:
    then = again if isinstance(again, Combinable) else models.Value(again)
    [field] = [each for each in Job._meta.concrete_fields if each.name == column]
    is_again = models.When(again_requested=True, then=then)
    return models.Case(is_again, default=otherwise, output_field=field)


def _say(claim: Claim, **changes: Any) -> bool:  # noqa: ANN401 columns and their expressions
    # Paused between here and the commit, we would keep the row for ever.
    limit_idleness(claim.lease_seconds)
    ours = Job.objects.filter(
        id=claim.id,
        fence=claim.fence,
        state=JobState.RUNNING,
        lease_until__gt=DatabaseClock(),
    )
    return ours.update(**changes) == 1
