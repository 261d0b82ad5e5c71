"""The processes that benchmarks time, one per invocation.

    contestants.py prepare READY      a fresh database with one connected business
    contestants.py sync READY         one full run of Partsemble, in this process
    contestants.py bare READY         download the same pages and decode them by msgspec
    contestants.py standard READY     the same by the standard library's json
    contestants.py library READY      the same by python-quickbooks
    contestants.py import COUNT       that many mirrored items become products
    contestants.py bring COUNT        a workbook of that many products is read, and imported
    contestants.py correct COUNT      so many linked products, corrected after changes in the books
    contestants.py queue COMPANIES    businesses with a sync waiting, one for each of those books
    contestants.py crowd READY        eight people who write and two who read lists, until the
                                      standard input ends; a line on it begins the second phase

Each prints one line of JSON: wall and CPU seconds, peak memory in MiB, and for `sync` how its
own seconds split up and how many rows of the mirror it wrote. Both are taken by clocks around
functions and statements, so that the code under test has none in it.
"""

import gc
import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import msgspec

from bookkeeper import correct_stock
from crowd import gather
from memory import measure_memory
from newcomers import bring_workbook, import_items

if TYPE_CHECKING:
    from partsemble.kernel.actor import Actor

PAGE = 1000
EMAIL, PASSWORD, BUSINESS = "bench@example.com", "a password for benchmarks", "Bench Works"


def main() -> None:
    """This will run one contestant and print what it took."""
    contestant, path = sys.argv[1:]
    ready: Any = int(path) if path.isdecimal() else json.loads(Path(path).read_text())
    began, cpu = time.perf_counter(), time.process_time()
    contestants: dict[str, Callable[[Any], dict[str, Any]]] = {
        "prepare": prepare,
        "sync": sync,
        "bare": lambda ready: bare(ready, msgspec.json.decode),
        "standard": lambda ready: bare(ready, json.loads),
        "library": library,
        "crowd": crowd,
        "queue": queue,
        "import": lambda count: import_items(actor=set_up_django(migrate=False), count=count),
        "correct": lambda count: correct_stock(actor=set_up_django(migrate=False), count=count),
        "bring": lambda count: bring_workbook(actor=set_up_django(migrate=False), count=count),
    }
    took = contestants[contestant](ready)
    measured = {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak_mib": measure_memory(),
    }
    print(json.dumps({**measured, **took}))


def prepare(ready: dict[str, Any]) -> dict[str, Any]:
    """This will migrate, make a business and connect it."""
    actor = set_up_django(migrate=True)
    from partsemble.accounting.services.ready_file import connect_with_ready_file

    connect_with_ready_file(actor=actor, content=json.dumps(ready).encode())
    return {}


def queue(companies: list[dict[str, Any]]) -> dict[str, Any]:
    """This will make a fresh database with businesses that all wait for a sync."""
    _migrate()
    from partsemble.accounting.services.ready_file import connect_with_ready_file
    from partsemble.identity import queries, services
    from partsemble.sync.services.start import start_item_sync
    from partsemble.sync.types import Trigger

    user = services.create_user(email=EMAIL, password=PASSWORD)
    for number, company in enumerate(companies):
        business = services.create_business(user_id=user.id, name=f"{BUSINESS} {number}")
        actor = queries.get_owner(business_id=business.id)
        connect_with_ready_file(actor=actor, content=json.dumps(company).encode())
        start_item_sync(actor=actor, trigger=Trigger.COMMAND)
    return {"businesses": len(companies)}


def sync(ready: dict[str, Any]) -> dict[str, Any]:
    """This will do one run from start to report."""
    del ready
    actor = set_up_django(migrate=False)
    from partsemble.sync.queries.runs import get_run
    from partsemble.sync.services.running import run_item_sync
    from partsemble.sync.services.start import start_item_sync
    from partsemble.sync.types import StartMode, Trigger

    idle = measure_memory()
    with measured_parts() as (split, written):
        began, cpu = time.perf_counter(), time.process_time()
        run_id = start_item_sync(actor=actor, trigger=Trigger.COMMAND, mode=StartMode.FULL)
        run_item_sync(business_id=actor.business_id, run_id=run_id)
        wall, spent = time.perf_counter() - began, time.process_time() - cpu
    run = get_run(actor=actor, run_id=run_id)
    return {
        "wall": wall,
        "cpu": spent,
        "idle_mib": idle,
        "state": run.state.value,
        "created": run.counts.created,
        "updated": run.counts.updated,
        "unchanged": run.counts.skipped_unchanged,
        "planned": run.planned_steps,
        "written": written["accounting_item"],
        "split": {name: round(seconds, 2) for name, seconds in split.items()},
    }


def bare(ready: dict[str, Any], decode: Callable[[bytes], Any]) -> dict[str, Any]:
    """This will fetch pages six at a time, as the sync does, and decode them into plain values."""
    headers = {"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"}
    address = f"{ready['base_url']}/v3/company/{ready['realm_id']}/query"
    with httpx2.Client(headers=headers, timeout=60) as client:

        def fetch(start: int) -> int:
            query = (
                "SELECT * FROM Item WHERE Active IN (true, false) "
                f"ORDERBY Id STARTPOSITION {start + 1} MAXRESULTS {PAGE}"
            )
            answer = client.get(address, params={"query": query, "minorversion": "75"})
            return len(decode(answer.content)["QueryResponse"].get("Item", ()))

        count = "SELECT COUNT(*) FROM Item WHERE Active IN (true, false)"
        answer = client.get(address, params={"query": count})
        total = answer.json()["QueryResponse"]["totalCount"]
        with ThreadPoolExecutor(max_workers=6) as pool:
            rows = sum(pool.map(fetch, range(0, total, PAGE)))
    return {"rows": rows}


def library(ready: dict[str, Any]) -> dict[str, Any]:
    """This will fetch the items by python-quickbooks, page after page."""
    from types import SimpleNamespace

    from quickbooks import QuickBooks
    from quickbooks.objects import Item

    QuickBooks.api_url_v3 = f"{ready['base_url']}/v3"
    QuickBooks.sandbox_api_url_v3 = f"{ready['base_url']}/v3"
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    client = QuickBooks(
        auth_client=SimpleNamespace(
            environment="sandbox",
            client_id=ready["client_id"],
            access_token=ready["access_token"],
            refresh_token=ready["refresh_token"],
        ),
        company_id=ready["realm_id"],
        minorversion=75,
    )
    rows, start = 0, 1
    while True:
        page = Item.query(
            "SELECT * FROM Item WHERE Active IN (true, false) "
            f"ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}",
            qb=client,
        )
        rows += len(page)
        if len(page) < PAGE:
            return {"rows": rows}
        start += PAGE


def crowd(ready: dict[str, Any]) -> dict[str, Any]:
    """This will let people work until the standard input ends."""
    del ready
    return gather(actor=set_up_django(migrate=False), lines=sys.stdin)


def set_up_django(*, migrate: bool) -> "Actor":
    """This will load the application, on a fresh database if so told, and give the owner."""
    if migrate:
        _migrate()
    _load()
    from partsemble.identity import queries, services

    if migrate:
        user = services.create_user(email=EMAIL, password=PASSWORD)
        services.create_business(user_id=user.id, name=BUSINESS)
    (business,) = queries.list_all_businesses()
    return queries.get_owner(business_id=business.id)


def _load() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partsemble.config.settings")
    os.environ.setdefault("PARTSEMBLE_LOG_LEVEL", "ERROR")
    import django

    django.setup()
    gc.freeze()  # as the command line does


def _migrate() -> None:
    _load()
    import argparse

    from partsemble.cli.commands import migrate as command

    command.run(argparse.Namespace())


def _make_clocks(
    spent: dict[str, float],
) -> Callable[[object, str, str, Callable[[], float]], None]:
    """Give what puts a clock around a method and adds what it takes to a label of `spent`."""
    carrier, lock = threading.get_ident(), threading.Lock()

    def put_clock(owner: object, name: str, label: str, clock: Callable[[], float]) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def wrapper(*args: object, **kwargs: object) -> object:
            began = clock()
            try:
                return original(*args, **kwargs)
            finally:
                if label != "write" or threading.get_ident() == carrier:
                    with lock:
                        spent[label] += clock() - began

        setattr(owner, name, wrapper)

    return put_clock


@contextmanager
def measured_parts() -> Iterator[tuple[dict[str, float], dict[str, int]]]:
    """Put clocks around the parts of a run.

    `read` is the time that threads wait for pages, several of them at once; `decode` is CPU time
    of turning pages into items; `compare` is wall time of the run's thread in statements that
    look something up, `write` in those that write and in commits. Beside them the rows that bulk
    statements wrote, by table.
    """
    from django.db import connection, connections

    from partsemble.accounting.http import HttpClient
    from partsemble.accounting.qbo import mapping, wire
    from partsemble.database import bulk

    spent: dict[str, float] = defaultdict(float)
    written: dict[str, int] = defaultdict(int)
    put_clock = _make_clocks(spent)

    def count_rows(statement: bulk.BulkWrite) -> int:
        count = original_execute(statement)
        written[statement.table.strip('"')] += count
        return count

    def watch(execute: Any, sql: str, params: Any, many: Any, context: Any) -> object:  # noqa: ANN401 Django's
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            label = "compare" if sql.lstrip().startswith("SELECT") else "write"
            spent[label] += time.perf_counter() - began

    original_execute = bulk.BulkWrite.execute
    setattr(bulk.BulkWrite, "execute", count_rows)  # noqa: B010 it is frozen for others
    if connection.vendor == "postgresql":
        put_clock(bulk.BulkWrite, "execute", "write", time.perf_counter)
    put_clock(HttpClient, "send", "read", time.perf_counter)
    put_clock(wire, "decode_items", "decode", time.thread_time)
    put_clock(mapping.SentPage, "glimpse", "decode", time.thread_time)
    put_clock(mapping.SentPage, "open_rows", "decode", time.thread_time)
    put_clock(type(connections["default"]), "_commit", "write", time.perf_counter)
    with connection.execute_wrapper(watch):
        yield spent, written


if __name__ == "__main__":
    main()
