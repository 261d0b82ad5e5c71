"""`partsemble worker`: does the work that screens and commands ask for."""

import argparse
import signal
import threading
from types import FrameType

from partsemble.cli.command import Exit
from partsemble.jobs.worker import run_worker

CONCURRENCY = 2
"""Jobs mostly wait for a provider; more threads than this would fight over SQLite's one writer."""


def configure(parser: argparse.ArgumentParser) -> None:
    """This will name the options."""
    parser.add_argument("--concurrency", type=int, default=CONCURRENCY, help="jobs at once")


def run(options: argparse.Namespace) -> Exit:
    """This will work until it is told to stop, and then give back what it has in hand."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    run_worker(stop=stop, concurrency=options.concurrency)
    return Exit.DONE
