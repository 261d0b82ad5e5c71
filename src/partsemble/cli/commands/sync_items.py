"""`partsemble sync items`: read the books, and report as JSON or in a sentence."""

import argparse
import sys
import threading
import time
from dataclasses import asdict
from typing import Any, Final

import msgspec

from partsemble.cli.business import choose_owner
from partsemble.cli.command import Exit
from partsemble.jobs.worker import run_worker
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import RunId
from partsemble.locks.errors import SyncLockHeld
from partsemble.sync.errors import NothingHeldBack
from partsemble.sync.queries import find_held_run, get_run, has_run, list_problems
from partsemble.sync.queries.waiting import find_waiting_sync
from partsemble.sync.services.start import start_item_preview, start_item_sync
from partsemble.sync.services.waiting import ask_for_sync_when_free
from partsemble.sync.types import RunState, RunView, StartMode, Trigger
from partsemble.words.sentences import explain_code

LOOK_SECONDS: Final = 0.1


def configure(parser: argparse.ArgumentParser) -> None:
    """This will name the options."""
    parser.add_argument(
        "--business",
        metavar="SLUG",
        help="short name of the business; not needed where there is one",
    )
    parser.add_argument(
        "--full", action="store_true", help="read everything, not only what changed"
    )
    parser.add_argument(
        "--wait", action="store_true", help="if another sync runs, start when it has ended"
    )
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--preview", action="store_true", help="say what would change, and change nothing"
    )
    either.add_argument(
        "--confirm", action="store_true", help="let through what the last sync held back"
    )
    parser.add_argument("--json", action="store_true", help="report as JSON")


def run(options: argparse.Namespace) -> Exit:
    """This will start a run, see it to its end, and report it."""
    actor = choose_owner(slug=options.business)
    run_id = _start(actor, options)
    finished = see_to_its_end(actor=actor, run_id=run_id)
    if options.json:
        report = make_report(actor=actor, run=finished)
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        sys.stdout.write(say_report(finished) + "\n")
    return Exit.DONE if finished.state is RunState.FINISHED else Exit.REFUSED


def _start(actor: Actor, options: argparse.Namespace) -> RunId:
    mode = StartMode.FULL if options.full else StartMode.AUTOMATIC
    if options.preview:
        return start_item_preview(actor=actor, trigger=Trigger.COMMAND, mode=mode)
    held = find_held_run(actor=actor) if options.confirm else None
    if options.confirm and held is None:
        raise NothingHeldBack
    try:
        return start_item_sync(
            actor=actor, trigger=Trigger.COMMAND, mode=mode, confirms=held.id if held else None
        )
    except SyncLockHeld:
        # What a person confirms is what they have seen, not what may be held back by then.
        if not options.wait or held:
            raise
        waiting = ask_for_sync_when_free(actor=actor, trigger=Trigger.COMMAND, is_full=options.full)
        return waiting.run_id


def see_to_its_end(*, actor: Actor, run_id: RunId) -> RunView:
    """This will wait for the run, lending a hand as a worker so that none has to be running.

    If this command is killed, the run goes on as soon as another worker looks.

    Raises:
        RunNotFound: if it waited to be free and somebody called it off.
    """
    stop = threading.Event()
    worker = threading.Thread(
        target=run_worker, kwargs={"stop": stop, "concurrency": 1}, name="lent-worker"
    )
    worker.start()
    try:
        while worker.is_alive() and _is_to_come_or_open(actor, run_id):
            time.sleep(LOOK_SECONDS)
    finally:
        stop.set()
        worker.join()
    return get_run(actor=actor, run_id=run_id)


def _is_to_come_or_open(actor: Actor, run_id: RunId) -> bool:
    # Asked in this order: what waits becomes a run in one transaction.
    waiting = find_waiting_sync(actor=actor)
    if waiting is not None and waiting.run_id == run_id:
        return True
    if not has_run(business_id=actor.business_id, run_id=run_id):
        return False
    return get_run(actor=actor, run_id=run_id).is_open


def make_report(*, actor: Actor, run: RunView) -> dict[str, Any]:
    """This will give a run as the JSON that scripts rely on (SYNC-5)."""
    counts = run.counts
    report: dict[str, Any] = {
        "run": str(run.id),
        "state": run.state.value,
        "created": counts.created,
        "updated": counts.updated,
        "deactivated": counts.deactivated,
        "reactivated": counts.reactivated,
        "skipped_unchanged": counts.skipped_unchanged,
        "skipped_type": counts.skipped_type,
        "held_back": counts.held_back,
        "followed": run.followed,
        "corrections": asdict(run.corrections),
        "problems": [
            {
                "external_id": each.external_id,
                "name": each.name,
                "code": each.code,
                "sentence": each.sentence,
            }
            for each in list_problems(actor=actor, run_id=run.id)
        ],
    }
    if run.failure_code:
        said = explain_code(code=run.failure_code, facts=run.failure_facts)
        report["failure"] = {"code": said.code, "sentence": f"{said.what} {said.why}"}
    return report


def _say_products(run: RunView) -> str:
    counts = run.corrections
    said = (
        (run.followed, "followed their items"),
        (counts.applied, "corrected in stock"),
        (counts.held_back, "held back; look at them, then run this with --confirm"),
        (counts.refused, "impossible to correct"),
        (counts.differing, "counted otherwise in the books and left alone"),
    )
    parts = [f"{number} {words}" for number, words in said if number]
    return f" Products: {'; '.join(parts)}." if parts else ""


def say_report(run: RunView) -> str:
    """This will say in one or two sentences what a run came to."""
    counts = run.counts
    if run.state is not RunState.FINISHED:
        said = explain_code(code=run.failure_code, facts=run.failure_facts)
        return f"The sync did not finish. {said.what} {said.why} {said.remedy}"
    skipped = counts.skipped_unchanged + counts.skipped_type
    held = (
        f" {counts.held_back} deactivations are held back because they are so many; look at them, "
        "then run this with --confirm."
        if counts.held_back
        else ""
    )
    begin = "Nothing was changed. A sync of" if run.is_preview else "Compared"
    return (
        f"{begin} {counts.total} items: {counts.created} created, {counts.updated} updated, "
        f"{counts.deactivated} deactivated, {counts.reactivated} reactivated, {skipped} skipped "
        f"({counts.skipped_unchanged} unchanged, {counts.skipped_type} by type), "
        f"{counts.problems} problems.{held}{_say_products(run)}"
    )
