"""A clock that people and tests can move."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo


class Clock:
    """The emulator's time: real time shifted by an offset, or stopped at an instant."""

    def __init__(
        self,
        *,
        zone: tzinfo,
        read_time: Callable[[], float] = time.time,
        read_seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.zone = zone
        self._read_time = read_time
        self._read_seconds = read_seconds
        self._offset = 0.0
        self._leapt = 0.0
        self._stopped_at: float | None = None
        self.on_move: Callable[[], None] = lambda: None

    @property
    def offset_seconds(self) -> float:
        """Give how far this clock is ahead of the real one."""
        return self._offset

    @property
    def is_stopped(self) -> bool:
        """Say whether time stands still."""
        return self._stopped_at is not None

    def now(self) -> float:
        """Give seconds since 1970 UTC."""
        if self._stopped_at is not None:
            return self._stopped_at
        return self._read_time() + self._offset

    def elapsed(self) -> float:
        """Give seconds that never run backwards and never stand still, for limits per time.

        They follow real time, and jump ahead when the clock is moved forward.
        """
        return self._read_seconds() + self._leapt

    def today(self, *, zone: tzinfo | None = None) -> str:
        """Give the date in a company's zone; the main company's when none is named."""
        return self.local_now(zone=zone).date().isoformat()

    def local_now(self, *, zone: tzinfo | None = None) -> datetime:
        """Give the date and time in a company's zone, with the offset from UTC."""
        return datetime.fromtimestamp(self.now(), UTC).astimezone(zone or self.zone)

    def advance(self, *, seconds: float) -> None:
        """Move time forward (or back when negative)."""
        if self._stopped_at is not None:
            self._stopped_at += seconds
        self._offset += seconds
        self._leap(seconds)

    def set_to(self, *, moment: datetime) -> None:
        """Move to an instant; time runs on from there unless it is stopped."""
        ahead = moment.timestamp() - self.now()
        self._offset = moment.timestamp() - self._read_time()
        if self._stopped_at is not None:
            self._stopped_at = moment.timestamp()
        self._leap(ahead)

    def _leap(self, seconds: float) -> None:
        self._leapt += max(0.0, seconds)
        self.on_move()

    def stop(self) -> None:
        """Hold time where it is."""
        self._stopped_at = self.now()

    def run(self) -> None:
        """Let held time run on."""
        if self._stopped_at is not None:
            self._offset = self._stopped_at - self._read_time()
            self._stopped_at = None
            self.on_move()

    def restore(self, *, offset_seconds: float, held_at: float | None) -> None:
        """Take a setting over from an earlier run."""
        self._offset = offset_seconds
        self._stopped_at = held_at
