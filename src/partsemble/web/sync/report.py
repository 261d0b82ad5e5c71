"""A run in a person's words and figures; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from partsemble.kernel.ids import RunId
from partsemble.sync.types import Counts, RunState, RunView, Trigger
from partsemble.web.sync.progress import STATE_WORDS, describe_progress
from partsemble.words.figures import show_seconds
from partsemble.words.items import TYPE_WORDS
from partsemble.words.sentences import Refusal, explain_code

STATE_TONES: Final[Mapping[RunState, str]] = {
    RunState.QUEUED: "neutral",
    RunState.READING: "info",
    RunState.APPLYING: "info",
    RunState.FINISHED: "ok",
    RunState.FAILED: "bad",
}
TRIGGER_WORDS: Final[Mapping[Trigger, str]] = {
    Trigger.PERSON: "by hand",
    Trigger.COMMAND: "by a command",
    Trigger.API: "by a program",
    Trigger.SCHEDULE: "on schedule",
    Trigger.WEBHOOK: "after a change in the books",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the summary."""

    label: str
    value: int
    hint: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run's page and its line in the history show."""

    id: RunId
    is_open: bool
    is_finished: bool
    state: str
    tone: str
    headline: str
    started_by: str
    queued_at: datetime
    finished_at: datetime | None
    took: str
    counts: Counts
    figures: tuple[Figure, ...]
    sum_up: str
    outcome: str
    """What changed, in a line."""
    step_count: int
    failure: Refusal | None
    how_far: str
    nothing_new: str
    is_filtered_out: bool
    """Nothing was created because the filter lets nothing of these books through (T3)."""

    @property
    def has_steps(self) -> bool:
        """This will tell whether the run changed anything."""
        return self.step_count > 0


def make_report(run: RunView) -> RunReport:
    """This will put a run into words and figures (SYNC-5)."""
    is_finished = run.state is RunState.FINISHED
    return RunReport(
        id=run.id,
        is_open=run.is_open,
        is_finished=is_finished,
        state=STATE_WORDS[run.state],
        tone="warn" if is_finished and run.counts.problems else STATE_TONES[run.state],
        headline=_say_headline(run),
        started_by=f"{run.actor_label}, {TRIGGER_WORDS[run.trigger]}",
        queued_at=run.queued_at,
        finished_at=run.finished_at,
        took=_say_duration(run),
        counts=run.counts,
        figures=list_figures(run),
        sum_up=sum_up(run),
        outcome=describe_outcome(run),
        step_count=run.planned_steps,
        failure=explain_failure(run),
        how_far=describe_progress(run),
        nothing_new=explain_nothing_created(run),
        is_filtered_out=is_finished and 0 < run.counts.total == run.counts.skipped_type,
    )


def list_figures(run: RunView) -> tuple[Figure, ...]:
    """This will list the figures of the summary; they add up to the items of the run."""
    counts = run.counts
    return (
        Figure("Created", counts.created),
        Figure("Updated", counts.updated),
        Figure("Deactivated", counts.deactivated),
        Figure("Reactivated", counts.reactivated),
        Figure("Unchanged", counts.skipped_unchanged),
        Figure("Other types", counts.skipped_type, _say_skipped(run)),
        *([Figure("Held back", counts.held_back, tone="warn")] if counts.held_back else []),
        Figure("Problems", counts.problems, tone="warn" if counts.problems else ""),
    )


def sum_up(run: RunView) -> str:
    """This will say that the figures add up, and to what (SYNC-5)."""
    if run.state is not RunState.FINISHED:
        return ""
    total = run.counts.total
    if not total:
        return "There were no items to compare."
    return f"Together that is {_count(total, 'item')}: every one that was read or known."


def describe_outcome(run: RunView) -> str:
    """This will say in a line what a run changed, for the history and the cards."""
    if run.state is not RunState.FINISHED:
        return STATE_WORDS[run.state] if run.is_open else describe_progress(run)
    counts = run.counts
    parts = [
        f"{number:,} {word}"
        for number, word in (
            (counts.created, "created"),
            (counts.updated, "updated"),
            (counts.deactivated, "deactivated"),
            (counts.reactivated, "reactivated"),
        )
        if number
    ]
    if counts.problems:
        parts.append(_count(counts.problems, "problem"))
    return ", ".join(parts) or "Nothing had changed"


def explain_failure(run: RunView) -> Refusal | None:
    """This will say why a run did not finish; None for any other."""
    if run.state is not RunState.FAILED:
        return None
    return explain_code(code=run.failure_code, facts=run.failure_facts)


def explain_nothing_created(run: RunView) -> str:
    """This will say why a finished run created nothing, where the filter is a reason (T3)."""
    counts = run.counts
    if run.state is not RunState.FINISHED or counts.created or not counts.skipped_type:
        return ""
    is_empty = counts.total == counts.skipped_type
    return (
        f"Only these types are read: {name_types(run.types)}. "
        f"{'Your books have none of them' if is_empty else 'All of them were here already'}. "
        f"Left out by type: {_say_skipped(run)}."
    )


def name_types(types: frozenset[str]) -> str:
    """This will name types in the order in which they are offered; a bundle has one word."""
    return ", ".join(dict.fromkeys(TYPE_WORDS[each] for each in TYPE_WORDS if each in types))


def _say_headline(run: RunView) -> str:
    if run.state is not RunState.FINISHED:
        return STATE_WORDS[run.state]
    if not run.counts.problems:
        return "The list is in step with your books"
    return f"The list is in step with your books, but for {_count(run.counts.problems, 'problem')}"


def _say_duration(run: RunView) -> str:
    if run.started_at is None or run.finished_at is None:
        return ""
    return show_seconds((run.finished_at - run.started_at).total_seconds())


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _say_skipped(run: RunView) -> str:
    by_word: dict[str, int] = {}
    for name, count in sorted(run.skipped_by_type.items()):
        by_word[TYPE_WORDS[name]] = by_word.get(TYPE_WORDS[name], 0) + count
    return ", ".join(f"{count:,} {word}" for word, count in by_word.items())
