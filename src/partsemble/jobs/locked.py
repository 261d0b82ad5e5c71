"""The claim: one statement that takes a due job, and that only one worker can win.

Problem. Many workers on many machines look for work at the same moment. Looking first and
writing then lets two of them take the same job.

Decision. An update picks its row in a sub-select and writes it in the same statement. On
PostgreSQL the sub-select locks the row and steps over rows that a rival has locked; a row that
a rival took and committed after our snapshot is checked again as it is now and falls through. On
SQLite a statement that writes holds the one write lock from its start. Either way the row that
comes back is as this claim wrote it: fence and lease in hand are the ones that were won, never
those of somebody who claimed a moment later.

A claim serves every request made before it, so it takes the mark of those that joined the job
while it ran before, and gives their request attempts of its own.

What is due is read by the start of the statement, which an index can serve and which is never
later than the truth; the lease that is granted is counted from the moment itself.
"""

from collections.abc import Collection

from django.db import connection, models
from django.db.models.functions import Now

from partsemble.database.clock import write_clock
from partsemble.jobs.models import Job

_CLAIM = """
UPDATE jobs_job
SET state = 'running', fence = fence + 1, worker = %s,
    attempts = CASE WHEN again_requested THEN 1 ELSE attempts + 1 END,
    cancel_requested = cancel_requested AND NOT again_requested, again_requested = FALSE,
    started_at = COALESCE(started_at, {moment}), lease_until = {lease_end}
WHERE id = (
    SELECT due.id FROM jobs_job AS due
    WHERE due.finished_at IS NULL AND due.run_at <= {start} AND due.name IN ({names})
        AND (due.lease_until IS NULL OR due.lease_until <= {start})
    ORDER BY
        CASE WHEN due.business_id IN (
            SELECT busy.business_id FROM jobs_job AS busy
            WHERE busy.state = 'running' AND busy.lease_until > {start}
        ) THEN 1 ELSE 0 END,
        due.run_at, due.id
    LIMIT 1 {skip_locked}
)
RETURNING *
"""


def filter_due(rows: "models.QuerySet[Job]") -> "models.QuerySet[Job]":
    """This will keep the jobs that a worker may claim now: waiting long enough, or left behind."""
    is_free = models.Q(lease_until__isnull=True) | models.Q(lease_until__lte=Now())
    return rows.filter(is_free, finished_at__isnull=True, run_at__lte=Now())


def claim_due_job(*, names: Collection[str], worker: str) -> Job | None:
    """This will claim a due job of these kinds, or give None if there is none.

    Arguments:
        names: kinds that this worker knows; a newer neighbour may have enqueued others.
        worker: who claims.
    """
    is_postgresql = connection.vendor == "postgresql"
    moment = write_clock(vendor=connection.vendor)
    statement = _CLAIM.format(
        moment=moment,
        lease_end=write_clock(vendor=connection.vendor, plus_seconds="lease_seconds"),
        start="STATEMENT_TIMESTAMP()" if is_postgresql else moment,
        names=", ".join(["%s"] * len(names)),
        skip_locked="FOR UPDATE OF due SKIP LOCKED" if is_postgresql else "",
    )
    won = list(Job.objects.raw(statement, [worker, *names])) if names else []

    return won[0] if won else None
