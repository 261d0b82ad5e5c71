"""Pictures of a figure that stays until it changes."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.web.charts.steps import HEIGHT, TOP, WIDE, Level, StepChart, draw_steps
from partsemble.words.figures import show_quantity

DAY = date(2026, 3, 9)


def draw(*levels: tuple[int, str | None], until: int = 0, has_zero: bool = True) -> StepChart:
    """Levels by days since `DAY`."""
    return draw_steps(
        [
            Level(DAY + timedelta(days=day), None if value is None else Decimal(value))
            for day, value in levels
        ],
        until=DAY + timedelta(days=until),
        write=show_quantity,
        has_zero=has_zero,
    )


def read_labels(chart: StepChart) -> list[str]:
    return [each.label for each in chart.grid]


def test_the_first_day_steps_up_from_nothing() -> None:
    chart = draw((0, "100"))
    # Two days: the one before, at the bottom, and the first, at the top.
    assert chart.line == f"M0.0 160.0H500.0V0.0H{WIDE}"
    assert chart.area == f"{chart.line}V160.0H0.0Z"
    assert read_labels(chart) == ["0", "50", "100"]
    assert [(each.x, each.label) for each in chart.ticks] == [
        (Decimal("25.0"), "8 Mar"),
        (Decimal("75.0"), "9 Mar"),
    ]


def test_each_day_stays_until_the_next() -> None:
    chart = draw((0, "100"), (2, "50"), until=2)
    assert chart.line == f"M0.0 160.0H250.0V0.0H750.0V80.0H{WIDE}"


def test_it_goes_on_until_today() -> None:
    assert draw((0, "4"), until=8).line.startswith("M0.0 160.0H100.0V")


def test_a_change_after_the_last_day_is_drawn_all_the_same() -> None:
    assert draw((0, "4"), (8, "2"), until=0).line.endswith(f"H900.0V80.0H{WIDE}")


def test_what_is_missing_lies_below_zero() -> None:
    chart = draw((0, "30"), (1, "-10"), until=1)
    assert read_labels(chart) == ["−10", "0", "10", "20", "30"]
    zero = next(each for each in chart.grid if each.is_zero)
    assert zero.y == TOP + 120
    assert chart.line == f"M0.0 120.0H333.3V0.0H666.7V160.0H{WIDE}"
    assert chart.area.endswith("V120.0H0.0Z")


def test_a_figure_without_a_zero_has_gaps_and_no_area() -> None:
    chart = draw((0, "5"), (1, None), (2, "6"), until=2, has_zero=False)
    assert chart.area == ""
    assert chart.line == f"M250.0 160.0H500.0 M750.0 0.0H{WIDE}"
    assert read_labels(chart) == ["5", "5.5", "6"]


def test_a_gap_at_the_end_ends_the_line() -> None:
    assert draw((0, "5"), (1, None), until=8, has_zero=False).line == "M100.0 80.0H200.0"


def test_a_figure_that_never_changed_lies_in_the_middle() -> None:
    chart = draw((0, "5"), until=8, has_zero=False)
    assert chart.line == f"M100.0 80.0H{WIDE}"
    assert read_labels(chart) == ["0", "5", "10"]


def test_nothing_but_nothing_has_a_picture_too() -> None:
    assert read_labels(draw((0, "0"))) == ["0", "0.5", "1"]
    assert draw((0, None), has_zero=False).line == ""


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (4, "8 Mar, 9 Mar, 10 Mar, 11 Mar, 12 Mar, 13 Mar"),
        (9, "8 Mar, 10 Mar, 12 Mar, 14 Mar, 16 Mar, 18 Mar"),
        (60, "13 Mar, 27 Mar, 10 Apr, 24 Apr, 8 May"),
        (150, "Apr 2026, May 2026, Jun 2026, Jul 2026, Aug 2026"),
        (900, "Jul 2026, Jan 2027, Jul 2027, Jan 2028, Jul 2028"),
        (9_000, "2030, 2035, 2040, 2045, 2050"),
    ],
)
def test_days_are_named_as_the_time_is_long(days: int, labels: str) -> None:
    assert ", ".join(each.label for each in draw((0, "1"), until=days).ticks) == labels


def test_every_second_name_may_be_left_out_and_the_newest_stays() -> None:
    ticks = draw((0, "1"), until=9).ticks
    assert [each.is_minor for each in ticks][::-1] == [bool(n % 2) for n in range(len(ticks))]


def test_names_near_an_end_do_not_stick_out() -> None:
    ticks = draw((0, "1"), until=80).ticks
    assert {each.anchor for each in ticks} <= {"start", "middle", "end"}
    assert ticks[-1].anchor == "end"


@given(
    levels=st.lists(
        st.tuples(
            st.integers(1, 400),
            st.none() | st.decimals(min_value=-(10**9) + 1, max_value=10**9 - 1, places=6),
        ),
        min_size=1,
        max_size=30,
    ),
    until=st.integers(0, 20_000),
    has_zero=st.booleans(),
)
def test_every_picture_stays_inside_its_frame(
    *, levels: list[tuple[int, Decimal | None]], until: int, has_zero: bool
) -> None:
    day, dated = DAY, []
    for gap, value in levels:
        day += timedelta(days=gap)
        dated.append(Level(day, value))
    chart = draw_steps(
        dated, until=DAY + timedelta(days=until), write=show_quantity, has_zero=has_zero
    )
    ys = [
        *map(Decimal, re.findall(r"V(-?[\d.]+)", chart.line)),
        *map(Decimal, re.findall(r"M[\d.]+ (-?[\d.]+)", chart.line)),
        *(each.y - TOP for each in chart.grid),
    ]
    assert all(0 <= each <= HEIGHT for each in ys)
    xs = [Decimal(each) for each in re.findall(r"[MH](-?[\d.]+)", chart.line)]
    assert all(0 <= each <= WIDE for each in xs)
    assert all(a <= b for a, b in pairwise(xs))
    assert all(0 <= each.x <= 100 for each in chart.ticks)
    assert 2 <= len(chart.grid) <= 7
