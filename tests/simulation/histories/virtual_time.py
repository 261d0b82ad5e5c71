"""Waiting that costs nothing: the application's own waits move a clock instead of passing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Lock

import pytest
import stamina

from partsemble.accounting import registry
from partsemble.accounting.services import access
from partsemble.accounting.services.tokens import StoredTokens
from partsemble.database.bulk import iterate_chunks

MOST_ATTEMPTS = 10
"""More than any patience has; each caller's own number holds."""


class VirtualTime:
    """A monotonic clock that jumps where somebody sleeps."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._slept = 0.0

    def monotonic(self) -> float:
        """This will give seconds that passed, slept ones included."""
        return time.monotonic() + self._slept

    def sleep(self, seconds: float) -> None:
        """This will let so many seconds have passed."""
        with self._lock:
            self._slept += seconds


@contextmanager
def nobody_waits() -> Iterator[VirtualTime]:
    """This will let throttles, retries and the polling for another's tokens take no time."""
    virtual = VirtualTime()
    patient = partial(StoredTokens, monotonic=virtual.monotonic, sleep=virtual.sleep)
    pauseless = {**(iterate_chunks.__kwdefaults__ or {}), "pause": virtual.sleep}
    with (
        pytest.MonkeyPatch.context() as patch,
        stamina.set_testing(
            True,
            attempts=MOST_ATTEMPTS,
            cap=True,
        ),
    ):
        patch.setattr(registry, "time", virtual)
        patch.setattr(iterate_chunks, "__kwdefaults__", pauseless)
        patch.setattr(registry, "_throttles", {})
        patch.setattr(access, "StoredTokens", patient)
        yield virtual
