"""Staying within a provider's limits, so that it never has to say no.

A token bucket lets twice its size through within one period: what it had saved up, and what
flows in meanwhile. Providers count what arrives in a sliding window, so here the last calls are
remembered, and the next one waits until the oldest has left every window. Windows are a little
longer than the provider's, because calls do not arrive at the distance at which they were sent:
the first one of a connection still has a handshake before it.

A process throttles only itself. When several run for one company, the provider's own refusal
(429) is what holds them back; then everything waiting here waits along (`hold`).
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from partsemble.accounting.provider import TryLater


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most so many calls in any stretch of so many seconds."""

    calls: int
    seconds: float


class Throttle:
    """Makes callers wait until a call fits all limits; shared by threads."""

    def __init__(
        self,
        *,
        limits: Sequence[RateLimit],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._windows = [(limit, deque[float](maxlen=limit.calls)) for limit in limits]
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = Lock()
        self._held_until = 0.0

    def wait(self, *, patience_seconds: float) -> None:
        """This will wait for the next moment at which a call fits, and count the call there.

        Raises:
            TryLater: at once, without counting a call, if that moment is farther away.
        """
        while True:
            with self._lock:
                now = self._monotonic()
                if self._held_until <= now:
                    moment = max([now, *(self._find_moment(*each) for each in self._windows)])
                    self._demand(moment - now, patience_seconds)
                    for _, window in self._windows:
                        window.append(moment)
                    break
                moment = self._held_until
                self._demand(moment - now, patience_seconds)
            self._sleep(moment - now)
        if moment > now:
            self._sleep(moment - now)

    def hold(self, *, seconds: float) -> None:
        """This will let no further call start for that long; the provider asked for it."""
        with self._lock:
            self._held_until = max(self._held_until, self._monotonic() + seconds)

    @staticmethod
    def _find_moment(limit: RateLimit, window: deque[float]) -> float:
        return window[0] + limit.seconds if len(window) == limit.calls else 0.0

    @staticmethod
    def _demand(seconds: float, patience_seconds: float) -> None:
        if seconds > patience_seconds:
            raise TryLater(wait_seconds=seconds, reason="throttled here")
