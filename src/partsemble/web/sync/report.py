"""A run in a person's words and figures; pure."""

from dataclasses import dataclass
from datetime import datetime

from partsemble.kernel.ids import RunId
from partsemble.sync.types import CorrectionCounts, Counts, FullReason, ReadMode, RunState, RunView
from partsemble.web.sync.corrections import say_corrections
from partsemble.web.sync.progress import describe_progress, is_unread
from partsemble.words.figures import count_things, show_seconds
from partsemble.words.items import TYPE_WORDS
from partsemble.words.runs import (
    MODE_WORDS,
    REASON_WORDS,
    STATE_TONES,
    STATE_WORDS,
    TRIGGER_WORDS,
)
from partsemble.words.sentences import Refusal, explain_code


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
    noun: str
    """What it is: an item sync, or a preview of one."""
    is_open: bool
    is_finished: bool
    is_preview: bool
    is_plan_kept: bool
    mode: str
    mode_text: str
    """Why it reads everything; empty if it does not."""
    since: datetime | None
    state: str
    tone: str
    headline: str
    started_by: str
    queued_at: datetime
    finished_at: datetime | None
    took: str
    counts: Counts
    corrections: CorrectionCounts
    figures: tuple[Figure, ...]
    sum_up: str
    followed: str
    """What linked products took over; empty if nothing."""
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
        noun="Preview of a sync" if run.is_preview else "Item sync",
        is_open=run.is_open,
        is_finished=is_finished,
        is_preview=run.is_preview,
        is_plan_kept=run.is_plan_kept,
        mode="Preview" if run.is_preview else MODE_WORDS[run.mode],
        mode_text=REASON_WORDS[run.full_reason] if run.mode is ReadMode.FULL else "",
        since=run.since if run.mode is ReadMode.INCREMENTAL else None,
        state=STATE_WORDS[run.state],
        tone=_choose_tone(run),
        headline=_say_headline(run),
        started_by=f"{run.actor_label}, {TRIGGER_WORDS[run.trigger]}",
        queued_at=run.queued_at,
        finished_at=run.finished_at,
        took=_say_duration(run),
        counts=run.counts,
        corrections=run.corrections,
        figures=() if is_unread(run) else list_figures(run),
        sum_up=sum_up(run),
        followed=say_followed(run),
        outcome=describe_outcome(run),
        step_count=run.planned_steps,
        failure=explain_failure(run),
        how_far=describe_progress(run),
        nothing_new=explain_nothing_created(run),
        is_filtered_out=is_finished and 0 < run.counts.total == run.counts.skipped_type,
    )


def _choose_tone(run: RunView) -> str:
    if run.state is not RunState.FINISHED:
        return STATE_TONES[run.state]
    waits = run.counts.held_back or run.corrections.held_back
    if waits or run.counts.problems or run.corrections.refused:
        return "warn"
    return "info" if run.is_preview else "ok"


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
    said = f"Together that is {count_things(total, noun='item')}: every one that was read or known."
    if run.mode is ReadMode.INCREMENTAL:
        said += " What was not read again, because it has not changed, counts as unchanged."
    if run.full_reason is FullReason.FIRST and run.counts.skipped_unchanged:
        said += (
            " What your books call inactive and was never here stays out; that counts as unchanged,"
            " too."
        )
    return said


def say_followed(run: RunView) -> str:
    """This will say that linked products took over, or would, what their items say (ITEM-6)."""
    if not run.followed:
        return ""
    things = count_things(run.followed, noun="product")
    if run.is_preview:
        return f"{things} would take over what changed in the books."
    return f"{things} took over what changed in the books; the activity of each says what."


def describe_outcome(run: RunView) -> str:
    """This will say in a line what a run changed, for the history and the cards."""
    if run.state is not RunState.FINISHED:
        return STATE_WORDS[run.state] if run.is_open else describe_progress(run)
    if run.is_preview:
        return foretell_outcome(run)
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
    if counts.held_back:
        parts.append(f"{counts.held_back:,} held back")
    if counts.problems:
        parts.append(count_things(counts.problems, noun="problem"))
    if run.followed:
        parts.append(f"{count_things(run.followed, noun='product')} followed")
    return ", ".join(parts + say_corrections(run.corrections)) or "Nothing had changed"


def foretell_outcome(run: RunView) -> str:
    """This will say in a sentence what the sync of a preview would do; not what it leaves alone."""
    counts, corrections = run.counts, run.corrections
    said = [
        phrase.format(count_things(number, noun=noun))
        for number, phrase, noun in (
            (counts.created, "create {}", "item"),
            (counts.updated, "update {}", "item"),
            (counts.deactivated, "deactivate {}", "item"),
            (counts.reactivated, "reactivate {}", "item"),
            (counts.held_back, "hold back {}", "deactivation"),
            (run.followed, "let {} follow", "product"),
            (corrections.applied, "correct {}", "product"),
            (corrections.held_back, "hold back {}", "correction"),
            (corrections.refused, "be unable to correct {}", "product"),
            (counts.problems, "meet {}", "problem"),
        )
        if number
    ]
    if not said:
        return "Nothing would change"
    *others, last = said
    return f"A sync would {', '.join(others)}{' and ' if others else ''}{last}"


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
    counts = run.counts
    if run.state is not RunState.FINISHED:
        return STATE_WORDS[run.state]
    if run.is_preview:
        return "Nothing was changed: this is what a sync would do"
    but = [
        words
        for number, words in (
            (counts.held_back, f"{count_things(counts.held_back, noun='deactivation')} held back"),
            (
                run.corrections.held_back,
                f"{count_things(run.corrections.held_back, noun='correction')} held back",
            ),
            (counts.problems, count_things(counts.problems, noun="problem")),
        )
        if number
    ]
    said = "The list is in step with your books"
    return f"{said}, but for {' and '.join(but)}" if but else said


def _say_duration(run: RunView) -> str:
    if run.started_at is None or run.finished_at is None:
        return ""
    return show_seconds((run.finished_at - run.started_at).total_seconds())


def _say_skipped(run: RunView) -> str:
    by_word: dict[str, int] = {}
    for name, count in sorted(run.skipped_by_type.items()):
        by_word[TYPE_WORDS[name]] = by_word.get(TYPE_WORDS[name], 0) + count
    return ", ".join(f"{count:,} {word}" for word, count in by_word.items())
