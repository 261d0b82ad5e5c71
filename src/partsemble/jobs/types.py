"""Public values of background work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from partsemble.kernel.ids import BusinessId, JobId, UserId

Payload = Mapping[str, Any]
"""What JSON can say. Payload and progress are read by people: they hold no secrets."""


class JobState(StrEnum):
    """Where a job is; the value is stable and stored."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again after the same time."""

    seconds: int
    """Whole seconds, at least 1."""


@dataclass(frozen=True, slots=True)
class Daily:
    """Once on every day of the calendar."""

    hour: int
    """By the clock on the wall there, 0 to 23."""
    zone: str
    """A name of the IANA time zone database."""


Recurrence = Every | Daily


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """Work that recurs, as those who set it up see it."""

    name: str
    recurrence: Recurrence
    next_at: datetime
    last_at: datetime | None
    """The instant for which it was asked for last."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as those who asked for it see it."""

    id: JobId
    name: str
    business_id: BusinessId | None
    user_id: UserId | None
    actor_label: str
    dedupe_key: str
    state: JobState
    progress: Payload
    is_cancel_requested: bool
    attempts: int
    last_error: str
    run_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.finished_at is None


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at a job, as the worker that won it holds it."""

    id: JobId
    name: str
    business_id: BusinessId | None
    user_id: UserId | None
    actor_label: str
    payload: Payload = field(repr=False, compare=False)
    attempt: int
    max_attempts: int
    lease_seconds: int
    fence: int


class JobControl(Protocol):
    """The way from a handler back to the worker that runs it."""

    def report(self, progress: Payload) -> None:
        """This will do what `RunningJob.report` promises."""

    def is_cancelled(self) -> bool:
        """This will do what `RunningJob.is_cancelled` promises."""


@dataclass(frozen=True, slots=True)
class RunningJob:
    """What a handler is given: what to do, for whom, and a way to say how far it is."""

    id: JobId
    name: str
    business_id: BusinessId | None
    user_id: UserId | None
    actor_label: str
    payload: Payload = field(repr=False)
    attempt: int
    fence: int
    control: JobControl = field(repr=False)

    def report(self, progress: Payload) -> None:
        """This will store how far the work is, and extend the lease.

        Inside a transaction of the handler it does more: the row stays locked until the commit,
        so what that transaction writes is written by the job's owner or not at all.

        Arguments:
            progress: replaces what was reported before; at most `PROGRESS_LIMIT` characters of
                JSON.

        Raises:
            JobLost: if the lease ended or somebody else took the job.
            RetryLater: if the worker is about to stop; the job goes to another at once.
        """
        self.control.report(progress)

    def is_cancelled(self) -> bool:
        """This will tell whether somebody asked to cancel the job; then raise `JobCancelled`."""
        return self.control.is_cancelled()


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker that has not said goodbye."""

    name: str
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    """Whether its last sign of life is recent, by the database's clock."""
