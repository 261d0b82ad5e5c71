"""A run in a person's words and figures; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from partsemble.kernel.ids import RunId
from partsemble.sync.types import Counts, RunState, RunView, StepKind, StepView, Trigger
from partsemble.words.changes import ChangeInWords, describe_changes
from partsemble.words.items import TYPE_WORDS
from partsemble.words.sentences import Refusal, explain_code

READING_SHARE: Final = 70
"""Per cent of the bar that reading takes; the provider is slower than our own database."""

_STATE_WORDS: Final[Mapping[RunState, str]] = {
    RunState.QUEUED: "Waiting for a worker",
    RunState.READING: "Reading the books",
    RunState.APPLYING: "Updating the list",
    RunState.FINISHED: "Finished",
    RunState.FAILED: "Did not finish",
}
_STATE_TONES: Final[Mapping[RunState, str]] = {
    RunState.QUEUED: "neutral",
    RunState.READING: "info",
    RunState.APPLYING: "info",
    RunState.FINISHED: "ok",
    RunState.FAILED: "bad",
}
_TRIGGER_WORDS: Final[Mapping[Trigger, str]] = {
    Trigger.PERSON: "by hand",
    Trigger.COMMAND: "by a command",
    Trigger.API: "by a program",
    Trigger.SCHEDULE: "on schedule",
    Trigger.WEBHOOK: "after a change in the books",
}
STEP_WORDS: Final[Mapping[StepKind, str]] = {
    StepKind.CREATE: "Created",
    StepKind.UPDATE: "Updated",
    StepKind.DEACTIVATE: "Deactivated",
    StepKind.REACTIVATE: "Reactivated",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the summary."""

    label: str
    value: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What the page of a run shows."""

    id: RunId
    is_open: bool
    is_finished: bool
    state: str
    tone: str
    per_cent: int
    progress: str
    started_by: str
    queued_at: datetime
    finished_at: datetime | None
    seconds: float | None
    counts: Counts
    figures: tuple[Figure, ...]
    step_count: int
    failure: Refusal | None
    nothing_created: str

    @property
    def has_steps(self) -> bool:
        """This will tell whether the run changed anything."""
        return self.step_count > 0


@dataclass(frozen=True, slots=True)
class StepLine:
    """One change of a run as it is shown."""

    name: str
    change: str
    fields: tuple[ChangeInWords, ...]


@dataclass(frozen=True, slots=True)
class KindTab:
    """One kind of change, and how many of it a run made."""

    kind: StepKind
    label: str
    count: int


def show_step(step: StepView) -> StepLine:
    """This will put one change into words."""
    return StepLine(
        name=step.name.replace(":", " › "),
        change=STEP_WORDS[step.kind] if step.is_applied else "Not made",
        fields=describe_changes(step.changes),
    )


def count_kinds(counts: Counts) -> tuple[KindTab, ...]:
    """This will say how many changes of each kind a run made."""
    by_kind = {
        StepKind.CREATE: counts.created,
        StepKind.UPDATE: counts.updated,
        StepKind.DEACTIVATE: counts.deactivated,
        StepKind.REACTIVATE: counts.reactivated,
    }
    return tuple(KindTab(kind, STEP_WORDS[kind], count) for kind, count in by_kind.items())


def make_report(run: RunView) -> RunReport:
    """This will put a run into words and figures (SYNC-5)."""
    counts = run.counts
    figures = (
        Figure("Created", counts.created),
        Figure("Updated", counts.updated),
        Figure("Deactivated", counts.deactivated),
        Figure("Reactivated", counts.reactivated),
        Figure("Unchanged", counts.skipped_unchanged),
        Figure("Other types", counts.skipped_type, _say_skipped(run)),
        Figure("Problems", counts.problems),
    )
    has_failed = run.state is RunState.FAILED
    return RunReport(
        id=run.id,
        is_open=run.is_open,
        is_finished=run.state is RunState.FINISHED,
        state=_STATE_WORDS[run.state],
        tone=_STATE_TONES[run.state],
        per_cent=measure_progress(run),
        progress=describe_progress(run),
        started_by=f"{run.actor_label}, {_TRIGGER_WORDS[run.trigger]}",
        queued_at=run.queued_at,
        finished_at=run.finished_at,
        seconds=(
            (run.finished_at - run.started_at).total_seconds()
            if run.finished_at and run.started_at
            else None
        ),
        counts=counts,
        figures=figures,
        step_count=run.planned_steps,
        failure=explain_code(code=run.failure_code, facts=run.failure_facts)
        if has_failed
        else None,
        nothing_created=explain_nothing_created(run),
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
    read = run.read_rows / run.total_rows if run.total_rows else 0
    return int(READING_SHARE * min(1, read))


def describe_progress(run: RunView) -> str:
    """This will say in words how far a run is."""
    if run.state is RunState.APPLYING:
        return f"{run.applied_steps:,} of {run.planned_steps:,} changes made"
    if run.total_rows is not None:
        return f"{run.read_rows:,} of {max(run.total_rows, run.read_rows):,} records read"
    return "Not started yet"


def explain_nothing_created(run: RunView) -> str:
    """This will say why a finished run created nothing, where the filter is the reason (T3)."""
    counts = run.counts
    if run.state is not RunState.FINISHED or counts.created or not counts.skipped_type:
        return ""
    chosen = ", ".join(TYPE_WORDS[name] for name in sorted(run.types))
    is_empty = counts.total == counts.skipped_type
    return (
        f"Only these types are read: {chosen}. "
        f"{'Your books have none of them' if is_empty else 'All of them were here already'}. "
        f"Left out by type: {_say_skipped(run)}."
    )


def _say_skipped(run: RunView) -> str:
    return ", ".join(
        f"{count:,} {TYPE_WORDS[name]}" for name, count in sorted(run.skipped_by_type.items())
    )
