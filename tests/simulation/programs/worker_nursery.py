"""Forks a worker for each `start` that it is told; the test kills, pauses and replaces them.

Starting an interpreter takes longer than most runs. This process reads the application once and
opens nothing; its children are workers like any other, each with connections of its own, and a
log of its own beside this one's.
"""

import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from tests.simulation.programs import say

from partsemble.accounting.qbo import adapter
from partsemble.jobs.worker import run_worker

POLL_SECONDS = 0.02


def _work(folder: Path, nursery: int) -> None:
    log = os.open(folder / f"worker-{os.getpid()}.log", os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    stop = threading.Event()

    def watch() -> None:
        while os.getppid() == nursery:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    run_worker(stop=stop, concurrency=1, poll_seconds=POLL_SECONDS)


def main(folder: str, page_size: str) -> None:
    adapter.CAPABILITIES = replace(  # type: ignore[misc]  # a page of a real company has 1,000
        adapter.CAPABILITIES, item_page_size=int(page_size)
    )
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    say("ready")
    for _ in sys.stdin:
        nursery = os.getpid()
        child = os.fork()
        if child == 0:
            _work(Path(folder), nursery)
            os._exit(0)
        say(child)
