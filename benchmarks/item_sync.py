"""First sync and unchanged re-sync, beside clients that only download.

    python benchmarks/item_sync.py [--items 100000] [--page-delay 0] [--rounds 3] [--json FILE]

Every contestant is a process of its own and talks to the same emulator. A round runs each of
them once, in turn, so that ratios hold although the machine's speed drifts; medians over the
rounds are shown. SQLite always runs; PostgreSQL runs too where PARTSEMBLE_TEST_DATABASE_URL
names a server (`tools/postgres run -- make bench`).
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

HERE = Path(__file__).parent
PASSWORD = "only-in-benchmarks"  # noqa: S105 of a role that exists while this runs
ROLE = "partsemble_bench_app"


def main() -> None:
    """This will run the rounds and print the table."""
    options = _parse()
    with tempfile.TemporaryDirectory(prefix="partsemble-bench-") as folder:
        results = run_rounds(options, Path(folder))
    table = {name: _summarise(runs) for name, runs in results.items()}
    print_table(table)
    if options.json:
        options.json.write_text(json.dumps(table, indent=2))


def run_rounds(options: argparse.Namespace, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """This will let every contestant run once a round."""
    results: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with running_emulator(options, folder) as ready:
        for number in range(options.rounds):
            results["bare client"].append(_run("bare", ready, {}))
            results["python-quickbooks"].append(_run("library", ready, {}))
            for name, settings in list_databases(folder, number):
                _run("prepare", ready, settings)
                results[f"first sync, {name}"].append(_run("sync", ready, settings))
                results[f"unchanged, {name}"].append(_run("sync", ready, settings))
            print(f"round {number + 1} of {options.rounds} done", file=sys.stderr)
    return results


@contextmanager
def running_emulator(options: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """This will run the emulator with a generated catalog."""
    ready = folder / "emulator.json"
    command = [Path(sys.executable).with_name("accounting-emulator"), "serve", "--port", "0"]
    command += ["--items", str(options.items), "--page-delay", str(options.page_delay)]
    process = subprocess.Popen(
        [*map(str, command), "--ready-file", str(ready)], stdout=subprocess.DEVNULL
    )
    try:
        while not ready.exists():
            if process.poll() is not None:
                raise SystemExit("The emulator did not start.")
            time.sleep(0.1)
        yield ready
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def list_databases(folder: Path, number: int) -> Iterator[tuple[str, dict[str, str]]]:
    """This will give a fresh database of each kind, as settings for a contestant."""
    directory = folder / f"round-{number}"
    directory.mkdir()
    common = {"PARTSEMBLE_DATA_DIR": str(directory), "PARTSEMBLE_SECRET_KEYS": "k" * 32}
    yield "SQLite", common
    server = os.environ.get("PARTSEMBLE_TEST_DATABASE_URL")
    if server:
        yield "PostgreSQL", {**common, **_make_postgres(server, f"partsemble_bench_{number}")}


def print_table(table: dict[str, dict[str, Any]]) -> None:
    """This will print the medians, each beside the bare client's."""
    bare, library = table["bare client"]["wall"], table["python-quickbooks"]["wall"]
    print(
        f"{'':26} {'wall s':>8} {'× bare':>7} {'× p-qb':>7} {'CPU s':>7} {'peak MiB':>9}  split, s"
    )
    for name, row in table.items():
        split = ", ".join(f"{part} {spent:.1f}" for part, spent in row["split"].items())
        print(
            f"{name:26} {row['wall']:8.2f} {row['wall'] / bare:7.2f} {row['wall'] / library:7.2f} "
            f"{row['cpu']:7.2f} {row['peak_mib']:9.0f}  {split}"
        )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--page-delay", type=int, default=0, metavar="MS")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def _run(contestant: str, ready: Path, settings: dict[str, str]) -> dict[str, Any]:
    finished = subprocess.run(
        [sys.executable, str(HERE / "contestants.py"), contestant, str(ready)],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise SystemExit(f"{contestant} failed:\n{finished.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return result


def _make_postgres(server: str, name: str) -> dict[str, str]:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(ROLE), sql.Literal(PASSWORD)
                )
            )
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    host = urlsplit(server).netloc.rpartition("@")[2]
    return {
        "PARTSEMBLE_DATABASE_URL": f"postgresql://{ROLE}:{PASSWORD}@{host}/{name}",
        "PARTSEMBLE_MIGRATION_DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl(),
    }


def _summarise(runs: list[dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {
        figure: median(run[figure] for run in runs) for figure in ("wall", "cpu", "peak_mib")
    }
    parts = sorted({part for run in runs for part in run.get("split", {})})
    row["split"] = {part: median(run["split"].get(part, 0.0) for run in runs) for part in parts}
    row["runs"] = runs
    return row


if __name__ == "__main__":
    main()
