"""Drawing a figure that stays until it changes: a line of steps over days. Pure.

Problem. One picture has to fit a phone, a desk and a sheet of paper, without a script, without a
style in the page, and with labels that stay as large as other text.

Observations. What is scaled as a whole scales its letters along. But places in an SVG can be
given in per cent, and a drawing inside it may be stretched by itself.

Decision. Across, everything is a share of the width: labels and grid lines in per cent, the line in
a drawing of its own that is `WIDE` units wide and stretched to fit. Down, everything is in pixels.
So there is one picture for all widths, and its letters are never scaled.

A day takes up its whole width, from its morning to the next: what moved on a day counts from its
morning on. The picture begins a day early, with what was there before anything moved.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, NamedTuple

HEIGHT: Final = 160
"""Of the drawing, in pixels."""
WIDE: Final = 1_000
TOP: Final = 12
"""Room above the drawing for half a label, in pixels."""
_LETTER: Final = 8
"""About what a digit of a label is wide, in pixels."""
_LABEL_GAP: Final = 8
_BASELINE: Final = 4
"""By how much a label hangs lower than what it names."""

_MOST_TICKS: Final = 6
_DAY_STEPS: Final = (1, 2, 3, 7, 14)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_MONTH_DAYS: Final = 30
_YEAR: Final = 12
_ROUND_STEPS: Final = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_LINES: Final = 4
_NEAR_EDGE: Final = Decimal(8)
"""Labels nearer than so many per cent to an end do not stand in the middle of their place."""
_ZERO: Final = Decimal(0)
_TENTH: Final = Decimal("0.1")


class Level(NamedTuple):
    """What a figure was from the morning of a day on; None: there was none."""

    day: date
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line across, and the figure that it stands for."""

    y: Decimal
    """From the top of the picture, in pixels."""
    label_y: Decimal
    label: str
    is_zero: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A day that is named below the drawing."""

    x: Decimal
    """In per cent of the width."""
    label: str
    anchor: str
    """Which end of the label stands there: start, middle or end."""
    is_minor: bool
    """Whether it is left out where there is little room."""


@dataclass(frozen=True, slots=True)
class StepChart:
    """A picture, ready for `charts/steps.html`."""

    line: str
    """The path of the line, in units of the drawing."""
    area: str
    """The path of what lies between the line and zero; empty if zero means nothing here."""
    grid: tuple[GridLine, ...]
    ticks: tuple[Tick, ...]
    scale_width: int
    """What the widest label of a grid line takes, in pixels."""
    height: int = HEIGHT
    wide: int = WIDE
    top: int = TOP


def draw_steps(
    levels: Sequence[Level],
    *,
    until: date,
    write: Callable[[Decimal], str],
    has_zero: bool,
) -> StepChart:
    """This will draw a figure from the day before its first change on.

    Arguments:
        levels: at least one, oldest first, each on a day of its own.
        until: the last day that is drawn, if the last change is not later.
        write: puts a figure beside its grid line.
        has_zero: whether zero belongs into the picture, with the area between it and the line.
    """
    across = _Across(levels[0].day - timedelta(days=1), max(until, levels[-1].day))
    known = [each.value for each in levels if each.value is not None]
    down = _make_scale([*known, _ZERO] if has_zero or not known else known)
    before = Level(across.first, _ZERO if has_zero else None)
    runs = list(_split_runs([before, *levels], across, down))
    grid = tuple(_make_line(each, down, write) for each in down.list_figures())
    return StepChart(
        line=" ".join(_draw_line(each) for each in runs),
        area=" ".join(_draw_area(each, down.place(_ZERO)) for each in runs) if has_zero else "",
        grid=grid,
        ticks=tuple(_list_ticks(across)),
        scale_width=max(len(each.label) for each in grid) * _LETTER + _LABEL_GAP,
    )


class _Across(NamedTuple):
    """The days of a picture, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def place(self, day: date, *, of: int = WIDE, is_noon: bool = False) -> Decimal:
        """Where the morning of a day is, or its noon."""
        passed = Decimal((day - self.first).days) + (Decimal("0.5") if is_noon else _ZERO)
        return (passed * of / self.days).quantize(_TENTH)


class _Down(NamedTuple):
    """The figures of a picture, from its lowest grid line to its highest."""

    low: Decimal
    high: Decimal
    step: Decimal

    def place(self, figure: Decimal) -> Decimal:
        return ((self.high - figure) * HEIGHT / (self.high - self.low)).quantize(_TENTH)

    def list_figures(self) -> list[Decimal]:
        count = int((self.high - self.low) / self.step)
        return [self.low + self.step * each for each in range(count + 1)]


class _Run(NamedTuple):
    """A stretch of days without a gap: where it begins and ends, and its steps."""

    steps: tuple[tuple[Decimal, Decimal], ...]
    """Where each begins, and how high it is."""
    end: Decimal


def _make_scale(figures: Sequence[Decimal]) -> _Down:
    low, high = min(figures), max(figures)
    if low == high:
        # A figure that never changed lies in the middle of a picture of its own size.
        low, high = sorted((_ZERO, low * 2 or Decimal(1)))
    step = _round_step((high - low) / _LINES)
    return _Down(
        low=(low / step).to_integral_value(ROUND_FLOOR) * step,
        high=(high / step).to_integral_value(ROUND_CEILING) * step,
        step=step,
    )


def _round_step(least: Decimal) -> Decimal:
    magnitude = Decimal(1).scaleb(least.adjusted())
    return next(each * magnitude for each in _ROUND_STEPS if each * magnitude >= least)


def _split_runs(levels: Sequence[Level], across: _Across, down: _Down) -> Iterator[_Run]:
    steps: list[tuple[Decimal, Decimal]] = []
    for level in levels:
        x = across.place(level.day)
        if level.value is not None:
            steps.append((x, down.place(level.value)))
        elif steps:
            yield _Run(tuple(steps), x)
            steps = []
    if steps:
        yield _Run(tuple(steps), Decimal(WIDE))


def _draw_line(run: _Run) -> str:
    (x, y), *rest = run.steps
    return "".join((f"M{x} {y}", *(f"H{x}V{y}" for x, y in rest), f"H{run.end}"))


def _draw_area(run: _Run, zero: Decimal) -> str:
    return f"{_draw_line(run)}V{zero}H{run.steps[0][0]}Z"


def _make_line(figure: Decimal, down: _Down, write: Callable[[Decimal], str]) -> GridLine:
    y = TOP + down.place(figure)
    return GridLine(y=y, label_y=y + _BASELINE, label=write(figure), is_zero=not figure)


def _list_ticks(across: _Across) -> Iterator[Tick]:
    days, labels = _choose_days(across)
    is_noon = labels == _DAY_LABEL
    for number, day in enumerate(days):
        x = across.place(day, of=100, is_noon=is_noon)
        anchor = "start" if x < _NEAR_EDGE else "end" if x > 100 - _NEAR_EDGE else "middle"
        # Counted from the end: the newest is named wherever there is room for one.
        is_minor = bool((len(days) - 1 - number) % 2)
        yield Tick(x=x, label=f"{day:{labels}}", anchor=anchor, is_minor=is_minor)


_DAY_LABEL: Final = "%-d %b"


def _choose_days(across: _Across) -> tuple[list[date], str]:
    """Which days are named, and how: some days, firsts of months, or of years."""
    for step in _DAY_STEPS:
        if across.days <= step * _MOST_TICKS:
            back = range(0, across.days, step)
            return [across.last - timedelta(days=each) for each in reversed(back)], _DAY_LABEL
    months = across.days // _MONTH_DAYS
    step = next((each for each in _MONTH_STEPS if months <= each * _MOST_TICKS), _MONTH_STEPS[-1])
    return _list_firsts(across, step), "%b %Y" if step < _YEAR else "%Y"


def _list_firsts(across: _Across, step: int) -> list[date]:
    last = across.last.year * _YEAR + across.last.month
    first = across.first.year * _YEAR + across.first.month
    found = (
        date((month - 1) // _YEAR, (month - 1) % _YEAR + 1, 1)
        for month in range(first, last + 1)
        if (month - 1) % step == 0
    )
    return [each for each in found if each >= across.first]
