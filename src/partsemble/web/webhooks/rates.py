"""How often an address may call, counted in this process."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW_SECONDS = 60.0
ADDRESS_LIMIT = 10_000
"""Addresses remembered at a time; the one that was silent longest is forgotten first."""


@dataclass(slots=True)
class RateLimit:
    """So many calls in each minute of an address; what is more is refused, not queued.

    Counted in memory and not in the database: what it protects is the database.
    """

    calls: int
    monotonic: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _windows: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    def admit(self, address: str) -> bool:
        """This will count a call and tell whether there was room for it."""
        now = self.monotonic()
        with self._lock:
            began, count = self._windows.pop(address, (now, 0))
            if now - began >= WINDOW_SECONDS:
                began, count = now, 0
            self._windows[address] = (began, count + 1)
            while len(self._windows) > ADDRESS_LIMIT:
                self._windows.popitem(last=False)
        return count < self.calls
