"""Pictures of how a product's stock and its cost went, with what they say in words; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from partsemble.stock.queries.course import Course, Evening
from partsemble.web.charts.steps import Level, StepChart, draw_steps
from partsemble.words.figures import NONE, count_things, show_money, show_quantity, show_value

_DAY: Final = "%-d %b %Y"


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart and what it says."""

    title: str
    summary: str
    chart: StepChart


@dataclass(frozen=True, slots=True)
class EveningLine:
    """One line of the table that says the same."""

    day: str
    on_hand: str
    shortage: str
    """Empty where nothing was missing."""
    unit_cost: str
    value: str


@dataclass(frozen=True, slots=True)
class CoursePictures:
    """How stock went, ready for `stock/course.html`."""

    pictures: tuple[Picture, ...]
    lines: tuple[EveningLine, ...]
    """Newest first."""
    note: str
    """What was left out, if anything was."""


def draw_course(course: Course, *, until: date, unit: str, currency: str) -> CoursePictures | None:
    """This will draw how stock and cost went; None, if nothing ever moved.

    Arguments:
        until: the business's date now.
    """
    evenings = course.evenings
    if not evenings:
        return None
    stock = [Level(each.day, each.level) for each in evenings]
    pictures = [
        Picture(
            title=f"On hand, {unit}",
            summary=_say_stock(evenings, unit),
            chart=draw_steps(stock, until=until, write=show_quantity, has_zero=True),
        )
    ]
    costs = [Level(each.day, each.unit_cost) for each in evenings]
    if any(each.value is not None for each in costs):
        pictures.append(
            Picture(
                title=f"Unit cost, {currency}",
                summary=_say_costs(costs, currency),
                chart=draw_steps(costs, until=until, write=show_money, has_zero=False),
            )
        )
    return CoursePictures(
        pictures=tuple(pictures),
        lines=tuple(map(_show_evening, reversed(evenings))),
        note=_say_left_out(course),
    )


def _say_stock(evenings: Sequence[Evening], unit: str) -> str:
    last = evenings[-1]
    now = f"{_say_level(last.level, unit)} since {last.day:{_DAY}}."
    if len(evenings) == 1:
        return now
    levels = [Level(each.day, each.level) for each in evenings]
    return f"{now}{_say_range(levels, lambda level: _say_level(level, unit))}"


def _say_costs(costs: Sequence[Level], currency: str) -> str:
    *_, last = (each for each in costs if each.value is not None)
    now = f"{show_money(last.value)} {currency}"
    ended = costs[-1].value is None
    now = f"Last {now}; none while nothing is on hand." if ended else f"{now} now."
    known = [each for each in costs if each.value is not None]
    if len({each.value for each in known}) == 1:
        return now
    return f"{now}{_say_range(known, lambda cost: f'{show_money(cost)} {currency}')}"


def _say_range(levels: Sequence[Level], write: Callable[[Decimal], str]) -> str:
    known = [(each.value, each.day) for each in levels if each.value is not None]
    (low, low_day), (high, high_day) = min(known), max(known)
    if low == high:
        return ""
    return f" Lowest {write(low)} on {low_day:{_DAY}}, highest {write(high)} on {high_day:{_DAY}}."


def _say_level(level: Decimal, unit: str) -> str:
    return f"{show_quantity(abs(level))} {unit}{' missing' if level < 0 else ''}"


def _say_left_out(course: Course) -> str:
    shown = len(course.evenings)
    if course.day_count == shown:
        return ""
    return (
        f"Something moved on {count_things(course.day_count, noun='day')}; {shown:,} of them are "
        "drawn, those with the highest and lowest figures among them."
    )


def _show_evening(evening: Evening) -> EveningLine:
    return EveningLine(
        day=f"{evening.day:{_DAY}}",
        on_hand=show_quantity(evening.on_hand),
        shortage=show_quantity(evening.shortage) if evening.shortage > 0 else "",
        unit_cost=NONE if evening.unit_cost is None else show_money(evening.unit_cost),
        value=show_value(evening.value),
    )
