"""When recurring work comes next, decided without a database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.jobs.rules import DAILY_SPREAD_SECONDS, choose_phase, find_next_instant
from partsemble.jobs.types import Daily, Every, Recurrence

HOUR = Every(seconds=3_600)
INSTANTS = st.integers(0, 2_840_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
"""From 1970 to 2059."""
PHASES = st.floats(0, 1, exclude_max=True)
ZONES = st.sampled_from(
    ["UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"]
)
RECURRENCES = st.builds(Every, seconds=st.integers(1, 10**6)) | st.builds(
    Daily, hour=st.integers(0, 23), zone=ZONES
)


def _next(recurrence: Recurrence, after: datetime, phase: float = 0) -> datetime:
    return find_next_instant(recurrence=recurrence, after=after, phase=phase)


@given(recurrence=RECURRENCES, after=INSTANTS, phase=PHASES)
def test_the_next_instant_is_ahead_and_nothing_lies_between(
    recurrence: Recurrence, after: datetime, phase: float
) -> None:
    found = _next(recurrence, after, phase)
    assert found > after
    # Seen from just before it, it is still the next one: no instant is skipped.
    assert _next(recurrence, found - timedelta(microseconds=1), phase) == found
    longest = recurrence.seconds if isinstance(recurrence, Every) else 49 * 3_600
    assert found - after <= timedelta(seconds=longest)


@given(after=INSTANTS, phase=PHASES, hour=st.integers(0, 23), zone=ZONES)
def test_every_day_of_the_calendar_has_one_instant(
    after: datetime, phase: float, hour: int, zone: str
) -> None:
    daily, place = Daily(hour=hour, zone=zone), ZoneInfo(zone)
    first = _next(daily, after, phase)
    second = _next(daily, first, phase)
    apart = second.astimezone(place).date() - first.astimezone(place).date()
    # Apia had no 30 December 2011 at all: a day that is not on the calendar is no exception.
    assert apart <= timedelta(days=2 if zone == "Pacific/Apia" else 1)
    assert apart >= timedelta(days=0 if zone == "Pacific/Apia" else 1)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-03-07T03:00", "2026-03-08T03:00-04:00"),  # 2:30 does not exist; 3:00 does
        ("2026-11-01T01:00", "2026-11-02T02:00-05:00"),
        ("2026-10-31T12:00", "2026-11-01T02:00-05:00"),
    ],
)
def test_two_o_clock_in_new_york_when_clocks_change(after: str, expected: str) -> None:
    place = ZoneInfo("America/New_York")
    asked = datetime.fromisoformat(after).replace(tzinfo=place) + timedelta(hours=2)
    daily = Daily(hour=2, zone="America/New_York")
    assert _next(daily, asked.astimezone(UTC)) == datetime.fromisoformat(expected)


def test_an_hour_that_comes_twice_counts_once() -> None:
    daily = Daily(hour=1, zone="America/New_York")
    first = _next(daily, datetime(2026, 11, 1, 4, tzinfo=UTC))
    assert first == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert _next(daily, first) == datetime(2026, 11, 2, 6, tzinfo=UTC)


def test_a_thousand_hourly_businesses_are_spread_over_the_hour() -> None:
    after = datetime(2026, 11, 21, 12, tzinfo=UTC)
    minutes = [0] * 60
    for number in range(1_000):
        phase = choose_phase(owner=f"business {number}", name="sync.scheduled")
        minutes[_next(HOUR, after, phase).minute] += 1
    assert max(minutes) < 40
    assert min(minutes) > 3


def test_a_business_keeps_its_minute() -> None:
    phase = choose_phase(owner="b", name="sync.scheduled")
    first = _next(HOUR, datetime(2026, 11, 21, 12, tzinfo=UTC), phase)
    assert [_next(HOUR, first + timedelta(hours=n), phase) - first for n in range(3)] == [
        timedelta(hours=n + 1) for n in range(3)
    ]
    assert choose_phase(owner="b", name="another") != phase


def test_daily_work_begins_soon_after_its_hour() -> None:
    daily, after = Daily(hour=3, zone="UTC"), datetime(2026, 11, 21, 12, tzinfo=UTC)
    latest = _next(daily, after, 0.999999)
    assert latest - datetime(2026, 11, 22, 3, tzinfo=UTC) <= timedelta(seconds=DAILY_SPREAD_SECONDS)
