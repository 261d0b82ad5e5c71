"""How far a run is, in words and per cent; pure.

A time that remains is said only while the books are read, once a tenth is there and three
seconds have passed: before that, and while our own database writes, it would be a guess.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from partsemble.sync.types import ReadMode, RunState, RunView
from partsemble.words.figures import show_seconds
from partsemble.words.runs import STATE_WORDS

READING_SHARE: Final = 70
"""Per cent of the bar that reading takes; the provider is slower than our own database."""
SPOKEN_STEP: Final = 20
"""Every so many per cent, whoever listens to the page hears where the run is."""
HONEST_SECONDS: Final = 3
HONEST_SHARE: Final = 0.1

_PHASES: Final = (RunState.QUEUED, RunState.READING, RunState.APPLYING)


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the phases of a run; `state` is `done`, `current` or `later`."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page shows while a run goes."""

    label: str
    per_cent: int
    count: str
    pace: str
    """How long it takes, how fast it is; empty before it is known."""
    phases: tuple[Phase, ...]
    spoken: str
    """What a screen reader hears; it changes only every `SPOKEN_STEP` per cent."""


def show_progress(run: RunView, *, now: datetime) -> Progress:
    """This will say how far an open run is.

    Arguments:
        now: the clock of whoever looks.
    """
    per_cent = measure_progress(run)
    label = STATE_WORDS[run.state]
    heard = per_cent // SPOKEN_STEP * SPOKEN_STEP
    return Progress(
        label=label,
        per_cent=per_cent,
        count=describe_progress(run),
        pace=describe_pace(run, now=now),
        phases=list_phases(run),
        spoken=f"{label}, {heard} per cent" if heard else label,
    )


def list_phases(run: RunView) -> tuple[Phase, ...]:
    """This will list the phases of an open run, with the one it is in."""
    phases = _PHASES[:-1] if run.is_preview else _PHASES
    current = phases.index(run.state)
    return tuple(
        Phase(
            label=STATE_WORDS[phase],
            state="done" if number < current else "current" if number == current else "later",
        )
        for number, phase in enumerate(phases)
    )


def measure_progress(run: RunView) -> int:
    """This will say how far a run is, in whole per cent from 0 to 100."""
    if run.state is RunState.FINISHED:
        return 100
    if run.state is RunState.QUEUED:
        return 0
    if run.state is RunState.APPLYING:
        applied = run.applied_steps / run.planned_steps if run.planned_steps else 1
        return READING_SHARE + int((100 - READING_SHARE) * applied)
    return int(READING_SHARE * _measure_reading(run))


def is_unread(run: RunView) -> bool:
    """This will tell whether a run failed before it read anything: its figures say nothing."""
    return run.state is RunState.FAILED and not (run.read_rows or run.counts.total)


def describe_progress(run: RunView) -> str:
    """This will say in words how far a run is."""
    if is_unread(run):
        return "Nothing was read"
    if run.state is RunState.APPLYING:
        return f"{run.applied_steps:,} of {run.planned_steps:,} changes made"
    if run.mode is ReadMode.INCREMENTAL and run.started_at is not None:
        return f"{run.read_rows:,} changed records read"
    if run.total_rows is not None:
        return f"{run.read_rows:,} of {max(run.total_rows, run.read_rows):,} records read"
    return "No items read yet"


def describe_pace(run: RunView, *, now: datetime) -> str:
    """This will say how long a run has taken, and while it reads how fast it is."""
    if run.started_at is None:
        return ""
    passed = max(0.0, (now - run.started_at).total_seconds())
    said = f"{show_seconds(passed)} so far"
    share = _measure_reading(run)
    if run.state is not RunState.READING or passed < HONEST_SECONDS or share < HONEST_SHARE:
        return said
    rate = f"{run.read_rows / passed:,.0f} records a second"
    return f"{said} · {rate} · about {show_seconds(passed / share - passed)} of reading left"


def _measure_reading(run: RunView) -> float:
    return min(1.0, run.read_rows / run.total_rows) if run.total_rows else 0.0
