"""Requests per second and per minute, counted per company (QBO limits and throttles)."""

from collections import deque
from collections.abc import Callable

from accounting_emulator.switches import Switches

UNLIMITED = 1_000_000


def write_policy(*, switches: Switches) -> str:
    """Say which limits hold now; the real service does not, but a client here may then hurry.

    Format: draft-ietf-httpapi-ratelimit-headers.
    """
    if not switches.throttle:
        return f'"none";q={UNLIMITED};w=1'
    second, minute = switches.requests_per_second, switches.requests_per_minute
    return f'"burst";q={second};w=1, "minute";q={minute};w=60'


class Throttle:
    """Counts accepted requests in sliding windows of real time."""

    def __init__(self, *, read_seconds: Callable[[], float]) -> None:
        self._read_seconds = read_seconds
        self._seen: dict[str, deque[float]] = {}

    def admit(self, *, realm_id: str, switches: Switches) -> bool:
        """Count one request, or say no when either window is full."""
        if not switches.throttle:
            return True
        now = self._read_seconds()
        seen = self._seen.setdefault(realm_id, deque())
        while seen and seen[0] <= now - 60:
            seen.popleft()
        last_second = sum(1 for at in seen if at > now - 1)
        if len(seen) >= switches.requests_per_minute:
            return False
        if last_second >= switches.requests_per_second:
            return False
        seen.append(now)
        return True
