"""When a sync that waits may start, and in whose name."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from partsemble.kernel.ids import RunId
from partsemble.sync.rules.waiting import (
    LONGEST_SECONDS,
    QUIET_SECONDS,
    choose_sync,
    find_quiet_instant,
)
from partsemble.sync.types import Door, Trigger, WaitingSyncView

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TRIGGERS = {
    Door.PERSON: Trigger.PERSON,
    Door.CHANGES: Trigger.WEBHOOK,
    Door.SCHEDULE: Trigger.SCHEDULE,
}


def wait(door: Door, *, ready_in: float = 0, is_full: bool = False) -> WaitingSyncView:
    return WaitingSyncView(
        run_id=RunId(uuid4()),
        door=door,
        trigger=TRIGGERS[door],
        actor_label=door.title(),
        user_id=None,
        is_full=is_full,
        asked_at=NOW,
        ready_at=NOW + timedelta(seconds=ready_in),
    )


def test_nothing_starts_before_its_time() -> None:
    assert choose_sync(waiting=[], now=NOW) is None
    assert choose_sync(waiting=[wait(Door.CHANGES, ready_in=1)], now=NOW) is None
    assert choose_sync(waiting=[wait(Door.CHANGES)], now=NOW) is not None


@given(doors=st.permutations(list(Door)), ready=st.integers(0, 2))
def test_one_sync_serves_all_that_wait_in_the_name_of_the_first_in_rank(
    doors: list[Door], ready: int
) -> None:
    waiting = [wait(door, ready_in=0 if place == ready else 60) for place, door in enumerate(doors)]
    chosen = choose_sync(waiting=waiting, now=NOW)
    assert chosen is not None
    assert chosen.asked.door is Door.PERSON
    assert not chosen.is_full


def test_a_full_sync_stays_full_whoever_gives_the_name() -> None:
    chosen = choose_sync(waiting=[wait(Door.PERSON), wait(Door.CHANGES, is_full=True)], now=NOW)
    assert chosen is not None
    assert (chosen.asked.door, chosen.is_full) == (Door.PERSON, True)


@given(gaps=st.lists(st.floats(0, 120), min_size=1, max_size=60))
def test_changes_gather_while_they_come_but_not_for_ever(gaps: list[float]) -> None:
    now = NOW
    for gap in gaps:
        now += timedelta(seconds=gap)
        instant = find_quiet_instant(first_at=NOW, now=now)
        assert instant <= NOW + timedelta(seconds=LONGEST_SECONDS)
        assert instant <= now + timedelta(seconds=QUIET_SECONDS)
    if now == NOW:
        assert instant == NOW + timedelta(seconds=QUIET_SECONDS)
