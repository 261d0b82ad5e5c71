"""Lists of products, accounting items, stock transactions, syncs and calls in a large business: how
long a page takes at the front, searched, sorted, filtered, and at the far end (P9).

    tools/postgres run -- python benchmarks/lists.py [--rows 1000,100000] [--rounds 60]
                                                     [--json FILE]

Each database is filled with so many of each, and a tenth of the stock transactions are of one
product. Then pages are asked for as a browser does, through every middleware and template, one
after the other in a process that did nothing else; only the socket is left out. A kind of page is
asked for with different words and places in turn, so that nothing is served because it was just
looked at; the first and the last of a kind once before, because a process compiles each template
once. CPU is that of this process: with SQLite all of it, with PostgreSQL without the server's.
Queries are counted in a round of their own, without the statements that enter a scope.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from filling import TYPES, WOODS, fill
from stage import list_databases, running_emulator

TARGET_MS = 60
TARGET_QUERIES = 12
SCOPE = ("BEGIN", "COMMIT", "SAVEPOINT ", "RELEASE SAVEPOINT ", "SELECT set_config(")


def main() -> None:
    """This will fill each database in each size, ask for pages, and print what they took."""
    options = _parse()
    if options.step:
        print(json.dumps(STEPS[options.step](options)))
        return
    results = []
    with (
        tempfile.TemporaryDirectory(prefix="partsemble-bench-") as folder,
        running_emulator(items=10) as ready,
    ):
        for rows in options.rows.split(","):
            for name, settings in list_databases(Path(folder)):
                results.append({"database": name, "rows": int(rows)})
                results[-1] |= _run(rows, options.rounds, ready, settings)
                print_result(results[-1])
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))


def print_result(result: dict[str, Any]) -> None:
    """This will print a table of what the pages of one database took."""
    print(f"\n{result['database']}, {result['rows']:,} rows, filled in {result['filled']:.0f} s")
    print(f"{'page':44} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>8} {'queries':>8}")
    for page in result["pages"]:
        missed = page["p95"] > TARGET_MS or page["queries"] > TARGET_QUERIES
        print(
            f"{page['name']:44} {page['p50']:8.1f} {page['p95']:8.1f} {page['cpu']:8.1f}"
            f" {page['queries']:8}{'  missed' if missed else ''}",
            flush=True,
        )


def fill_database(options: argparse.Namespace) -> dict[str, Any]:
    """This will fill a fresh database, in a process of its own, and say what is busiest in it."""
    from contestants import set_up_django

    actor = set_up_django(migrate=True)
    from partsemble.accounting.services.ready_file import connect_with_ready_file

    connect_with_ready_file(actor=actor, content=options.ready.read_bytes())
    began = time.perf_counter()
    busy = fill(actor, int(options.rows))
    return {"filled": time.perf_counter() - began, "busy": str(busy)}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """This will time the pages of a filled database, in a process of its own."""
    from contestants import EMAIL, set_up_django

    actor = set_up_django(migrate=False)
    from django.test import Client

    from partsemble.identity.models import User
    from partsemble.identity.queries import get_business

    client = Client(HTTP_HOST="localhost")
    client.force_login(
        User.objects.get(email=EMAIL), "allauth.account.auth_backends.AuthenticationBackend"
    )
    root = f"/b/{get_business(actor=actor).slug}/inventory"
    pages = [
        time_page(client, name, list(islice(addresses, options.rounds)))
        for name, addresses in list_pages(root, int(options.rows), options.busy)
    ]
    return {"pages": pages}


def time_page(client: Any, name: str, addresses: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401 of Django
    """This will ask for each address once and say how long that took."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    took, spent = [], []
    warming = (addresses[0], addresses[-1])
    for address in (*warming, *addresses):
        began, cpu = time.perf_counter(), time.process_time()
        response = client.get(address)
        took.append(1_000 * (time.perf_counter() - began))
        spent.append(1_000 * (time.process_time() - cpu))
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}.")
    with CaptureQueriesContext(connection) as captured:
        client.get(addresses[0])
    queries = sum(not each["sql"].startswith(SCOPE) for each in captured.captured_queries)
    return {
        "name": name,
        "p50": median(took[len(warming) :]),
        "p95": quantiles(took[len(warming) :], n=20)[18],
        "cpu": median(spent[len(warming) :]),
        "queries": queries,
    }


def list_pages(root: str, rows: int, busy: UUID) -> Iterator[tuple[str, Iterator[str]]]:
    """This will name the kinds of pages, each with addresses that go on differing."""
    last = rows // 50
    products, items, stock = f"{root}/products/", f"{root}/accounting-items/", f"{root}/stock/"
    rare = (f"sku-{(n * 7_919) % rows:07}" for n in range(10_000))
    for what, address, sorts in (
        ("products", products, ("price", "-sku", "type")),
        ("items", items, ("price", "-sku", "quantity")),
    ):
        yield f"{what}: first", _vary(address, [{}])
        yield f"{what}: search, one hit", (f"{address}?{urlencode({'q': each})}" for each in rare)
        yield f"{what}: search, many hits", _vary(address, [{"q": each} for each in WOODS])
        yield f"{what}: search, no hit", _vary(address, [{"q": f"zz{n}"} for n in range(50)])
        yield f"{what}: sorted", _vary(address, [{"sort": each} for each in sorts])
        deep = [{"page": str(last - n * last // 40)} for n in range(40)]
        yield f"{what}: any page", _vary(address, deep)
        yield f"{what}: any page, sorted", _vary(address, [{**d, "sort": sorts[0]} for d in deep])
    shows = ("low", "unlinked", "gone", "inactive")
    yield "products: filtered", _vary(products, [{"show": each} for each in shows])
    yield "products: of a type", _vary(products, [{"type": each} for each in TYPES])
    shows = ("new", "products", "hidden")
    yield "items: filtered", _vary(items, [{"show": each} for each in shows])
    yield "stock: first", _vary(stock, [{}])
    yield "stock: search, one product", (f"{stock}?{urlencode({'q': each})}" for each in rare)
    yield "stock: search, many products", _vary(stock, [{"q": each} for each in WOODS])
    yield "stock: of a kind", _vary(stock, [{"kind": "sync"}, {"kind": "adjustment"}])
    deep = [{"before": f"{rows - n * rows // 40 + 1}.1"} for n in range(40)]
    yield "stock: any page", _vary(stock, deep)
    yield "stock: busiest product", _vary(stock, [{"product": str(busy)}])
    yield "product page, a tenth of all moves", _vary(f"{products}{busy}/", [{}])
    yield from _list_log_pages(f"{root.rpartition('/')[0]}/settings/integrations", rows)


def _list_log_pages(root: str, rows: int) -> Iterator[tuple[str, Iterator[str]]]:
    syncs, calls = f"{root}/sync/", f"{root}/sync-log/"
    yield "syncs: first", _vary(syncs, [{}])
    yield "syncs: filtered", _vary(syncs, [{"state": "failed"}, {"start": "api"}, {"kind": "full"}])
    deep = [{"page": str(rows // 20 - n * rows // 800)} for n in range(40)]
    yield "syncs: any page", _vary(syncs, deep)
    yield "calls: first", _vary(calls, [{}])
    yield "calls: failed", _vary(calls, [{"outcome": "refused"}])
    yield "calls: search, many hits", _vary(calls, [{"q": each} for each in WOODS])
    yield "calls: search, no hit", _vary(calls, [{"q": f"zz{n}"} for n in range(50)])
    deep = [{"before": str(UUID(int=rows - n * rows // 40 + 1))} for n in range(40)]
    yield "calls: any page", _vary(calls, deep)


def _vary(address: str, queries: Sequence[dict[str, str]]) -> Iterator[str]:
    while True:
        for each in queries:
            yield f"{address}?{urlencode(each)}"


def _run(rows: str, rounds: int, ready: Path, settings: dict[str, str]) -> dict[str, Any]:
    arguments = ["--rows", rows, "--rounds", str(rounds), "--ready", str(ready)]
    filled = _start("fill", arguments, settings)
    return filled | _start("measure", [*arguments, "--busy", filled["busy"]], settings)


def _start(step: str, arguments: Sequence[str], settings: dict[str, str]) -> dict[str, Any]:
    import os

    done = subprocess.run(
        [sys.executable, __file__, "--step", step, *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"It failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


STEPS = {"fill": fill_database, "measure": measure}


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--rows", default="1000,100000")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--step", choices=list(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--busy", type=UUID, help=argparse.SUPPRESS)
    parser.add_argument("--ready", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
