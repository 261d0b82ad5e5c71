"""Staying within a provider's limits, so that it never has to say no.

A token bucket lets twice its size through within one period: what it had saved up, and what
flows in meanwhile. Providers count what arrives in a sliding window, so here the last calls are
remembered, and the next one waits until the oldest has left every window.

Calls do not arrive at the distance at which they were sent: the first one of a connection has a
handshake before it, and a busy machine hesitates. Ten calls sent at once and ten more after the
window may arrive as twenty in one second. So windows are taken a little longer than they are,
and within the shortest one calls go out at an even pace.

The limits are the documented ones until the provider itself states others with its answers. A
server on one's own machine that imitates a provider may well have none.

A process throttles only itself. When several run for one company, the provider's own refusal
(429) is what holds them back; then everything waiting here waits along (`hold`).

Source: draft-ietf-httpapi-ratelimit-headers, RateLimit-Policy.
"""

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from partsemble.accounting.provider import TryLater

SLACK_SECONDS: Final = 0.1
SLACK_SHARE: Final = 1 / 60
"""How much longer a window is taken than it is: a tenth of a second, a second of a minute."""
MOST_CALLS: Final = 1_000
"""How many calls are remembered; a window that admits more is no limit to what is done here."""

_POLICY: Final = re.compile(r'"[^"]*";q=(\d{1,9});w=(\d{1,9})')


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most so many calls in any stretch of so many seconds."""

    calls: int
    seconds: float

    @property
    def window_seconds(self) -> float:
        """This will be how long a call is remembered."""
        return self.seconds + max(SLACK_SECONDS, self.seconds * SLACK_SHARE)


def read_policy(text: str) -> list[RateLimit]:
    """This will read the limits that a RateLimit-Policy header states, in whatever order.

    Arguments:
        text: for example `"burst";q=10;w=1, "minute";q=500;w=60`, calls and seconds.
    """
    limits = [RateLimit(int(calls), int(seconds)) for calls, seconds in _POLICY.findall(text)]
    return [limit for limit in limits if 0 < limit.calls <= MOST_CALLS and limit.seconds > 0]


class Throttle:
    """Makes callers wait until a call fits all limits; shared by threads."""

    def __init__(
        self,
        *,
        limits: Sequence[RateLimit],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = Lock()
        self._held_until = 0.0
        self._limits = tuple(limits)
        self._gap_seconds = _find_gap(self._limits)
        self._policy = ""
        self._calls = deque[float](maxlen=MOST_CALLS)

    def wait(self, *, patience_seconds: float) -> None:
        """This will wait for the next moment at which a call fits, and count the call there.

        Raises:
            TryLater: at once, without counting a call, if that moment is farther away.
        """
        while True:
            with self._lock:
                now = self._monotonic()
                is_held = self._held_until > now
                moment = self._held_until if is_held else self._find_moment(now)
                if moment - now > patience_seconds:
                    raise TryLater(wait_seconds=moment - now, reason="throttled here")
                if not is_held:
                    self._calls.append(moment)
            if moment > now:
                self._sleep(moment - now)
            if not is_held:
                return

    def hold(self, *, seconds: float) -> None:
        """This will let no further call start for that long; the provider asked for it."""
        with self._lock:
            self._held_until = max(self._held_until, self._monotonic() + seconds)

    def adopt(self, *, policy: str) -> None:
        """This will keep to the limits that the provider states, instead of those until now.

        Arguments:
            policy: the RateLimit-Policy header of an answer.
        """
        if policy == self._policy:
            return
        with self._lock:
            self._policy = policy
            self._limits = tuple(read_policy(policy))
            self._gap_seconds = _find_gap(self._limits)

    def _find_moment(self, now: float) -> float:
        free_at = [
            self._calls[-limit.calls] + limit.window_seconds
            for limit in self._limits
            if len(self._calls) >= limit.calls
        ]
        if self._calls:
            free_at.append(self._calls[-1] + self._gap_seconds)
        return max([now, *free_at])


def _find_gap(limits: Sequence[RateLimit]) -> float:
    """Give the pace, in seconds from call to call, that the shortest window asks for."""
    return min(
        ((limit.seconds, limit.window_seconds / limit.calls) for limit in limits),
        default=(0.0, 0.0),
    )[1]
