"""How much a run reads, and since when (SYNC-10)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.sync.rules.modes import (
    FULL_EVERY,
    LAYOUT,
    OPEN_LIMIT,
    OVERLAP,
    FinishedRun,
    History,
    ReadingOrder,
    order_reading,
)
from partsemble.sync.types import FullReason, ReadMode
from partsemble.words.runs import REASON_WORDS

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TYPES = frozenset({"inventory", "service"})
FULL = FinishedRun(
    types=TYPES,
    layout=LAYOUT,
    is_whole=True,
    finished_at=NOW - timedelta(days=2),
    observed_at=datetime(2020, 1, 1, tzinfo=UTC),
    open_items=0,
)
LAST = replace(
    FULL, finished_at=NOW - timedelta(hours=1), observed_at=datetime(2020, 1, 3, tzinfo=UTC)
)
HISTORY = History(last=LAST, last_full=FULL, has_unfinished_full=False)


def order(history: History = HISTORY, *, now: datetime = NOW, asked: bool = False) -> ReadingOrder:
    return order_reading(history=history, is_full_asked=asked, types=TYPES, now=now)


def test_changes_are_read_from_a_little_before_the_last_run_by_the_provider_s_clock() -> None:
    assert LAST.observed_at is not None
    assert order() == ReadingOrder(
        ReadMode.INCREMENTAL, FullReason.NONE, LAST.observed_at - OVERLAP
    )


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (History(None, None, has_unfinished_full=False), FullReason.FIRST),
        (History(None, None, has_unfinished_full=True), FullReason.FIRST),
        (replace(HISTORY, has_unfinished_full=True), FullReason.UNFINISHED),
        (replace(HISTORY, last_full=replace(FULL, is_whole=False)), FullReason.UNFINISHED),
        (replace(HISTORY, last_full=replace(FULL, types=frozenset())), FullReason.FILTER_CHANGED),
        (replace(HISTORY, last_full=replace(FULL, layout="former")), FullReason.LAYOUT_CHANGED),
        (
            replace(HISTORY, last_full=replace(FULL, finished_at=NOW - FULL_EVERY)),
            FullReason.WEEKLY,
        ),
        (
            replace(HISTORY, last_full=replace(FULL, finished_at=NOW + timedelta(seconds=1))),
            FullReason.WEEKLY,
        ),
        (replace(HISTORY, last=replace(LAST, open_items=OPEN_LIMIT + 1)), FullReason.MUCH_OPEN),
        (replace(HISTORY, last=replace(LAST, observed_at=None)), FullReason.NO_CLOCK),
    ],
)
def test_what_speaks_for_reading_everything(history: History, reason: FullReason) -> None:
    assert order(history) == ReadingOrder(ReadMode.FULL, reason, None)


def test_the_weekly_full_run_waits_for_reads_to_spare() -> None:
    late = replace(HISTORY, last_full=replace(FULL, finished_at=NOW - FULL_EVERY))
    first = History(None, None, has_unfinished_full=False)
    for history, reason in ((late, FullReason.NONE), (first, FullReason.FIRST)):
        chosen = order_reading(
            history=history, is_full_asked=False, types=TYPES, now=NOW, may_read_all=False
        )
        assert chosen.reason is reason


def test_whoever_asks_for_everything_gets_it() -> None:
    assert order(asked=True) == ReadingOrder(ReadMode.FULL, FullReason.ASKED, None)


@given(st.timedeltas(timedelta(days=-4000), timedelta(days=4000)))
def test_our_own_clock_never_moves_since_when_is_asked(skew: timedelta) -> None:
    chosen = order(now=NOW + skew)
    assert LAST.observed_at is not None
    assert chosen.since in (None, LAST.observed_at - OVERLAP)
    assert (chosen.since is None) == (chosen.mode is ReadMode.FULL)


def test_every_reason_for_reading_everything_has_its_sentence() -> None:
    assert set(REASON_WORDS) == set(FullReason)
    assert all(said.startswith("Everything is read") for said in REASON_WORDS.values())
