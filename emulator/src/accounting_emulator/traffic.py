"""How much a client may ask: throttles, and the meter that counts what is read.

Throttles count accepted requests in sliding windows: per company and minute, per company and app
in a second (or at once: an older wording of the same limit), batches, and everything together
(QBO limits and throttles). There is one app here, so company and app are one key. Windows slide
with real time even while the clock is held, and jump when it is moved forward.

The meter counts the calls that give something out (every read, query, report and change data
capture) per calendar month and app, and refuses them once the budget is spent; calls that only
put something in are free and unlimited (Intuit App Partner Program).
"""

from collections import Counter, deque
from collections.abc import Callable
from enum import Enum, auto

import msgspec

from accounting_emulator.switches import Switches

MINUTE = 60.0
UNLIMITED = 1_000_000


class Sort(Enum):
    """What kind of call it is; OTHER goes to another of the vendor's services."""

    PLAIN = auto()
    BATCH = auto()
    OTHER = auto()


def write_policy(*, switches: Switches) -> str:
    """Say which limits hold now; the real service does not, but a client here may then hurry.

    Format: draft-ietf-httpapi-ratelimit-headers.
    """
    if not switches.throttle:
        return f'"none";q={UNLIMITED};w=1'
    second, minute = switches.requests_per_second, switches.requests_per_minute
    return f'"burst";q={second};w=1, "minute";q={minute};w=60'


class Window:
    """Requests of the last seconds."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._seen: deque[float] = deque()

    def count(self, *, now: float) -> int:
        """Give how many there were."""
        self._forget_old(now)
        return len(self._seen)

    def add(self, *, now: float) -> None:
        """Count one more."""
        self._forget_old(now)
        self._seen.append(now)

    def _forget_old(self, now: float) -> None:
        while self._seen and self._seen[0] <= now - self._seconds:
            self._seen.popleft()


class _Lane:
    """What one company's clients have asked lately."""

    def __init__(self) -> None:
        self.second = Window(seconds=1.0)
        self.minute = Window(seconds=MINUTE)
        self.batches = Window(seconds=MINUTE)
        self.combined = Window(seconds=MINUTE)
        self.at_once = 0


class Throttle:
    """Lets requests in or not."""

    def __init__(self, *, read_seconds: Callable[[], float]) -> None:
        self._read_seconds = read_seconds
        self._lanes: dict[str, _Lane] = {}

    def admit(self, *, realm_id: str, sort: Sort, switches: Switches) -> bool:
        """Count one request and let it in, or say no when a window is full."""
        lane = self._lanes.setdefault(realm_id, _Lane())
        now = self._read_seconds()
        if switches.throttle and not _has_room(lane, now, sort, switches):
            return False
        lane.combined.add(now=now)
        if sort is Sort.OTHER:
            return True
        lane.second.add(now=now)
        lane.minute.add(now=now)
        if sort is Sort.BATCH:
            lane.batches.add(now=now)
        lane.at_once += 1
        return True

    def release(self, *, realm_id: str) -> None:
        """Count one request as answered."""
        self._lanes[realm_id].at_once -= 1


def _has_room(lane: _Lane, now: float, sort: Sort, switches: Switches) -> bool:
    if lane.combined.count(now=now) >= switches.combined_per_minute:
        return False
    if sort is Sort.OTHER:
        return True
    burst = lane.second.count(now=now) if switches.burst == "per_second" else lane.at_once
    if burst >= switches.requests_per_second:
        return False
    if lane.minute.count(now=now) >= switches.requests_per_minute:
        return False
    return sort is not Sort.BATCH or lane.batches.count(now=now) < switches.batches_per_minute


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What the meter stands at in a month."""

    month: str
    core: int
    core_plus: int
    budget: int
    is_blocked: bool


class Meter:
    """Counts calls per month: `core` puts something in, `core_plus` gives something out."""

    def __init__(self, *, get_month: Callable[[], str]) -> None:
        self._get_month = get_month
        self._core: Counter[str] = Counter()
        self._core_plus: Counter[str] = Counter()

    def admit(self, *, core: int, core_plus: int, switches: Switches) -> bool:
        """Count one request's calls, or say no when it reads and the budget is spent."""
        month = self._get_month()
        if core_plus and self._is_spent(month, switches):
            return False
        self._core[month] += core
        self._core_plus[month] += core_plus
        return True

    def set_count(self, *, core_plus: int) -> None:
        """Let so many reads have been counted this month."""
        self._core_plus[self._get_month()] = core_plus

    def tally(self, *, switches: Switches) -> Tally:
        """Give what the meter stands at."""
        month = self._get_month()
        return Tally(
            month=month,
            core=self._core[month],
            core_plus=self._core_plus[month],
            budget=switches.read_budget,
            is_blocked=self._is_spent(month, switches),
        )

    def _is_spent(self, month: str, switches: Switches) -> bool:
        return 0 < switches.read_budget <= self._core_plus[month]
