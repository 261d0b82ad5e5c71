"""The processes that the item-sync benchmark times, one per invocation.

    contestants.py prepare READY   a fresh database with one connected business
    contestants.py sync READY      one run of Partsemble, in this process
    contestants.py bare READY      download the same pages and decode their JSON, nothing else
    contestants.py library READY   the same by python-quickbooks

Each prints one line of JSON: wall and CPU seconds, peak memory in MiB, and for `sync` how its
own seconds split up. The split is taken by clocks around four functions, so that the code
under test has none in it.
"""

import json
import os
import resource
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

if TYPE_CHECKING:
    from partsemble.kernel.actor import Actor

PAGE = 1000
EMAIL, PASSWORD, BUSINESS = "bench@example.com", "a password for benchmarks", "Bench Works"


def main() -> None:
    """This will run one contestant and print what it took."""
    contestant, path = sys.argv[1:]
    ready = json.loads(Path(path).read_text())
    began, cpu = time.perf_counter(), time.process_time()
    result = {"prepare": prepare, "sync": sync, "bare": bare, "library": library}[contestant](ready)
    result["wall"] = result.get("wall", time.perf_counter() - began)
    result["cpu"] = time.process_time() - cpu
    result["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))


def prepare(ready: dict[str, Any]) -> dict[str, Any]:
    """This will migrate, make a business and connect it."""
    actor = _set_up_django(migrate=True)
    from partsemble.accounting.services.ready_file import connect_with_ready_file

    connect_with_ready_file(actor=actor, content=json.dumps(ready).encode())
    return {}


def sync(ready: dict[str, Any]) -> dict[str, Any]:
    """This will do one run from start to report."""
    del ready
    actor = _set_up_django(migrate=False)
    from partsemble.sync.queries import get_run
    from partsemble.sync.services.running import run_item_sync
    from partsemble.sync.services.start import start_item_sync
    from partsemble.sync.types import Trigger

    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    with _split_clocks() as split:
        run_id = start_item_sync(actor=actor, trigger=Trigger.COMMAND)
        run_item_sync(business_id=actor.business_id, run_id=run_id)
    wall = time.perf_counter() - began
    run = get_run(actor=actor, run_id=run_id)
    return {
        "wall": wall,
        "idle_mib": idle,
        "state": run.state.value,
        "created": run.counts.created,
        "updated": run.counts.updated,
        "unchanged": run.counts.skipped_unchanged,
        "split": {name: round(seconds, 2) for name, seconds in split.items()},
    }


def bare(ready: dict[str, Any]) -> dict[str, Any]:
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
            return len(msgspec.json.decode(answer.content)["QueryResponse"].get("Item", ()))

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


def _set_up_django(*, migrate: bool) -> "Actor":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partsemble.config.settings")
    os.environ.setdefault("PARTSEMBLE_LOG_LEVEL", "ERROR")
    import django

    django.setup()
    from partsemble.identity import queries, services

    if migrate:
        import argparse

        from partsemble.cli.commands import migrate as command

        command.run(argparse.Namespace())
        user = services.create_user(email=EMAIL, password=PASSWORD)
        services.create_business(user_id=user.id, name=BUSINESS)
    (business,) = queries.list_all_businesses()
    return queries.get_owner(business_id=business.id)


@contextmanager
def _split_clocks() -> Iterator[dict[str, float]]:
    """Put clocks around the parts of a run.

    `read` is the time that threads wait for pages, several of them at once; `decode` is CPU time
    of those threads; `compare` and `write` are wall time of the thread that carries the run.
    """
    from partsemble.accounting.http import HttpClient
    from partsemble.accounting.qbo import mapping, wire
    from partsemble.sync.services import applying, planning

    spent: dict[str, float] = defaultdict(float)
    lock = threading.Lock()

    def put_clock(owner: object, name: str, label: str, clock: Callable[[], float]) -> None:
        original = getattr(owner, name)

        @wraps(original)
        def wrapper(*args: object, **kwargs: object) -> object:
            began = clock()
            try:
                return original(*args, **kwargs)
            finally:
                with lock:
                    spent[label] += clock() - began

        setattr(owner, name, wrapper)

    put_clock(HttpClient, "send", "read", time.perf_counter)
    put_clock(wire, "decode_items", "decode", time.thread_time)
    put_clock(mapping, "map_page", "decode", time.thread_time)
    put_clock(planning, "find_known_items", "compare", time.perf_counter)
    put_clock(planning, "sort_page", "compare", time.perf_counter)
    put_clock(planning, "_store_steps", "write", time.perf_counter)
    put_clock(applying, "_apply", "write", time.perf_counter)
    yield spent


if __name__ == "__main__":
    main()
