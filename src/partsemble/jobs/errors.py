"""What jobs refuse, and how a handler and its worker speak to each other.

Signals are no refusals: they pass through code that answers refusals and must not be caught by
it, so they have a base of their own.
"""

from partsemble.kernel.errors import DomainError, NotFound


class JobKindUnknown(DomainError):
    """No app registers a job of that name; facts: `name`."""

    code = "job_kind_unknown"


class JobNotFound(NotFound):
    """This business has no such job."""

    code = "job_not_found"


class JobSignal(Exception):
    """Base of what ends a handler without being a failure."""


class JobLost(JobSignal):
    """The job is no longer this worker's: its lease ended or somebody else took it."""


class JobCancelled(JobSignal):
    """The handler saw that its job is to be cancelled and has tidied up."""


class RetryLater(JobSignal):
    """Nothing is wrong, but now is not the time; the attempt does not count."""

    def __init__(self, *, after_seconds: float) -> None:
        self.after_seconds = after_seconds
        super().__init__(f"again in {after_seconds:g} s")
