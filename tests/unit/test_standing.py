"""How the Sync Items page answers its question."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from partsemble.accounting.types import ConnectionState
from partsemble.database.ids import new_id
from partsemble.kernel.ids import RunId
from partsemble.sync.types import Counts, RunState, RunView, Trigger
from partsemble.web.sync.standing import judge_standing

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
RUN = RunView(
    id=RunId(new_id()),
    state=RunState.FINISHED,
    trigger=Trigger.PERSON,
    actor_label="Olivia Owner",
    queued_at=NOW,
    started_at=NOW,
    finished_at=NOW - timedelta(minutes=4, seconds=2),
    types=frozenset({"inventory"}),
    total_rows=10,
    read_rows=10,
    planned_steps=2,
    applied_steps=2,
    counts=Counts(created=1, updated=1, skipped_unchanged=8),
)


FAILED = replace(RUN, state=RunState.FAILED, failure_code="provider_try_later", finished_at=NOW)
LET_OUT = replace(FAILED, failure_code="provider_reconnect")


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (None, "No books are connected"),
        (ConnectionState.DISCONNECTED, "No books are connected"),
        (ConnectionState.EXPIRED, "Nothing can be read until you reconnect"),
    ],
)
def test_without_books_there_is_nothing_to_press(state: ConnectionState | None, title: str) -> None:
    standing = judge_standing(connection=state, runs=[RUN], now=NOW)
    assert standing.title == title
    assert not standing.can_sync
    # The banner over every page has the button for the way back.
    assert standing.needs_connection == (state is not ConnectionState.EXPIRED)


@pytest.mark.parametrize(
    ("runs", "title", "said"),
    [
        ([], "Not synced yet", "The first sync reads every item."),
        (
            [RUN],
            "In step with your books",
            "Last synced 4\xa0minutes ago by Olivia Owner: 1 created, 1 updated.",
        ),
        (
            [replace(RUN, counts=Counts(problems=1))],
            "In step, but for some problems",
            "Last synced 4\xa0minutes ago by Olivia Owner: 1 problem.",
        ),
        (
            [replace(RUN, finished_at=NOW - timedelta(days=8), counts=Counts())],
            "The list may have fallen behind",
            "Last synced 1\xa0week ago by Olivia Owner: nothing had changed.",
        ),
        (
            [FAILED, RUN],
            "The last sync did not finish",
            "Before that, the list was in step 4\xa0minutes ago. The next sync completes it.",
        ),
        ([FAILED], "The last sync did not finish", "What it had updated until then is correct."),
        (
            [LET_OUT, RUN],
            "The connection is back",
            "Before that, the list was in step 4\xa0minutes ago. The next sync completes it.",
        ),
    ],
)
def test_how_things_stand(runs: list[RunView], title: str, said: str) -> None:
    standing = judge_standing(connection=ConnectionState.ACTIVE, runs=runs, now=NOW)
    assert standing.title == title
    assert said in standing.text
    assert standing.can_sync


def test_while_a_sync_runs_there_is_nothing_to_press() -> None:
    reading = replace(RUN, state=RunState.READING, read_rows=5, finished_at=None)
    standing = judge_standing(connection=ConnectionState.ACTIVE, runs=[reading, RUN], now=NOW)
    assert standing.is_running
    assert not standing.can_sync
    assert standing.text == "Olivia Owner started it just now: 5 of 10 records read."
    assert standing.run_id == RUN.id


def test_only_a_connection_that_works_is_called_back() -> None:
    expired = judge_standing(connection=ConnectionState.EXPIRED, runs=[LET_OUT], now=NOW)
    assert expired.title == "Nothing can be read until you reconnect"
    again = judge_standing(connection=ConnectionState.ACTIVE, runs=[LET_OUT], now=NOW)
    assert "expired" not in again.text
    assert again.text.startswith("The last sync broke off because your books no longer let us in.")
