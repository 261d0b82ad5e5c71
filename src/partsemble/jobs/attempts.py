"""One attempt at a claimed job: run the handler, and say what became of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError, connections

from partsemble.jobs.errors import JobCancelled, JobSignal, RetryLater
from partsemble.jobs.leases import (
    extend_lease,
    is_cancel_requested,
    put_back_job,
    report_progress,
    settle_job,
)
from partsemble.jobs.registry import get_job_kind
from partsemble.jobs.rules import backoff_seconds, describe_failure, list_places
from partsemble.jobs.types import Claim, JobState, Payload, RunningJob

DATABASE_TROUBLE: Final = (OperationalError, InterfaceError)
"""What a database that is gone, restarting or busy answers."""
TROUBLE_PAUSE_SECONDS: Final = 0.5
"""Between two tries to say something to a database that does not listen."""

_log = structlog.get_logger(__name__)


class AttemptControl:
    """The way from a handler back to its worker."""

    def __init__(self, *, claim: Claim, is_stopping: Callable[[], bool]) -> None:
        self._claim = claim
        self._is_stopping = is_stopping

    def report(self, progress: Payload) -> None:
        """This will store progress and extend the lease; see `RunningJob.report`."""
        if self._is_stopping():
            raise RetryLater(after_seconds=0)
        report_progress(claim=self._claim, progress=progress)

    def is_cancelled(self) -> bool:
        """This will tell whether the job is to be cancelled."""
        return is_cancel_requested(claim=self._claim)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt, and how to say so; saying tells whether the job was ours."""

    word: str
    record: Callable[[], bool]


def run_attempt(
    *, claim: Claim, is_stopping: Callable[[], bool], jitter: Callable[[], float]
) -> None:
    """This will run a claimed job's handler in this thread and record the outcome.

    Arguments:
        claim: as it was won.
        is_stopping: whether the worker wants its jobs back.
        jitter: random numbers from 0 to 1.
    """
    with structlog.contextvars.bound_contextvars(
        job=claim.name, job_id=str(claim.id), attempt=claim.attempt, fence=claim.fence
    ):
        started = time.monotonic()
        outcome = _run(claim, is_stopping, jitter)
        is_ours = _insist(outcome.record, seconds=claim.lease_seconds)
        _log.info(
            "job_ended",
            outcome=outcome.word if is_ours else "lost",
            seconds=round(time.monotonic() - started, 3),
        )


def _run(claim: Claim, is_stopping: Callable[[], bool], jitter: Callable[[], float]) -> Outcome:
    job = _hand_over(claim, is_stopping)
    if claim.attempt > claim.max_attempts:
        return _fail(job, claim, "worker_died")
    try:
        get_job_kind(name=claim.name).run(job)
    except JobSignal as signal:
        return _heed(claim, signal)
    except Exception as error:  # noqa: BLE001 the job boundary
        return _count_failure(job, claim, error, jitter)
    return _settle(claim, JobState.DONE)


def _heed(claim: Claim, signal: JobSignal) -> Outcome:
    if isinstance(signal, RetryLater):
        return _put_back(claim, signal.after_seconds)
    if isinstance(signal, JobCancelled):
        return _settle(claim, JobState.CANCELLED)
    return Outcome("lost", lambda: False)


def _count_failure(
    job: RunningJob, claim: Claim, error: Exception, jitter: Callable[[], float]
) -> Outcome:
    described = describe_failure(error)
    _log.error("job_attempt_failed", error=described, places=list_places(error))
    if claim.attempt >= claim.max_attempts:
        return _fail(job, claim, described)
    return _put_back(claim, backoff_seconds(attempt=claim.attempt, jitter=jitter()), described)


def _settle(claim: Claim, state: JobState) -> Outcome:
    return Outcome(state, lambda: settle_job(claim=claim, state=state))


def _fail(job: RunningJob, claim: Claim, described: str) -> Outcome:
    """Give the work up before saying so: whoever dies in between leaves that to the next one."""

    def record() -> bool:
        if not extend_lease(claim=claim):
            return False
        _give_up(job)
        return settle_job(claim=claim, state=JobState.FAILED, last_error=described)

    return Outcome(JobState.FAILED, record)


def _give_up(job: RunningJob) -> None:
    try:
        get_job_kind(name=job.name).give_up(job)
    except DATABASE_TROUBLE:
        raise
    except Exception as error:  # noqa: BLE001 the job boundary
        _log.error("job_not_given_up", error=describe_failure(error), places=list_places(error))


def _put_back(claim: Claim, after_seconds: float, last_error: str = "") -> Outcome:
    return Outcome(
        "put_back",
        lambda: put_back_job(
            claim=claim,
            after_seconds=after_seconds,
            last_error=last_error,
        ),
    )


def _hand_over(claim: Claim, is_stopping: Callable[[], bool]) -> RunningJob:
    return RunningJob(
        id=claim.id,
        name=claim.name,
        business_id=claim.business_id,
        user_id=claim.user_id,
        actor_label=claim.actor_label,
        payload=claim.payload,
        attempt=claim.attempt,
        fence=claim.fence,
        control=AttemptControl(claim=claim, is_stopping=is_stopping),
    )


def _insist(record: Callable[[], bool], *, seconds: float) -> bool:
    # The database may be restarting. After a lease's time the job is somebody else's anyway.
    give_up_at = time.monotonic() + seconds
    while True:
        try:
            return record()
        except DATABASE_TROUBLE:
            connections.close_all()
            if time.monotonic() > give_up_at:
                return False
            time.sleep(TROUBLE_PAUSE_SECONDS)
