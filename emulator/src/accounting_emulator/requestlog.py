"""The last requests, for tests and people who want to know what a client really asked."""

from collections import deque

import msgspec

MAX_LOGGED = 10_000


class Logged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answered request; `ms` is how long the answer took, `at` seconds since 1970 UTC."""

    number: int
    at: float
    method: str
    path: str
    status: int
    ms: float
    query: str = ""
    fault: str = ""


class RequestLog:
    """Keeps the newest requests and numbers them from 1."""

    def __init__(self) -> None:
        self._kept: deque[Logged] = deque(maxlen=MAX_LOGGED)
        self._count = 0

    @property
    def count(self) -> int:
        """Give how many requests there have been since the start or the last clearing."""
        return self._count

    def add(self, *, entry: Logged) -> None:
        """Keep one request, under the next number."""
        self._count += 1
        self._kept.append(msgspec.structs.replace(entry, number=self._count))

    def list_after(self, *, number: int, limit: int) -> list[Logged]:
        """List the newest requests with a higher number, oldest first."""
        newer = [entry for entry in self._kept if entry.number > number]
        return newer[-limit:]

    def clear(self) -> None:
        """Forget everything and count from 1 again."""
        self._kept.clear()
        self._count = 0
