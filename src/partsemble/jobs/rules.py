"""What becomes of a job, decided without a database."""

import hashlib
import json
import traceback
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from partsemble.jobs.types import Daily, JobState, Payload, Recurrence
from partsemble.kernel.errors import DomainError

TRANSITIONS: Final = MappingProxyType(
    {
        JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
        # From running to running: the lease ended, and another worker claimed the job.
        JobState.RUNNING: frozenset(JobState),
        JobState.DONE: frozenset[JobState](),
        JobState.FAILED: frozenset[JobState](),
        JobState.CANCELLED: frozenset[JobState](),
    }
)
"""The states a job can move to from each state."""

BACKOFF_FIRST_SECONDS: Final = 5.0
"""Long enough for a database or a provider to come back from a restart."""
BACKOFF_FACTOR: Final = 3.0
BACKOFF_LIMIT_SECONDS: Final = 600.0
"""Five attempts then span about five minutes, and no job sleeps longer than a person would."""

DAILY_SPREAD_SECONDS: Final = 1_200
"""Daily work begins within so many seconds after its hour: a thousand businesses that chose the
same hour are then less than one a second, and nobody who looks at a quarter past is surprised."""

_PACKAGE: Final = "partsemble"
_ERROR_LENGTH: Final = 200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def list_open_states() -> frozenset[JobState]:
    """This will give the states that a job can still leave."""
    return frozenset(state for state, following in TRANSITIONS.items() if following)


def check_size(content: Payload, *, limit: int) -> Payload:
    """This will let content pass whose JSON has at most so many characters.

    Raises:
        ValueError: if it is longer.
        TypeError: if JSON can't say it.
    """
    length = len(json.dumps(content))
    if length > limit:
        raise ValueError(f"{length} characters of JSON, {limit} are allowed")
    return content


def backoff_seconds(*, attempt: int, jitter: float) -> float:
    """This will say how long to wait after a failed attempt.

    Arguments:
        attempt: which one failed, from 1.
        jitter: a random number from 0 to 1. Half of the time is fixed and half is chance, so
            that what failed together does not return together.
    """
    ceiling = min(
        BACKOFF_LIMIT_SECONDS, BACKOFF_FIRST_SECONDS * BACKOFF_FACTOR ** min(attempt - 1, 50)
    )
    return ceiling * (0.5 + jitter / 2)


def choose_phase(*, owner: str, name: str) -> float:
    """This will give recurring work its place in the period, from 0 up to 1, always the same.

    Arguments:
        owner: whose work it is, so that those of many businesses don't begin together.
        name: the kind of job.
    """
    digest = hashlib.sha256(f"{owner}:{name}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def find_next_instant(*, recurrence: Recurrence, after: datetime, phase: float) -> datetime:
    """This will give the first instant of recurring work that is later than another.

    What an interval gives lies on a grid that is the same for ever. A day has one instant, also
    the days when clocks change: an hour that is skipped is followed, one that comes twice counts
    the first time.

    Arguments:
        recurrence: how it recurs.
        after: an instant with a time zone.
        phase: as `choose_phase` gave it.
    """
    if isinstance(recurrence, Daily):
        return _find_next_day(recurrence, after, phase)
    period = recurrence.seconds * 1_000_000
    shift = int(period * phase)
    elapsed = (after - _EPOCH) // timedelta(microseconds=1)
    return _EPOCH + timedelta(microseconds=((elapsed - shift) // period + 1) * period + shift)


def _find_next_day(recurrence: Daily, after: datetime, phase: float) -> datetime:
    zone = ZoneInfo(recurrence.zone)
    # A zone may have moved by a day against UTC: begin on the day before, end after.
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        on_the_hour = datetime.combine(day, time(recurrence.hour), tzinfo=zone).astimezone(UTC)
        instant = on_the_hour + timedelta(seconds=round(DAILY_SPREAD_SECONDS * phase))
        if instant > after:
            return instant
        day += timedelta(days=1)


def describe_failure(error: BaseException) -> str:
    """This will say what went wrong and where, without a word that could be a secret.

    Messages of exceptions carry addresses, tokens and rows, so none is kept: a refusal is told
    by its code, anything else by its class, both with the innermost place in our own code.
    """
    name = error.code if isinstance(error, DomainError) else type(error).__name__
    places = list_places(error)
    ours = [place for place in places if place.startswith(f"{_PACKAGE}/")] or places
    return f"{name} at {ours[-1]}"[:_ERROR_LENGTH] if ours else name


def list_places(error: BaseException) -> list[str]:
    """This will list the frames of a traceback, outermost first, without values or messages."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{_shorten(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]


def _shorten(filename: str) -> str:
    _, ours, path = filename.rpartition(f"/{_PACKAGE}/")
    return f"{_PACKAGE}/{path}" if ours else filename.rpartition("/")[2]
