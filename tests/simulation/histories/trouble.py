"""Trouble at counted places: where a worker dies, and where it is paused.

Every statement of this thread on the default connection is an event, and so are the moments
before and after each outermost transaction. A crash raises at the n-th event what no handler
catches, so that everything on the way rolls back as it does when a process dies. A pause happens
before the n-th outermost transaction begins, where a paused process holds no row.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.transaction import Atomic

_begin, _end = Atomic.__enter__, Atomic.__exit__


class Crash(BaseException):
    """The process dies here; no boundary of a request or job survives it."""


class Tripwire:
    """Counts the events of the thread that set it, and acts at one of them."""

    def __init__(
        self, *, crash_at: int | None, pause_at: int | None, act: Callable[[], None] | None
    ) -> None:
        self._crash_at = crash_at
        self._pause_at = pause_at
        self._act = act
        self._thread = threading.get_ident()
        self._is_acting = False
        self.events = 0
        self.begun = 0
        self.is_tripped = False

    def _is_ours(self) -> bool:
        return threading.get_ident() == self._thread and not self._is_acting

    def _count(self) -> None:
        self.events += 1
        if self.events == self._crash_at:
            self.is_tripped = True
            raise Crash

    def begin(self, atomic: Atomic) -> None:
        """Pass the moment before a transaction begins."""
        if self._is_ours() and not connection.in_atomic_block:
            self.begun += 1
            if self.begun == self._pause_at and self._act is not None:
                self._is_acting = True
                try:
                    self._act()
                finally:
                    self._is_acting = False
            self._count()
        _begin(atomic)

    def end(self, atomic: Atomic, *error: Any) -> None:
        """Pass the moments before and after a commit."""
        is_outermost = self._is_ours() and len(connection.savepoint_ids) == 0
        if is_outermost and error[0] is None:
            try:
                self._count()
            except Crash as crash:
                _end(atomic, Crash, crash, None)
                raise
        _end(atomic, *error)
        if is_outermost and error[0] is None and not connection.in_atomic_block:
            self._count()

    def execute(self, execute: Callable[..., Any], *words: Any) -> Any:
        """Pass a statement."""
        if self._is_ours():
            self._count()
        return execute(*words)


@contextmanager
def tripwire(
    *,
    crash_at: int | None = None,
    pause_at: int | None = None,
    act: Callable[[], None] | None = None,
) -> Iterator[Tripwire]:
    """This will let the block die at an event, or pause before a transaction."""
    wire = Tripwire(crash_at=crash_at, pause_at=pause_at, act=act)

    def begin(atomic: Atomic) -> None:
        wire.begin(atomic)

    def end(atomic: Atomic, *error: Any) -> None:
        wire.end(atomic, *error)

    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(wire.execute):
        patch.setattr(Atomic, "__enter__", begin)
        patch.setattr(Atomic, "__exit__", end)
        yield wire


def in_thread(act: Callable[[], object]) -> None:
    """This will let somebody else act now, with connections and scopes of their own."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as failure:  # noqa: BLE001 it is raised again where it counts
            failures.append(failure)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
