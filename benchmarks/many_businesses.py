"""Many businesses syncing at once: does throughput grow with workers, does nobody wait for others?

    tools/postgres run -- python benchmarks/many_businesses.py [--businesses 50] [--items 200]
                                          [--page-delay 300] [--workers 1,2,4] [--json FILE]

Every business has books of its own in one emulator and asks for a sync at the same moment. For
each number of worker processes (one job at a time each) a fresh PostgreSQL database is filled;
the clock runs from the first worker's start to the last report. Workers take jobs in order, so
a business waits for a free worker and for nothing else: the table shows how long runs took once
they had one, which must not grow with the number of workers until the cores are full.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from stage import control, make_postgres, run, running_emulator

LONGEST_SECONDS = 900


def main() -> None:
    """This will fill and empty the queue once for each number of workers, and print a table."""
    options = _parse()
    if not os.environ.get("PARTSEMBLE_TEST_DATABASE_URL"):
        raise SystemExit("Run it beside a server: tools/postgres run -- python " + __file__)
    results = []
    with (
        tempfile.TemporaryDirectory(prefix="partsemble-bench-") as folder,
        running_emulator(items=10, page_delay=options.page_delay) as ready,
    ):
        companies = Path(folder) / "companies.json"
        companies.write_text(json.dumps(list(_found_companies(ready, options))))
        for count in map(int, options.workers.split(",")):
            results.append(measure(companies, count, Path(folder)))
            print_row(results[-1], results[0])
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))


def measure(companies: Path, workers: int, folder: Path) -> dict[str, Any]:
    """This will let so many workers do one sync for each business."""
    directory = folder / f"{workers}-workers"
    directory.mkdir()
    settings = {
        "PARTSEMBLE_DATA_DIR": str(directory),
        "PARTSEMBLE_SECRET_KEYS": "k" * 32,
        "PARTSEMBLE_LOG_LEVEL": "ERROR",
        **make_postgres(name=f"partsemble_bench_many_{workers}"),
    }
    run("queue", str(companies), settings=settings)
    began = time.monotonic()
    with _running_workers(workers, settings):
        while (left := _count_open(settings)) and time.monotonic() - began < LONGEST_SECONDS:
            time.sleep(0.2)
    wall = time.monotonic() - began
    took, states = _read_runs(settings)
    return {
        "workers": workers,
        "wall": wall,
        "unfinished": left,
        "states": states,
        "per_minute": 60 * len(took) / wall,
        "run_p50": median(took),
        "run_p95": quantiles(took, n=20)[18],
    }


def print_row(row: dict[str, Any], one: dict[str, Any]) -> None:
    """This will print what so many workers did, beside what the first number of them did."""
    gain = row["per_minute"] / one["per_minute"]
    print(
        f"{row['workers']} workers: {row['per_minute']:6.1f} syncs a minute (× {gain:.2f}), "
        f"a run {row['run_p50']:.2f} s, p95 {row['run_p95']:.2f} s, {row['states']}",
        flush=True,
    )


def _found_companies(ready: Path, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    given = json.loads(ready.read_text())
    for number in range(options.businesses):
        wish = {"name": f"Bench {number}", "items": options.items, "seed": number}
        yield {**given, **control(ready, "companies", wish, method="POST")}


@contextmanager
def _running_workers(count: int, settings: dict[str, str]) -> Iterator[None]:
    command = [str(Path(sys.executable).with_name("partsemble")), "worker", "--concurrency", "1"]
    processes = [
        subprocess.Popen(command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait()


def _count_open(settings: dict[str, str]) -> int:
    rows = _ask(settings, "SELECT count(*) FROM sync_itemsync WHERE finished_at IS NULL")
    return int(rows[0][0])


def _read_runs(settings: dict[str, str]) -> tuple[list[float], dict[str, int]]:
    took = _ask(
        settings,
        "SELECT extract(epoch FROM finished_at - started_at) FROM sync_itemsync"
        " WHERE finished_at IS NOT NULL AND started_at IS NOT NULL",
    )
    states = _ask(settings, "SELECT state, count(*) FROM sync_itemsync GROUP BY state")
    return [float(each[0]) for each in took], dict(states)


def _ask(settings: dict[str, str], statement: str) -> list[Any]:
    with psycopg.connect(settings["PARTSEMBLE_MIGRATION_DATABASE_URL"]) as connection:
        return connection.execute(statement.encode()).fetchall()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--businesses", type=int, default=50)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--page-delay", type=int, default=300, metavar="MS")
    parser.add_argument("--workers", default="1,2,4", metavar="N,…")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
