"""Planned misbehaviour: which request goes wrong, how, and whether the work is done first.

A fault waits for requests that match it, lets the first `after` of them pass, then strikes
`count` times and is spent. With a `rate` it strikes by chance, and the chance of its n-th
matching request depends on its seed and n alone: the same requests in the same order meet the
same faults, whatever else is planned. Of several faults that could strike, the one planned first
does; `commands` only changes the books behind a client's back and lets the request go on to meet
the next fault. Some kinds hang up without reading the request: those must be told by its address
alone and come first.
"""

import random
from collections import deque
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

Kind = Literal[
    "status", "fault", "fault_200", "delay", "drip",
    "close", "close_after", "refuse", "truncate", "wrong_length",
    "malformed", "xml", "html", "empty", "commands",
]  # fmt: skip
When = Literal["before", "after"]
MAX_PLANNED = 1_000
MAX_STRUCK = 10_000
DONE_FIRST = ("close_after", "truncate", "wrong_length", "malformed", "xml", "drip", "empty")
"""Kinds that spoil the answer to work that was done, unless told otherwise."""
UNREAD = ("close", "refuse")
"""Kinds that hang up before the request is read."""


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request to the control API; `{id}` in the path stands for the Id in the body struck."""

    method: Literal["GET", "POST", "PATCH", "DELETE"] = "POST"
    path: str
    body: dict[str, Any] = {}


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One planned fault: how, on which requests, and on which of those.

    `path` is a part of the address, `entity` the object named by path or query, `contains` a
    part of query string or body; what is None matches everything. `count` None means once, or
    for ever when there is a rate; 0 means for ever.
    """

    kind: Kind
    when: When | None = None
    path: str = "/v3/"
    method: str | None = None
    entity: str | None = None
    realm_id: str | None = None
    is_write: bool | None = None
    contains: str | None = None
    after: int = 0
    count: int | None = None
    rate: float = 1.0
    seed: int | str = 0
    status: int | None = None
    code: str | None = None
    message: str | None = None
    detail: str | None = None
    retry_after: int | None = None
    delay_ms: int = 0
    pieces: int = 20
    extra_bytes: int = -10
    commands: tuple[Command, ...] = ()

    @property
    def is_done_first(self) -> bool:
        """Say whether the request is carried out before its answer is spoiled."""
        return self.kind in DONE_FIRST if self.when is None else self.when == "after"

    @property
    def is_unread(self) -> bool:
        """Say whether the connection ends before the request is read."""
        return self.kind in UNREAD and not self.is_done_first


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan knows of a request; the entity is in lower case."""

    method: str
    path: str
    query: str = ""
    body: str = ""
    entity: str | None = None
    realm_id: str | None = None

    @property
    def is_write(self) -> bool:
        """Say whether this may change the books: a POST to a company that is not a query."""
        is_post = self.method == "POST" and self.realm_id is not None
        return is_post and not self.path.endswith("/query")


class Struck(msgspec.Struct, frozen=True, kw_only=True):
    """One stroke: the fault, how often it had matched, and what its commands were answered."""

    fault_id: int
    kind: Kind
    match: int
    method: str
    path: str
    answers: tuple[int, ...] = ()


class Planned:
    """A fault that waits, with its tally."""

    def __init__(self, *, number: int, fault: Fault) -> None:
        self.number = number
        self.fault = fault
        self.matched = 0
        self.struck = 0
        has_rate = fault.rate < 1
        self.limit = (0 if has_rate else 1) if fault.count is None else fault.count

    @property
    def is_spent(self) -> bool:
        """Say whether it has struck as often as it was meant to."""
        return 0 < self.limit <= self.struck

    def meets(self, *, seen: Seen) -> bool:
        """Count a request if it matches, and say whether the fault strikes it."""
        if not matches(fault=self.fault, seen=seen):
            return False
        self.matched += 1
        if self.matched <= self.fault.after or not self._is_drawn():
            return False
        self.struck += 1
        return True

    def _is_drawn(self) -> bool:
        fault = self.fault
        if fault.rate >= 1:
            return True
        draw = random.Random(f"{fault.seed} {fault.kind} {self.matched}")  # noqa: S311
        return draw.random() < fault.rate


class FaultPlan:
    """The faults that are still to come, in the order they were planned."""

    def __init__(self) -> None:
        self._waiting: list[Planned] = []
        self._count = 0
        self.struck: deque[Struck] = deque(maxlen=MAX_STRUCK)

    @property
    def waiting(self) -> tuple[Planned, ...]:
        """List what is still to come."""
        return tuple(self._waiting)

    def add(self, *, fault: Fault) -> int:
        """Plan one more fault and give its number; there is room for a thousand."""
        self._count += 1
        if len(self._waiting) < MAX_PLANNED:
            self._waiting.append(Planned(number=self._count, fault=fault))
        return self._count

    def drop(self, *, number: int) -> None:
        """Plan this one no longer."""
        self._waiting = [planned for planned in self._waiting if planned.number != number]

    def clear(self) -> None:
        """Plan nothing, and forget what struck."""
        self._waiting.clear()
        self.struck.clear()

    def take_unread(self, *, seen: Seen) -> Planned | None:
        """Give the fault that hangs up on this request before it is read."""
        unread = [planned for planned in self._waiting if planned.fault.is_unread]
        return self._first(unread, seen)

    def take_commands(self, *, seen: Seen) -> list[Planned]:
        """Give all commands that are to be carried out before this request."""
        found = [
            planned
            for planned in self._waiting
            if planned.fault.kind == "commands" and planned.meets(seen=seen)
        ]
        self._sweep()
        return found

    def take(self, *, seen: Seen) -> Planned | None:
        """Give the fault that befalls this request, now that it has been read."""
        read = [
            planned
            for planned in self._waiting
            if not planned.fault.is_unread and planned.fault.kind != "commands"
        ]
        return self._first(read, seen)

    def note(self, *, planned: Planned, seen: Seen, answers: tuple[int, ...] = ()) -> None:
        """Keep that a fault struck."""
        self.struck.append(
            Struck(
                fault_id=planned.number,
                kind=planned.fault.kind,
                match=planned.matched,
                method=seen.method,
                path=seen.path,
                answers=answers,
            )
        )

    def _first(self, candidates: Iterable[Planned], seen: Seen) -> Planned | None:
        found = next((planned for planned in candidates if planned.meets(seen=seen)), None)
        self._sweep()
        return found

    def _sweep(self) -> None:
        self._waiting = [planned for planned in self._waiting if not planned.is_spent]


def matches(*, fault: Fault, seen: Seen) -> bool:
    """Say whether a fault is about such a request."""
    return (
        fault.path in seen.path
        and fault.method in (None, seen.method)
        and (fault.entity is None or fault.entity.lower() == seen.entity)
        and fault.realm_id in (None, seen.realm_id)
        and fault.is_write in (None, seen.is_write)
        and (fault.contains is None or fault.contains in f"{seen.query}\n{seen.body}")
    )
