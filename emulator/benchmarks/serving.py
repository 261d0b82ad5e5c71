"""How fast the emulator starts and serves pages, beside encoding the same items as JSON alone.

    python benchmarks/serving.py [--items 100000 1000000] [--pages 100] [--json FILE]

For each size: seconds until the ready file is there, memory then and at its highest, pages of
1,000 items per second as a plain client receives them (the first time, when every item is
rendered, and again, from the cache), and beside that how long the standard library's and msgspec's
encoders take for such a page out of objects that are already in memory; then how long
the first page by name takes, for which all items are sorted, and how long somebody who reads
single objects meanwhile waits at most. What says cpu is time on a processor, which a busy machine
hardly stretches.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
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
    ("start_cpu_seconds", "start cpu s"),
    ("start_mib", "start MiB"),
    ("peak_mib", "peak MiB"),
    ("first_pages_per_second", "first pages/s"),
    ("first_cpu_ms", "first cpu ms"),
    ("cached_pages_per_second", "cached pages/s"),
    ("cached_cpu_ms", "cached cpu ms"),
    ("json_cpu_ms", "json cpu ms"),
    ("msgspec_cpu_ms", "msgspec cpu ms"),
    ("page_kib", "page KiB"),
    ("sort_seconds", "by name s"),
    ("longest_wait_ms", "others wait ms"),
)


def main() -> None:
    """This will measure each size, print a table, and write JSON when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--pages", type=int, default=100, help="pages to read each time")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    arguments = parser.parse_args()
    print("  ".join(f"{heading:>14}" for _, heading in HEADINGS))
    rows = []
    for items in arguments.items:
        row = measure(items=items, pages=max(1, min(arguments.pages, items // PAGE)))
        rows.append(row)
        print("  ".join(f"{row[name]:>14,.1f}" for name, _ in HEADINGS), flush=True)
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
            row["start_cpu_seconds"] = read_cpu(process.pid)
            row["start_mib"] = read_memory(process.pid, "VmRSS")
            ready = json.loads(ready_file.read_text())
            row |= read_pages(ready=ready, pages=pages, pid=process.pid)
            row |= sort_names(ready=ready)
            row["peak_mib"] = read_memory(process.pid, "VmHWM")
        finally:
            process.terminate()
            process.wait()
    return row


def read_pages(*, ready: dict[str, str], pages: int, pid: int) -> dict[str, float]:
    """This will read the same pages twice, then encode them without any server."""
    connection = connect(ready)
    fetch_page(connection, ready, 1)
    cpu = [read_cpu(pid)]
    first, bodies = time_pages(connection, ready, pages)
    cpu.append(read_cpu(pid))
    cached, _ = time_pages(connection, ready, pages)
    cpu.append(read_cpu(pid))
    connection.close()
    few = [json.loads(body) for body in bodies[:10]]
    return {
        "first_pages_per_second": pages / first,
        "cached_pages_per_second": pages / cached,
        "first_cpu_ms": (cpu[1] - cpu[0]) / pages * 1_000,
        "cached_cpu_ms": (cpu[2] - cpu[1]) / pages * 1_000,
        "json_cpu_ms": time_encoding(json.dumps, few) / len(few) * 1_000,
        "msgspec_cpu_ms": time_encoding(msgspec.json.encode, few) / len(few) * 1_000,
        "page_kib": sum(map(len, bodies)) / len(bodies) / 1024,
    }


def sort_names(*, ready: dict[str, str]) -> dict[str, float]:
    """This will read the first page by name, and single objects by another connection meanwhile."""
    waits: list[float] = []
    is_over = threading.Event()

    def read_objects() -> None:
        connection = connect(ready)
        while not is_over.is_set():
            began = time.perf_counter()
            fetch(connection, ready, "account/81")
            waits.append(time.perf_counter() - began)
            time.sleep(0.01)
        connection.close()

    reader = threading.Thread(target=read_objects)
    reader.start()
    connection = connect(ready)
    began = time.perf_counter()
    fetch(connection, ready, f"query?query={quote('select * from Item maxresults 1000')}")
    seconds = time.perf_counter() - began
    is_over.set()
    reader.join()
    connection.close()
    return {"sort_seconds": seconds, "longest_wait_ms": max(waits) * 1_000}


def connect(ready: dict[str, str]) -> http.client.HTTPConnection:
    """This will open a connection to the emulator."""
    return http.client.HTTPConnection("127.0.0.1", urlsplit(ready["base_url"]).port)


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
    return fetch(connection, ready, f"query?query={quote(statement)}")


def fetch(connection: http.client.HTTPConnection, ready: dict[str, str], what: str) -> bytes:
    """This will give the body of one answer."""
    path = f"/v3/company/{ready['realm_id']}/{what}"
    headers = {"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"status {answer.status}: {body[:200]!r}")
    return body


def time_encoding(encode: Callable[[Any], object], pages: list[Any]) -> float:
    """This will give the best of three timings of encoding these pages, in seconds of a cpu."""
    timings = []
    for _ in range(3):
        began = time.process_time()
        for page in pages:
            encode(page)
        timings.append(time.process_time() - began)
    return min(timings)


def read_cpu(pid: int) -> float:
    """This will give the seconds that a process has spent on a processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_memory(pid: int, field: str) -> float:
    """This will give a figure of the process's memory in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = next(line for line in lines if line.startswith(f"{field}:"))
    return int(found.split()[1]) / 1024


if __name__ == "__main__":
    main()
