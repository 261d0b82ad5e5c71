"""`partsemble verify`: prove the ledger, and name what is off (STOCK-2)."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

import msgspec

from partsemble.cli.business import choose_owner
from partsemble.cli.command import Exit
from partsemble.identity.queries import get_owner, list_all_businesses
from partsemble.kernel.actor import Actor
from partsemble.stock.queries.verifying import (
    Deviation,
    count_moves,
    verify_ledger,
    verify_triggers,
)
from partsemble.words.figures import count_things
from partsemble.words.stock import say_deviation

SHOWN: Final = 100
"""Deviations of a business that are written out; whoever has more has one cause."""


def configure(parser: argparse.ArgumentParser) -> None:
    """This will name the options."""
    parser.add_argument(
        "--business", metavar="SLUG", help="short name of the business; otherwise all of them"
    )
    parser.add_argument("--json", action="store_true", help="report as JSON")


def run(options: argparse.Namespace) -> Exit:
    """This will sum everything up again, and fail if anything differs from what is stored."""
    triggers = list(verify_triggers())
    reports = [_verify(slug, actor) for slug, actor in _choose(options.business)]
    is_sound = not triggers and not any(report["deviations"] for report in reports)
    if options.json:
        shown = [asdict(each) for each in triggers]
        report = {"sound": is_sound, "triggers": shown, "businesses": reports}
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        _say(triggers, reports)
    return Exit.DONE if is_sound else Exit.REFUSED


def _choose(slug: str | None) -> Iterator[tuple[str, Actor]]:
    if slug is not None:
        yield slug, choose_owner(slug=slug)
        return
    for business in list_all_businesses():
        yield business.slug, get_owner(business_id=business.id)


def _verify(slug: str, actor: Actor) -> dict[str, Any]:
    found = list(verify_ledger(actor=actor))
    return {
        "business": slug,
        "moves": count_moves(actor=actor),
        "count": len(found),
        "deviations": [asdict(each) for each in found[:SHOWN]],
    }


def _say(triggers: list[Deviation], reports: list[dict[str, Any]]) -> None:
    for trigger in triggers:
        sys.stdout.write(f"! {say_deviation(trigger)}\n")
    if triggers:
        sys.stdout.write("  → Run: partsemble migrate\n")
    for report in reports:
        moves = count_things(report["moves"], noun="move")
        if not report["count"]:
            sys.stdout.write(f"✓ {report['business']}: {moves} add up.\n")
            continue
        sys.stdout.write(f"! {report['business']}: {moves}, {report['count']:,} wrong.\n")
        for each in report["deviations"]:
            sys.stdout.write(f"  {say_deviation(Deviation(**each))}\n")
        sys.stdout.write("  → Restore a backup, or send us this list before you post anything.\n")
