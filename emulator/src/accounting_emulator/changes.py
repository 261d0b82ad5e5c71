"""What a company remembers of its changes beside the objects themselves.

Objects carry when they were last updated. What they cannot tell is kept here: which items changed
by nothing but a movement of stock, which objects are gone for good, and the latest changes of all.
"""

from collections import deque
from collections.abc import Iterable

import msgspec

from accounting_emulator.books import Event

MAX_RECENT = 10_000


class Happened(msgspec.Struct, frozen=True):
    """One change, numbered from 1; `at` in seconds since 1970 UTC."""

    number: int
    at: int
    event: Event


class Gone(msgspec.Struct, frozen=True):
    """An object that was deleted; `at` in seconds since 1970 UTC."""

    entity: str
    id: int
    at: int


class ChangeTimes:
    """When items moved and were edited, and what was deleted."""

    def __init__(self) -> None:
        self._moved: dict[int, int] = {}
        self._edited: dict[int, int] = {}
        self._gone: list[Gone] = []
        self._count = 0
        self.recent: deque[Happened] = deque(maxlen=MAX_RECENT)

    def note(self, *, events: Iterable[Event], at: int) -> None:
        """Remember what happened at an instant."""
        for event in events:
            self._count += 1
            self.recent.append(Happened(self._count, at, event))
            if event.operation == "Delete":
                self._gone.append(Gone(event.entity, event.id, at))
                continue
            if event.deleted_id is not None and event.has_vanished:
                self._gone.append(Gone(event.entity, event.deleted_id, at))
            if event.entity == "Item":
                times = self._moved if event.is_stock_move else self._edited
                times |= {n: at for n in (event.id, event.deleted_id) if n is not None}

    def list_moved(self, *, since: float) -> list[int]:
        """List the items whose stock moved since an instant."""
        return [number for number, at in self._moved.items() if at >= since]

    def list_only_moved(self, *, since: float) -> set[int]:
        """List the items that changed since an instant by movements of stock alone."""
        moved = self.list_moved(since=since)
        return {number for number in moved if self._edited.get(number, 0) < since}

    def list_gone(self, *, entity: str, since: float) -> list[Gone]:
        """List what was deleted since an instant, the earliest first."""
        return [gone for gone in self._gone if gone.entity == entity and gone.at >= since]
