"""Whether the items are in step, and what to do now: the answer of the Sync Items page; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from partsemble.accounting.types import ConnectionState
from partsemble.kernel.ids import RunId
from partsemble.sync.types import RunState, RunView
from partsemble.web.sync.progress import describe_progress
from partsemble.web.sync.report import describe_outcome, explain_failure
from partsemble.words.figures import count_things
from partsemble.words.names import say_since

STANDING_RUNS: Final = 5
"""How far back to look for a sync that went well."""
STALE_AFTER: Final = timedelta(days=7)
"""A week without a sync, and most books have moved on."""

_LET_OUT: Final = "provider_reconnect"
"""How a run ends whose books no longer let us in (CONN-4)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand, in a sentence; `run_id` is the run that the sentence speaks of."""

    tone: str
    icon: str
    title: str
    text: str
    run_id: RunId | None = None
    is_running: bool = False
    can_sync: bool = False
    needs_connection: bool = False


def judge_standing(
    *, connection: ConnectionState | None, runs: Sequence[RunView], now: datetime
) -> Standing:
    """This will say how the mirror stands.

    Arguments:
        connection: state of the one the business has or had; None without any.
        runs: the newest of the business, newest first.
    """
    if connection in (None, ConnectionState.DISCONNECTED):
        return Standing(
            tone="neutral",
            icon="unplug",
            title="No books are connected",
            text="Connect your books first; then their items can be read.",
            needs_connection=True,
        )
    if connection is ConnectionState.EXPIRED:
        return Standing(
            tone="bad",
            icon="unplug",
            title="Nothing can be read until you reconnect",
            text="What was read until then is all here, and syncs go on where they stopped.",
        )
    if not runs:
        return Standing(
            tone="neutral",
            icon="circle-dashed",
            title="Not synced yet",
            text="The first sync reads every item. It takes a few seconds for most catalogs.",
            can_sync=True,
        )
    return _judge_newest(runs, now)


def _judge_newest(runs: Sequence[RunView], now: datetime) -> Standing:
    newest = runs[0]
    if newest.is_open:
        return Standing(
            tone="info",
            icon="refresh-cw",
            title="A sync is running",
            text=f"{newest.actor_label} started it {say_since(newest.queued_at, now=now)}: "
            f"{describe_progress(newest).lower()}.",
            run_id=newest.id,
            is_running=True,
        )
    if newest.state is RunState.FAILED:
        return _judge_failed(newest, runs[1:], now)
    return _judge_finished(newest, now)


def _judge_failed(newest: RunView, earlier: Sequence[RunView], now: datetime) -> Standing:
    failure = explain_failure(newest)
    last = next((run for run in earlier if run.state is RunState.FINISHED), None)
    in_step = (
        f"Before that, the list was in step {say_since(last.finished_at, now=now)}."
        if last and last.finished_at
        else "What it had updated until then is correct."
    )
    if newest.failure_code == _LET_OUT:
        # Whoever asks has a connection that works, or would have been told otherwise before.
        return Standing(
            tone="warn",
            icon="plug",
            title="The connection is back",
            text="The last sync broke off because your books no longer let us in. "
            f"{in_step} The next sync completes it.",
            run_id=newest.id,
            can_sync=True,
        )
    return Standing(
        tone="bad",
        icon="circle-alert",
        title="The last sync did not finish",
        text=f"{failure.what if failure else ''} {in_step} The next sync completes it.",
        run_id=newest.id,
        can_sync=True,
    )


def _judge_finished(newest: RunView, now: datetime) -> Standing:
    ended = newest.finished_at or now
    is_stale = now - ended > STALE_AFTER
    said = f"Last synced {say_since(ended, now=now)} by {newest.actor_label}: {_lower(newest)}."
    if is_stale:
        tone, icon, title = "warn", "clock-alert", "The list may have fallen behind"
    elif newest.counts.held_back:
        held = count_things(newest.counts.held_back, noun="deactivation")
        tone, icon, title = "warn", "hand", f"{held} held back until you confirm"
    elif newest.corrections.held_back:
        held = count_things(newest.corrections.held_back, noun="correction")
        tone, icon, title = "warn", "hand", f"{held} of stock held back until you confirm"
    elif newest.counts.problems:
        tone, icon, title = "warn", "triangle-alert", "In step, but for some problems"
    else:
        tone, icon, title = "ok", "circle-check", "In step with your books"
    return Standing(tone=tone, icon=icon, title=title, text=said, run_id=newest.id, can_sync=True)


def _lower(run: RunView) -> str:
    outcome = describe_outcome(run)
    return outcome[0].lower() + outcome[1:]
