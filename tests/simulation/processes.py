"""Programs that listen: the nursery of workers and the fighters, and what is done to workers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.programs import wait_until_stopped
from tests.support.source import ROOT

PATIENCE_SECONDS: Final = 180.0
"""Many times what it takes; a machine that is busy with other things is no failure."""
_POLL_SECONDS: Final = 0.01


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """This will come back when it is so."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < give_up_at, f"still not: {what}"
        time.sleep(_POLL_SECONDS)


@dataclass(frozen=True, slots=True)
class Listener:
    """A program that answers each line that it is told with one of its own."""

    process: "subprocess.Popen[str]"

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def listening(name: str, *words: object, log: Path) -> Iterator[Listener]:
    """This will run a program of `programs` that listens; it ends when its input does."""
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.programs", name, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    with process:
        try:
            listener = Listener(process)
            assert listener.hear() == "ready", log.read_text()
            yield listener
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.kill()


@dataclass(slots=True)
class ForkedWorker:
    """A real worker process, to be killed or paused."""

    pid: int
    log: Path

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        wait_for(lambda: not Path(f"/proc/{self.pid}").exists(), "the worker is gone")

    def pause(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)
        wait_until_stopped(self.pid)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def count_ended_jobs(self) -> int:
        return self.log.read_text().count("job_ended")


class Nursery:
    """Where workers come from."""

    def __init__(self, listener: Listener, folder: Path) -> None:
        self._listener = listener
        self._folder = folder
        self.workers: list[ForkedWorker] = []

    def start(self) -> ForkedWorker:
        self._listener.tell("start")
        pid = int(self._listener.hear())
        worker = ForkedWorker(pid=pid, log=self._folder / f"worker-{pid}.log")
        worker.log.touch()  # one that is stopped before it says a word has said nothing
        self.workers.append(worker)
        return worker

    def clear(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.workers.clear()

    def read_logs(self) -> list[str]:
        return [
            line
            for log in self._folder.glob("*.log")
            for line in log.read_text(errors="replace").splitlines()
        ]


@contextmanager
def running_nursery(*, page_size: int, folder: Path) -> Iterator[Nursery]:
    """This will give a nursery, and end every worker that it bore."""
    words = ("worker_nursery", folder, page_size)
    with listening(*map(str, words), log=folder / "nursery.log") as listener:
        nursery = Nursery(listener, folder)
        try:
            yield nursery
        finally:
            nursery.clear()
