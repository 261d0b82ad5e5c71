"""When a sync that waits may start, and which one starts for several that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from partsemble.sync.types import Door, WaitingSyncView

QUIET_SECONDS: Final = 30
"""A person who edits ten items in a row gets one sync and not ten."""
LONGEST_SECONDS: Final = 300
"""Who edits all day gets one every five minutes nevertheless."""

_PRECEDENCE: Final = (Door.PERSON, Door.CHANGES, Door.SCHEDULE)


@dataclass(frozen=True, slots=True)
class ChosenSync:
    """The one sync that does what all that wait have asked for."""

    asked: WaitingSyncView
    """In whose name it runs."""
    is_full: bool


def find_quiet_instant(*, first_at: datetime, now: datetime) -> datetime:
    """This will say when the changes of a while may be read together.

    Arguments:
        first_at: when the first of them was heard of.
        now: when the latest was.
    """
    quiet = now + timedelta(seconds=QUIET_SECONDS)
    return min(quiet, first_at + timedelta(seconds=LONGEST_SECONDS))


def choose_sync(*, waiting: Sequence[WaitingSyncView], now: datetime) -> ChosenSync | None:
    """This will choose what to start for all that wait, or None if nothing is ready.

    One that starts serves also those whose time has not come: it reads what they would read. A
    person's name comes before a change, and a change before the schedule.
    """
    if not any(each.ready_at <= now for each in waiting):
        return None
    return ChosenSync(
        asked=min(waiting, key=lambda each: _PRECEDENCE.index(each.door)),
        is_full=any(each.is_full for each in waiting),
    )
