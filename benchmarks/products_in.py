"""Products that come in: of accounting items, and from a workbook.

    python benchmarks/products_in.py [--items 10000,100000] [--rows 1000,10000] [--rounds 3]
                                     [--json FILE]

Each size runs in a process of its own with a fresh database: SQLite always, PostgreSQL too where
PARTSEMBLE_TEST_DATABASE_URL names a server (`tools/postgres run -- make bench-products`). Wall
seconds, rows a second, and the peak of memory above what the process had before it began. Ten
times the rows may take at most twelve times as long (P10).
"""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from stage import list_databases, run, running_emulator

GROWTH_LIMIT = 12.0

type Results = dict[tuple[str, str], dict[int, list[dict[str, Any]]]]


def main() -> None:
    """This will run every size on every database and print a table."""
    options = _parse()
    sizes = {
        "import": [int(each) for each in options.items.split(",")],
        "bring": [int(each) for each in options.rows.split(",")],
    }
    results: Results = defaultdict(lambda: defaultdict(list))
    with (
        tempfile.TemporaryDirectory(prefix="partsemble-bench-") as folder,
        running_emulator(items=10) as ready,
    ):
        for number in range(options.rounds):
            for work, counts in sizes.items():
                for count in counts:
                    for name, settings in list_databases(Path(folder)):
                        run("prepare", str(ready), settings=settings)
                        took = run(work, str(count), settings=settings)
                        results[work, name][count].append(took)
            print(f"round {number + 1} of {options.rounds} done", file=sys.stderr)
    print_table(results)
    if options.json:
        flat = {f"{work}, {name}": counts for (work, name), counts in results.items()}
        options.json.write_text(json.dumps(flat, indent=2))


def print_table(results: Results) -> None:
    """This will print medians, and how they grow."""
    print(f"{'':28} {'rows':>8} {'wall s':>8} {'rows/s':>8} {'CPU s':>7} {'MiB':>6}  split, s")
    for (work, name), counts in results.items():
        walls = {}
        for count, runs in counts.items():
            walls[count] = median(each["wall"] for each in runs)
            cpu = median(each["cpu"] for each in runs)
            memory = median(each["peak_mib"] - each["idle_mib"] for each in runs)
            split = ", ".join(
                f"{part} {median(each['split'][part] for each in runs):.1f}"
                for part in runs[0]["split"]
            )
            print(
                f"{work + ', ' + name:28} {count:8,} {walls[count]:8.2f}"
                f" {count / walls[count]:8,.0f} {cpu:7.2f} {memory:6.0f}  {split}"
            )
        for count, wall in walls.items():
            if count // 10 in walls:
                growth = wall / walls[count // 10]
                answer = "yes" if growth <= GROWTH_LIMIT else "NO"
                print(f"{'':28} P10: {growth:.1f} times a tenth, ≤ {GROWTH_LIMIT:.0f}: {answer}")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", default="10000,100000", metavar="N,…")
    parser.add_argument("--rows", default="1000,10000", metavar="N,…")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
