"""`partsemble rotate-keys`: seal every stored secret with the newest key, while all runs."""

import argparse
import sys
from typing import Any

import msgspec
from django.conf import settings

from partsemble.cli.command import Exit
from partsemble.database.encryption import list_key_ids, newest_key_id
from partsemble.database.sealed import Resealing, count_by_key, reseal_values


def configure(parser: argparse.ArgumentParser) -> None:
    """This will name the options."""
    parser.add_argument("--dry-run", action="store_true", help="say what there is to do, no more")
    parser.add_argument("--json", action="store_true", help="report as JSON")


def run(options: argparse.Namespace) -> Exit:
    """This will seal anew what an older key sealed, and say whether that key may go."""
    outcome = look_only() if options.dry_run else reseal_values()
    report = make_report(outcome, is_dry_run=options.dry_run)
    said = msgspec.json.encode(report).decode() if options.json else say_report(report)
    sys.stdout.write(said + "\n")
    is_done = outcome.unreadable == 0 and (options.dry_run or outcome.left == 0)
    return Exit.DONE if is_done else Exit.REFUSED


def look_only() -> Resealing:
    """This will count what a run would find."""
    listed, newest = set(list_key_ids()), newest_key_id()
    counts = count_by_key()
    return Resealing(
        resealed=0,
        unreadable=sum(count for key_id, count in counts.items() if key_id not in listed),
        left=sum(count for key_id, count in counts.items() if key_id in listed - {newest}),
    )


def make_report(outcome: Resealing, *, is_dry_run: bool) -> dict[str, Any]:
    """This will give the outcome as the JSON that scripts rely on; no key shows, only its id."""
    return {
        "newest_key": newest_key_id(),
        "keys": len(settings.PARTSEMBLE_SECRET_KEYS),
        "dry_run": is_dry_run,
        "resealed": outcome.resealed,
        "left": outcome.left,
        "unreadable": outcome.unreadable,
        "old_keys_removable": outcome.left == 0 and outcome.unreadable == 0,
    }


def say_report(report: dict[str, Any]) -> str:
    """This will say the same in sentences."""
    old_keys = report["keys"] - 1
    if report["unreadable"]:
        return (
            f"{report['unreadable']} stored secrets need a key that is not listed, or are damaged. "
            "Put the former key back into PARTSEMBLE_SECRET_KEYS, or reconnect the businesses "
            f"concerned. Sealed anew: {report['resealed']}. Keep all keys."
        )
    if report["left"]:
        remedy = (
            "Run it without --dry-run."
            if report["dry_run"]
            else "Some process still seals with an old key: start all of them anew, then repeat."
        )
        return f"{report['left']} stored secrets still need an older key. {remedy} Keep all keys."
    done = f"{report['resealed']} secrets sealed anew; none needs an older key."
    if not old_keys:
        return done
    return (
        f"{done} The {old_keys} older in PARTSEMBLE_SECRET_KEYS may go. Whoever has not come by "
        "since the new key was listed will have to sign in again then."
    )
