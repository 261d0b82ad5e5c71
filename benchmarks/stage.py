"""What every benchmark needs: an emulator with a catalog, fresh databases, contestants.

Every contestant is a process of its own, so that its memory and CPU time are its own.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import psycopg
from psycopg import sql

HERE = Path(__file__).parent
PASSWORD = "only-in-benchmarks"  # noqa: S105 of a role that exists while this runs
ROLE = "partsemble_bench_app"
START_SECONDS = 120


@contextmanager
def running_emulator(*, items: int, page_delay: int = 0) -> Iterator[Path]:
    """This will run the emulator with a generated catalog and give its ready file.

    Arguments:
        items: how many.
        page_delay: milliseconds that every page takes, as with the real service, whose limits
            (10 calls a second, 500 a minute) then hold too.
    """
    with tempfile.TemporaryDirectory(prefix="partsemble-bench-") as folder:
        ready = Path(folder) / "emulator.json"
        command = [Path(sys.executable).with_name("accounting-emulator"), "serve", "--port", "0"]
        command += ["--items", str(items), "--page-delay", str(page_delay)]
        process = subprocess.Popen(
            [*map(str, command), "--ready-file", str(ready)], stdout=subprocess.DEVNULL
        )
        try:
            _wait_for(ready, process)
            if page_delay:
                control(ready, "switches", {"throttle": True}, method="PATCH")
            yield ready
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def control(ready: Path, path: str, body: object = None, *, method: str = "GET") -> Any:  # noqa: ANN401 JSON
    """This will pull one of the emulator's levers."""
    address = f"{json.loads(ready.read_text())['control_url']}/{path}"
    request = urllib.request.Request(  # noqa: S310 our own emulator
        address,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 likewise
        return json.loads(answer.read() or b"null")


def list_item_ids(ready: Path) -> list[str]:
    """This will list the active items of the types that a sync reads by default."""
    given = json.loads(ready.read_text())
    ids: list[str] = []
    while True:
        query = (
            "SELECT * FROM Item WHERE Type IN ('Inventory', 'Service', 'Group')"
            f" ORDERBY Id STARTPOSITION {len(ids) + 1} MAXRESULTS 1000"
        )
        answer = httpx2.get(
            f"{given['base_url']}/v3/company/{given['realm_id']}/query",
            params={"query": query},
            headers={
                "Authorization": f"Bearer {given['access_token']}",
                "Accept": "application/json",
            },
            timeout=60,
        )
        rows = answer.json()["QueryResponse"].get("Item", [])
        ids.extend(each["Id"] for each in rows)
        if len(rows) < 1000:
            return ids


def list_databases(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """This will give a fresh database of each kind, as settings for a contestant.

    SQLite always; PostgreSQL where PARTSEMBLE_TEST_DATABASE_URL names a server.
    """
    directory = Path(tempfile.mkdtemp(dir=folder))
    common = {"PARTSEMBLE_DATA_DIR": str(directory), "PARTSEMBLE_SECRET_KEYS": "k" * 32}
    yield "SQLite", common
    if settings := make_postgres(name=f"partsemble_bench_{os.getpid()}"):
        yield "PostgreSQL", {**common, **settings}


def make_postgres(*, name: str) -> dict[str, str]:
    """This will make an empty database on the server that tests use, or nothing without one."""
    server = os.environ.get("PARTSEMBLE_TEST_DATABASE_URL")
    if not server:
        return {}
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
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


def start(contestant: str, *arguments: str, settings: dict[str, str]) -> subprocess.Popen[str]:
    """This will start a contestant; its standard input is open."""
    return subprocess.Popen(
        [sys.executable, str(HERE / "contestants.py"), contestant, *arguments],
        env={**os.environ, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def tell(process: subprocess.Popen[str], line: str) -> None:
    """This will write a line on a contestant's standard input."""
    if process.stdin:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    """This will end a contestant's input and give what it prints at last."""
    output, errors = process.communicate()
    if process.returncode:
        raise SystemExit(f"{process.args!r} failed:\n{errors[-3000:]}")
    result: dict[str, Any] = json.loads(output.splitlines()[-1])
    return result


def run(contestant: str, *arguments: str, settings: dict[str, str]) -> dict[str, Any]:
    """This will run a contestant to its end and give its figures."""
    return finish(start(contestant, *arguments, settings=settings))


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("The emulator did not start.")
        time.sleep(0.1)
