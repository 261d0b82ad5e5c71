"""One thing after the other, where a history has to go the same way each time (I10)."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager

import pytest

from partsemble.accounting.qbo import oauth
from partsemble.sync.services import planning, refreshing


class _InTurn(Executor):
    """Does what it is given before it comes back, in the thread that gives it."""

    def __init__(self, most_at_once: int, *, thread_name_prefix: str) -> None:
        del most_at_once, thread_name_prefix

    def submit[**P, R](
        self, deed: Callable[P, R], /, *args: P.args, **named: P.kwargs
    ) -> Future[R]:
        """This will keep what broke, as a thread does; a process that dies is dead at once."""
        future = Future[R]()
        try:
            future.set_result(deed(*args, **named))
        except Exception as broken:  # noqa: BLE001 whoever asks for the result is told
            future.set_exception(broken)
        return future


@contextmanager
def nothing_races() -> Iterator[None]:
    """This will let no thread and no clock decide which call or command comes next.

    Lists are read before the items and not beside them, and a plan is written when it has grown,
    and not because a busy machine took a quarter of a second; where tokens are renewed is asked
    anew, and not only by the first history that an emulator plays in. Each of them would move the
    calls that fail and the commands at which something breaks.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refreshing, "ThreadPoolExecutor", _InTurn)
        patch.setattr(planning, "QUIET_SECONDS", math.inf)
        patch.setattr(oauth, "_known_endpoints", {})
        yield
