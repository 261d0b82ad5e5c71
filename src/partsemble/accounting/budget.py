"""How many reads are left this month, and who goes without first when they run short. Pure.

Problem. A provider meters what is read, per app and month, over all businesses of an
installation; past the budget nobody reads anything until the next month (CONN-9).

Decision. The month's use is projected to its end. As long as it fits, nothing changes. If it
does not, reading degrades in stages: full readings wait, then schedules run once a day, then only
people's own clicks read, and a last reserve is left for what has to look before it writes. A
business that has used less than its fair share is one stage better off than the others, so that
one big catalog does not spend everybody's month.

Months are those of UTC; which clock the provider counts by is not documented. The reserve covers
the hours in between, and what a killed process did not get to write down.

Source: Intuit App Partner Program, calls that get something out (CorePlus).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from partsemble.accounting.types import ReadStage

RESERVE_SHARE: Final = 0.01
"""Of the budget: 5,000 reads of 500,000, some days of looking before writing."""
STEPS: Final = (
    (0.95, ReadStage.PEOPLE),
    (0.85, ReadStage.DAILY),
    (0.70, ReadStage.CHANGES),
)
"""From which share on, if the month's use will not fit; the highest first."""
SHORTEST_LOOK: Final = timedelta(days=1)
"""A first sync in the month's first hour says nothing about its last."""
_ORDER: Final = tuple(ReadStage)


@dataclass(frozen=True, slots=True)
class ReadUse:
    """What was read this month, and out of how much."""

    limit: int
    """Reads that the app may make in the month."""
    used: int
    """By all businesses of this installation."""
    own: int
    """By the business that asks."""
    connections: int
    """How many have read anything this month."""


def find_month(now: datetime) -> date:
    """This will give the first day of the month that an instant counts in."""
    return now.astimezone(UTC).date().replace(day=1)


def find_next_month(month: date) -> date:
    """This will give the first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def forecast_reads(*, used: int, now: datetime) -> int:
    """This will project a month's reads to its end, at the pace until now.

    Arguments:
        used: reads since the month began.
        now: an instant of that month.
    """
    month = find_month(now)
    begins_at = datetime(month.year, month.month, 1, tzinfo=UTC)
    following = find_next_month(month)
    length = datetime(following.year, following.month, 1, tzinfo=UTC) - begins_at
    passed = max(now.astimezone(UTC) - begins_at, SHORTEST_LOOK)
    return max(used, round(used * (length / passed)))


def judge_stage(*, use: ReadUse, now: datetime) -> ReadStage:
    """This will say what may still be read.

    Arguments:
        use: of the month in which `now` lies.
        now: by the database's clock.
    """
    if use.used >= use.limit - round(use.limit * RESERVE_SHARE):
        return ReadStage.CLOSED
    if forecast_reads(used=use.used, now=now) <= use.limit:
        return ReadStage.FREE
    share = use.used / use.limit
    stage = next((each for from_share, each in STEPS if share >= from_share), ReadStage.FREE)
    is_modest = use.own * max(use.connections, 1) < use.limit
    return _ORDER[max(_ORDER.index(stage) - 1, 0)] if is_modest and use.connections > 1 else stage
