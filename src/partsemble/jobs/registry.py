"""Names of jobs, and what runs under them.

A job in the table names its kind by a string, because it outlives the code that wrote it. Each
app's `tasks` module registers its kinds; the registry knows no app.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from partsemble.jobs.errors import JobKindUnknown
from partsemble.jobs.types import Every, RunningJob
from partsemble.kernel.permissions import Permission

Handler = Callable[[RunningJob], None]


def leave_all(job: RunningJob) -> None:
    """This will do nothing: giving the job up leaves nothing that looks under way."""


LEASE_SECONDS = 60
"""Silence after which a job is somebody else's: a pause that people notice, not one they wait out.
The heartbeat extends it three times in that span."""
MAX_ATTEMPTS = 5

_kinds: "dict[str, JobKind]" = {}


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job."""

    name: str
    permission: Permission | None
    """What whoever enqueues it must be allowed; None: it is the system's own work."""
    lease_seconds: int
    max_attempts: int
    run: Handler
    give_up: Handler = leave_all
    """What is done once no attempt is left, broken or killed."""
    recurs: Every | None = None
    """How the system itself asks for it; None: it runs when it is asked for."""


def job_kind(
    name: str,
    *,
    permission: Permission | None,
    lease_seconds: int = LEASE_SECONDS,
    max_attempts: int = MAX_ATTEMPTS,
    give_up: Handler = leave_all,
    recurs: Every | None = None,
) -> Callable[[Handler], Handler]:
    """This will register the decorated function as what runs under a name.

    Arguments:
        name: stable and stored, `app.verb`.
        permission: what the service that enqueues it demands of its actor; None only for the
            system's own work, which nobody asks for.
        lease_seconds: whole seconds of silence after which another worker takes over.
        max_attempts: how often it may be tried, attempts whose worker died included.
        give_up: runs when they are used up, before the job is failed, so that nothing of it
            looks as if it were still under way; it may run twice, like the job.
        recurs: how often workers ask for it without a business; see `recurring_job`.

    Raises:
        ValueError: if the name is taken or a figure is below 1.
    """
    if name in _kinds:
        raise ValueError(f"two kinds of job are named {name}")
    if lease_seconds < 1 or max_attempts < 1:
        raise ValueError(f"{name}: lease_seconds and max_attempts are at least 1")

    def register(run: Handler) -> Handler:
        _kinds[name] = JobKind(
            name=name,
            permission=permission,
            lease_seconds=lease_seconds,
            max_attempts=max_attempts,
            run=run,
            give_up=give_up,
            recurs=recurs,
        )
        return run

    return register


def recurring_job(name: str, *, every: timedelta) -> Callable[[Handler], Handler]:
    """This will have the decorated function run again and again, for the system and not a business.

    However many workers there are, it runs once per period; what was missed while none ran is
    made up for once. It must bear being run twice, like any job.

    Arguments:
        name: stable and stored, `app.verb`.
        every: whole seconds, at least one.

    Raises:
        ValueError: if the name is taken or the period too short.
    """
    seconds = int(every.total_seconds())
    if seconds < 1:
        raise ValueError(f"{name}: every is at least a second")
    return job_kind(name, permission=None, recurs=Every(seconds=seconds))


def get_job_kind(*, name: str) -> JobKind:
    """This will give the kind of that name.

    Raises:
        JobKindUnknown: if no app registers it.
    """
    if name not in _kinds:
        raise JobKindUnknown(name=name)
    return _kinds[name]


def list_job_kinds() -> tuple[JobKind, ...]:
    """This will list every kind of job, by name."""
    return tuple(kind for _, kind in sorted(_kinds.items()))
