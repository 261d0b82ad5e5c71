"""The processes of a demo: started together, watched, and stopped together."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from partsemble.kernel.errors import InvalidInput

STOP_SECONDS: Final = 10.0
"""Time to finish what is in hand before a process is killed."""
START_SECONDS: Final = 90.0
"""A million generated items take the emulator most of this; everything else is up in seconds."""
LOOK_SECONDS: Final = 0.1


class ProcessEnded(Exception):
    """A process of the demo ended by itself; the sentence names it and its log."""


@dataclass(slots=True)
class Crew:
    """The processes of one demo, in the order in which they were started."""

    log_directory: Path
    members: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, *, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """This will start a process of this Python whose output goes to a file of its own."""
        self.log_directory.mkdir(parents=True, exist_ok=True)
        with self._log_of(name).open("wb") as log:
            self.members[name] = subprocess.Popen(  # noqa: S603 our own programs
                [sys.executable, "-m", *arguments],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches this process, which stops them in turn
            )

    def check(self) -> None:
        """This will raise if one of them has ended.

        Raises:
            ProcessEnded: naming it and where its last words are.
        """
        for name, member in self.members.items():
            if member.poll() is not None:
                raise ProcessEnded(
                    f"The {name} ended with status {member.returncode}; "
                    f"its last words are in {self._log_of(name)}."
                )

    def wait_for_file(self, path: Path) -> None:
        """This will wait until a process has written that file.

        Raises:
            ProcessEnded: if one of them ends, or the file does not come.
        """
        self._wait(path.exists, str(path))

    def wait_for_answer(self, url: str) -> None:
        """This will wait until a GET of that address is answered with 200.

        Raises:
            ProcessEnded: if one of them ends, or the answer does not come.
        """
        self._wait(lambda: _answers(url), url)

    def stop(self) -> None:
        """This will stop them, the last started first, and kill what does not stop in time."""
        for member in reversed(self.members.values()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(member.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for member in reversed(self.members.values()):
            try:
                member.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(member.pid, signal.SIGKILL)
                member.wait()

    def _wait(self, is_there: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_there():
            self.check()
            if time.monotonic() > deadline:
                raise ProcessEnded(f"{what} was not there after {START_SECONDS:.0f} seconds.")
            time.sleep(LOOK_SECONDS)

    def _log_of(self, name: str) -> Path:
        return self.log_directory / f"{name}.log"


def demand_free_port(*, port: int, option: str) -> None:
    """This will make sure that nothing listens on a port of this machine.

    Raises:
        InvalidInput: naming the option that chooses another.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise InvalidInput(
                field=option,
                problem=f"Something else listens on port {port}.",
                remedy=f"Stop it, or choose another port with {option}.",
            ) from error


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 our own server
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
