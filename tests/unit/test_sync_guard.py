"""When so much would be deactivated that a person looks first (SYNC-6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.sync.rules.guarding import MASS_COUNT, should_hold

counts = st.integers(0, 200_000)


@pytest.mark.parametrize(
    ("deactivations", "active_items", "expected"),
    [
        (0, 0, False),
        (10, 10, False),
        (11, 11, True),
        (11, 54, True),
        (11, 55, False),
        (20, 100, False),
        (21, 100, True),
        (20_000, 100_000, False),
        (20_001, 100_000, True),
    ],
)
def test_more_than_ten_and_more_than_a_fifth(
    deactivations: int, active_items: int, *, expected: bool
) -> None:
    assert should_hold(deactivations=deactivations, active_items=active_items) is expected


@given(counts, counts, counts)
def test_more_is_never_held_less(fewer: int, more: int, active_items: int) -> None:
    fewer, more = sorted((fewer, more))
    if should_hold(deactivations=fewer, active_items=active_items):
        assert should_hold(deactivations=more, active_items=active_items)


@given(counts, counts)
def test_a_handful_is_never_held(deactivations: int, active_items: int) -> None:
    if should_hold(deactivations=deactivations, active_items=active_items):
        assert deactivations > MASS_COUNT
        assert deactivations / max(1, active_items) > 0.2
