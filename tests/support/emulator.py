"""The accounting emulator as tests use it: a real process, spoken to over HTTP only."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from tests.support.programs import Program, running_program

ANSWER_SECONDS = 60
"""A busy machine answers late: only what never comes is a failure."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """An emulator that answers."""

    ready: dict[str, Any]
    """Its ready file: base_url, discovery_url, client_id, client_secret, realm_id, …"""
    program: Program

    @property
    def environment(self) -> dict[str, str]:
        """This will be the settings of a Partsemble that is connected to it."""
        return {
            "PARTSEMBLE_QBO_ENVIRONMENT": self.ready["discovery_url"],
            "PARTSEMBLE_QBO_CLIENT_ID": self.ready["client_id"],
            "PARTSEMBLE_QBO_CLIENT_SECRET": self.ready["client_secret"],
            "PARTSEMBLE_QBO_WEBHOOK_VERIFIER": self.ready["webhook_verifier"],
        }

    def control(self, method: str, path: str, body: object = None) -> Any:
        """This will move one of the emulator's levers, or read one."""
        answer = httpx2.request(
            method, f"{self.ready['control_url']}/{path}", json=body, timeout=ANSWER_SECONDS
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()


@contextmanager
def running_emulator(*options: str, folder: Path) -> Iterator[Emulator]:
    """This will run an emulator of its own for a test that changes its company or its faults."""
    arguments = ("serve", "--port", "0", "--ready-file", "{ready}", *options)
    with running_program("accounting-emulator", *arguments, folder=folder) as program:
        yield Emulator(ready=program.wait_until_ready(), program=program)
