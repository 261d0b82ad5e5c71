"""First, unchanged and slightly changed item syncs, beside clients that only download.

    python benchmarks/item_sync.py [--items 10000,100000] [--page-delay 0] [--rounds 5]
                                   [--crowd] [--json FILE]

A round lets every contestant run once, in turn, against the same emulator, so that ratios hold
although the machine's speed drifts; what is judged is the median of the rounds' ratios. SQLite
always runs; PostgreSQL runs too where PARTSEMBLE_TEST_DATABASE_URL names a server
(`tools/postgres run -- make bench`). With a page delay the limits of the real service hold too.
docs/reference/benchmarks.md says how to read the table.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from stage import control, finish, list_databases, list_item_ids, run, running_emulator, start, tell

type Runs = dict[str, list[dict[str, Any]]]

LIBRARY, BARE, STANDARD = "python-quickbooks", "bare client", "bare client, json"
FIRST, UNCHANGED, CHANGED = "first sync", "unchanged", "1 % changed"
CROWD_SECONDS = 10
SYNCS_IN_CROWD = 5
MOST_IDLE_MIB = 150


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target, what was measured, and whether it was met."""

    target: str
    subject: str
    figure: float
    limit: float

    @property
    def is_met(self) -> bool:
        """Whether the figure is within the limit."""
        return self.figure <= self.limit


def main() -> None:
    """This will run the rounds for each number of items and print tables and verdicts."""
    options = _parse()
    sizes = [int(each) for each in options.items.split(",")]
    by_size: dict[int, Runs] = {}
    with tempfile.TemporaryDirectory(prefix="partsemble-bench-") as folder:
        for size in sizes:
            by_size[size] = run_rounds(options, size, Path(folder))
            print_table(f"{size:,} items, {options.page_delay} ms a page", by_size[size])
    verdicts = list(judge(by_size, is_delayed=bool(options.page_delay)))
    print_verdicts(verdicts)
    if options.json:
        report = {
            "page_delay_ms": options.page_delay,
            "verdicts": [{**asdict(each), "is_met": each.is_met} for each in verdicts],
            "runs": by_size,
        }
        options.json.write_text(json.dumps(report, indent=2))


def run_rounds(options: argparse.Namespace, size: int, folder: Path) -> Runs:
    """This will let every contestant run once a round."""
    runs: Runs = defaultdict(list)
    with running_emulator(items=size, page_delay=options.page_delay) as ready:
        if not options.page_delay:  # it keeps what it once wrote: nobody is to be the first to ask
            run("bare", str(ready), settings={})
        for number in range(options.rounds):
            runs[LIBRARY].append(run("library", str(ready), settings={}))
            if not options.page_delay:  # they know no throttle
                runs[BARE].append(run("bare", str(ready), settings={}))
                runs[STANDARD].append(run("standard", str(ready), settings={}))
            for name, settings in list_databases(folder):
                run("prepare", str(ready), settings=settings)
                for label, result in _sync_thrice(ready, settings, f"round {number} on {name}"):
                    runs[f"{label}, {name}"].append(result)
                if options.crowd and name == "SQLite":
                    runs["crowd, SQLite"].append(_sync_in_a_crowd(ready, folder))
            print(f"{size:,} items: round {number + 1} of {options.rounds} done", file=sys.stderr)
        if options.page_delay:
            refused = control(ready, "requests?status=429&limit=1000")
            runs["refused with 429"].append({"wall": len(refused["requests"])})
    return runs


def _sync_thrice(
    ready: Path, settings: dict[str, str], occasion: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield FIRST, run("sync", str(ready), settings=settings)
    yield UNCHANGED, run("sync", str(ready), settings=settings)
    changed = _change_one_percent(ready, occasion)
    yield CHANGED, {**run("sync", str(ready), settings=settings), "changed": changed}


def _change_one_percent(ready: Path, occasion: str) -> int:
    """Rewrite the description of every hundredth item that is mirrored, all over the catalog."""
    ids = list_item_ids(ready)[::100]
    for item_id in ids:
        control(ready, f"items/{item_id}", {"description": occasion}, method="PATCH")
    return len(ids)


def _sync_in_a_crowd(ready: Path, folder: Path) -> dict[str, Any]:
    """Let people work alone and beside a first sync, then alone and beside one that changes 1 %.

    Lists of an empty mirror take no time, so lists are compared where the mirror is full. One
    sync in which little changed is over before fifty lists are, so there are several.
    """
    _, settings = next(list_databases(folder))
    run("prepare", str(ready), settings=settings)
    crowd = start("crowd", str(ready), settings=settings)
    time.sleep(CROWD_SECONDS)
    tell(crowd, FIRST)
    result = run("sync", str(ready), settings=settings)
    for number in range(SYNCS_IN_CROWD):
        tell(crowd, "between")
        _change_one_percent(ready, f"change {number} beside people")
        tell(crowd, "alone")
        time.sleep(CROWD_SECONDS)
        tell(crowd, CHANGED)
        run("sync", str(ready), settings=settings)
    return {**result, **{f"crowd_{key}": value for key, value in finish(crowd).items()}}


def judge(by_size: dict[int, Runs], *, is_delayed: bool) -> Iterator[Verdict]:
    """This will hold the figures of the largest catalog against the targets (P1 to P5, P10)."""
    size = max(by_size)
    runs = by_size[size]
    for name in ("SQLite", "PostgreSQL"):
        first = runs.get(f"{FIRST}, {name}", [])
        if not first:
            continue
        if is_delayed:
            yield Verdict(
                "P4", f"first sync, {name}, to library", _ratio(first, runs[LIBRARY]), 0.35
            )
            again = runs[f"{UNCHANGED}, {name}"]
            yield Verdict(
                "P4", f"unchanged, {name}, to library", _ratio(again, runs[LIBRARY]), 0.35
            )
            continue
        yield from _judge_at_full_speed(runs, name)
        smaller = by_size.get(size // 10)
        if smaller:
            for label in (FIRST, UNCHANGED):
                tenth = smaller[f"{label}, {name}"]
                grown = _ratio(runs[f"{label}, {name}"], tenth)
                yield Verdict("P10", f"{label}, {name}, to a tenth", grown, 12)
    if is_delayed:
        yield Verdict(
            "P4", "answers 429", sum(each["wall"] for each in runs["refused with 429"]), 0
        )
    for crowd in runs.get("crowd, SQLite", [])[-1:]:
        yield from _judge_crowd(crowd)


def _judge_at_full_speed(runs: Runs, name: str) -> Iterator[Verdict]:
    first, unchanged = runs[f"{FIRST}, {name}"], runs[f"{UNCHANGED}, {name}"]
    changed = runs[f"{CHANGED}, {name}"]
    yield Verdict("P1", f"first sync, {name}, to library", _ratio(first, runs[LIBRARY]), 0.9)
    above = [each["peak_mib"] - each["idle_mib"] for each in first]
    half = median(each["peak_mib"] for each in runs[LIBRARY]) / 2
    yield Verdict("P1", f"{name}, MiB above idle, half of library", median(above), half)
    yield Verdict("P1", f"{name}, MiB above idle", median(above), MOST_IDLE_MIB)
    yield Verdict("P2", f"unchanged, {name}, to library", _ratio(unchanged, runs[LIBRARY]), 0.35)
    yield Verdict("P2", f"unchanged, {name}, to json", _ratio(unchanged, runs[STANDARD]), 1.0)
    rows = max(each["written"] + each["planned"] for each in unchanged)
    yield Verdict("P2", f"unchanged, {name}, rows written", rows, 0)
    yield Verdict("P3", f"1 % changed, {name}, to library", _ratio(changed, runs[LIBRARY]), 0.45)
    off = max(abs(each["written"] - each["changed"]) for each in changed)
    yield Verdict("P3", f"1 % changed, {name}, rows written in error", off, 0)


def _judge_crowd(crowd: dict[str, Any]) -> Iterator[Verdict]:
    phases = crowd["crowd_phases"]
    for name in (FIRST, CHANGED):
        beside, writes = phases[name], phases[name]["write"]
        yield Verdict("P5", f"writes beside {name}, p95, ms", writes["p95_ms"], 50)
        yield Verdict("P5", f"writes beside {name}, worst, ms", writes["worst_ms"], 1000)
        slower = beside["list"]["p95_ms"] / phases["alone"]["list"]["p95_ms"]
        yield Verdict("P5", f"lists beside {name}, p95, to idle", slower, 1.5)
    yield Verdict("P5", "errors", len(crowd["crowd_failures"]), 0)


def print_table(title: str, runs: Runs) -> None:
    """This will print medians, and beside them the medians of the ratios to the library."""
    print(f"\n{title}\n{'':26} {'wall s':>8} {'× p-qb':>7} {'CPU s':>7} {'MiB':>6}  split, s")
    for name, results in runs.items():
        if "cpu" not in results[0]:
            continue
        wall, cpu = (median(each[key] for each in results) for key in ("wall", "cpu"))
        memory = median(each["peak_mib"] - each.get("idle_mib", 0) for each in results)
        parts = sorted({part for each in results for part in each.get("split", {})})
        split = ", ".join(
            f"{part} {median(each['split'].get(part, 0.0) for each in results):.1f}"
            for part in parts
        )
        ratio = _ratio(results, runs[LIBRARY])
        print(f"{name:26} {wall:8.2f} {ratio:7.2f} {cpu:7.2f} {memory:6.0f}  {split}")


def print_verdicts(verdicts: list[Verdict]) -> None:
    """This will print each target with yes or no."""
    print()
    for each in verdicts:
        answer = "yes" if each.is_met else "NO"
        print(
            f"{each.target:4} {each.subject:45} {each.figure:9.2f}  ≤ {each.limit:8.2f}  {answer}"
        )


def _ratio(runs: list[dict[str, Any]], others: list[dict[str, Any]]) -> float:
    pairs = zip(runs, others, strict=False)
    return median(one["wall"] / other["wall"] for one, other in pairs)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", default="10000,100000", metavar="N,…")
    parser.add_argument("--page-delay", type=int, default=0, metavar="MS")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--crowd", action="store_true", help="people work meanwhile, on SQLite")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
