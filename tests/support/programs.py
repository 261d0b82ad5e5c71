"""Programs of ours in processes of their own, which tests may pause, stop or kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 180
"""More than a cold start takes on a busy machine with two cores."""
STOP_SECONDS = 60
_POLL_SECONDS = 0.02
_LOG_LINES = 40
_AS_INSTALLED = {"DJANGO_SETTINGS_MODULE": "partsemble.config.settings"}
"""Those of the tests would make a database of the program's own; what both read is inherited."""


def wait_until_stopped(pid: int) -> None:
    """This will come back when no thread of a process runs on; a signal to stop takes a moment.

    A thread that is just writing to the disk finishes that first.
    """
    deadline = time.monotonic() + STOP_SECONDS
    while not all(state in "TtXZ" for state in _read_thread_states(pid)):
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(_POLL_SECONDS)


def _read_thread_states(pid: int) -> Iterator[str]:
    for thread in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            yield thread.read_text().rpartition(")")[2].split()[0]


@dataclass(frozen=True, slots=True)
class Program:
    """A running program, in a process group of its own."""

    process: subprocess.Popen[bytes]
    log: Path
    """Everything it printed."""
    ready_file: Path

    def wait_until_ready(self) -> dict[str, Any]:
        """This will give what the program wrote into its ready file."""
        self.wait_for(self.ready_file.exists, what="its ready file")
        ready: dict[str, Any] = json.loads(self.ready_file.read_text())
        return ready

    def wait_for_line(self, text: str) -> None:
        """This will come back when the program has printed the text."""
        self.wait_for(lambda: text in self.log.read_text(), what=f"{text!r} in its log")

    def wait_for(self, is_there: Callable[[], bool], *, what: str) -> None:
        """This will come back when the condition holds, and fail when it can't any more."""
        deadline = time.monotonic() + START_SECONDS
        while not is_there():
            if self.process.poll() is not None:  # it may have been the last that it did
                assert is_there(), f"ended without {what}:\n{self.read_log()}"
                return
            assert time.monotonic() < deadline, f"still without {what}:\n{self.read_log()}"
            time.sleep(_POLL_SECONDS)

    def read_log(self) -> str:
        """This will give the last lines that the program printed."""
        return "\n".join(self.log.read_text().splitlines()[-_LOG_LINES:])

    def pause(self) -> None:
        """This will stop the program where it stands, as a machine that sleeps does."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        wait_until_stopped(self.process.pid)

    def resume(self) -> None:
        """This will let a paused program go on, unaware of the gap."""
        os.killpg(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """This will end the program and its children like a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=STOP_SECONDS)

    def stop(self) -> int:
        """This will ask the program to end and give its exit status."""
        self.process.terminate()
        return self.process.wait(timeout=STOP_SECONDS)


@contextmanager
def running_program(
    name: str, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """This will run a console script of the environment, and leave nothing of it behind.

    Arguments:
        name: of the script, `partsemble` for instance.
        arguments: as typed; `{ready}` stands for the path of the ready file.
        folder: for its log and its ready file.
        environment: variables besides those of this process.
    """
    number = len(list(folder.glob(f"{name}-*.log")))
    log, ready_file = folder / f"{name}-{number}.log", folder / f"{name}-{number}.json"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name(name)),
                *(each.replace("{ready}", str(ready_file)) for each in arguments),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **_AS_INSTALLED, **(environment or {})},
            start_new_session=True,
        )
    try:
        yield Program(process=process, log=log, ready_file=ready_file)
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    # Children may outlive a parent that was killed, so the group is asked, not the parent.
    for sign, patience in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        try:
            os.killpg(process.pid, signal.SIGCONT)
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            return
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
