"""Quantities that a sync brings in step with the books (SYNC-7), and prices that follow (ITEM-6).

    python benchmarks/corrections.py [--items 1000,10000,100000] [--rounds 3] [--json FILE]

Products are made of so many items; then the books have one more of none, of every hundredth and of
each, and a run compares and corrects. `plan` is comparing all, `apply` is deciding again with
balances held, posting and reporting. Then the price of as many is one more, which no run reads as
changed any more, as after Partsemble-only mode, and a run lets the products catch up. Each size
runs in a process of its own with a fresh database: SQLite always, PostgreSQL too where
PARTSEMBLE_TEST_DATABASE_URL names a server (`tools/postgres run -- make bench-corrections`). Ten
times the products may take at most twelve times as long (P10).
"""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from products_in import Results, print_table
from stage import list_databases, run, running_emulator


def main() -> None:
    """This will run every size on every database and print a table."""
    options = _parse()
    results: Results = defaultdict(lambda: defaultdict(list))
    with (
        tempfile.TemporaryDirectory(prefix="partsemble-bench-") as folder,
        running_emulator(items=10) as ready,
    ):
        for number in range(options.rounds):
            for count in map(int, options.items.split(",")):
                for name, settings in list_databases(Path(folder)):
                    run("prepare", str(ready), settings=settings)
                    for work, took in run("correct", str(count), settings=settings).items():
                        if isinstance(took, dict):
                            results[work, name][count].append(took)
            print(f"round {number + 1} of {options.rounds} done", file=sys.stderr)
    print_table(results)
    if options.json:
        flat = {f"{work}, {name}": counts for (work, name), counts in results.items()}
        options.json.write_text(json.dumps(flat, indent=2))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", default="1000,10000,100000", metavar="N,…")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
