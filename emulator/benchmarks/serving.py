"""How fast the emulator starts and serves pages, beside encoding the same items as JSON alone.

    python benchmarks/serving.py [--items 100000 1000000] [--pages 100] [--json FILE]

For each size: seconds until the ready file is there, memory then and at its highest, pages of
1,000 items per second as a plain client receives them (the first time, when every item is
rendered, and again, from the cache), and in the same run how many such pages per second the
standard library's and msgspec's encoders make of objects that are already in memory.
"""

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

PAGE = 1_000
HEADINGS = (
    ("items", "items"),
    ("start_seconds", "start s"),
    ("start_mib", "start MiB"),
    ("peak_mib", "peak MiB"),
    ("first_pages_per_second", "first pages/s"),
    ("cached_pages_per_second", "cached pages/s"),
    ("json_pages_per_second", "json pages/s"),
    ("msgspec_pages_per_second", "msgspec pages/s"),
    ("page_kib", "page KiB"),
)


def main() -> None:
    """This will measure each size, print a table, and write JSON when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--pages", type=int, default=100, help="pages to read each time")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    arguments = parser.parse_args()
    print("  ".join(f"{heading:>15}" for _, heading in HEADINGS))
    rows = []
    for items in arguments.items:
        row = measure(items=items, pages=max(1, min(arguments.pages, items // PAGE)))
        rows.append(row)
        print("  ".join(f"{row[name]:>15,.1f}" for name, _ in HEADINGS), flush=True)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(rows, indent=2))


def measure(*, items: int, pages: int) -> dict[str, float]:
    """This will run one emulator and give its figures."""
    with tempfile.TemporaryDirectory() as folder:
        ready_file = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "accounting_emulator", "serve", "--port", "0"]
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--items", str(items), "--ready-file", str(ready_file)],
            stdout=subprocess.DEVNULL,
        )
        try:
            while not ready_file.exists():
                if process.poll() is not None:
                    raise SystemExit("the emulator ended while starting")
                time.sleep(0.01)
            row = {"items": float(items), "start_seconds": time.perf_counter() - began}
            row["start_mib"] = read_memory(process.pid, "VmRSS")
            row |= read_pages(ready=json.loads(ready_file.read_text()), pages=pages)
            row["peak_mib"] = read_memory(process.pid, "VmHWM")
        finally:
            process.terminate()
            process.wait()
    return row


def read_pages(*, ready: dict[str, str], pages: int) -> dict[str, float]:
    """This will read the same pages twice, then encode them without any server."""
    address = urlsplit(ready["base_url"])
    connection = http.client.HTTPConnection("127.0.0.1", address.port)
    fetch_page(connection, ready, 1)
    first, bodies = time_pages(connection, ready, pages)
    cached, _ = time_pages(connection, ready, pages)
    connection.close()
    few = [json.loads(body) for body in bodies[:10]]
    return {
        "first_pages_per_second": pages / first,
        "cached_pages_per_second": pages / cached,
        "json_pages_per_second": len(few) / time_encoding(json.dumps, few),
        "msgspec_pages_per_second": len(few) / time_encoding(msgspec.json.encode, few),
        "page_kib": sum(map(len, bodies)) / len(bodies) / 1024,
    }


def time_pages(
    connection: http.client.HTTPConnection, ready: dict[str, str], pages: int
) -> tuple[float, list[bytes]]:
    """This will give the seconds that some pages took, and the first of their bodies."""
    bodies: list[bytes] = []
    began = time.perf_counter()
    for number in range(1, pages + 1):
        body = fetch_page(connection, ready, number * PAGE % (pages * PAGE) + 1)
        if len(bodies) < 10:
            bodies.append(body)
    return time.perf_counter() - began, bodies


def fetch_page(connection: http.client.HTTPConnection, ready: dict[str, str], start: int) -> bytes:
    """This will give the body of one page."""
    statement = (
        f"select * from Item where Active in (true, false) orderby Id "
        f"startposition {start} maxresults {PAGE}"
    )
    path = f"/v3/company/{ready['realm_id']}/query?query={quote(statement)}"
    headers = {"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"status {answer.status}: {body[:200]!r}")
    return body


def time_encoding(encode: Callable[[Any], object], pages: list[Any]) -> float:
    """This will give the best of three timings of encoding these pages."""
    timings = []
    for _ in range(3):
        began = time.perf_counter()
        for page in pages:
            encode(page)
        timings.append(time.perf_counter() - began)
    return min(timings)


def read_memory(pid: int, field: str) -> float:
    """This will give a figure of the process's memory in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = next(line for line in lines if line.startswith(f"{field}:"))
    return int(found.split()[1]) / 1024


if __name__ == "__main__":
    main()
