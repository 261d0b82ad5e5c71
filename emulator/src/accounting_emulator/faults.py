"""Planned misbehaviour: which request goes wrong, and how.

A fault waits for requests that match it, lets the first `after` of them pass, spoils the next
`count`, and is spent. What is certain to be done before the trouble and what after is part of
each kind: `close` hangs up before the request is read, `close_after` does the work first.
"""

from typing import Literal

import msgspec

Kind = Literal["status", "delay", "close", "close_after", "truncate", "malformed", "fault_200"]
MAX_PLANNED = 1_000


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One planned fault; `path` is a part of the address, `method` a verb, both optional."""

    kind: Kind
    status: int = 500
    delay_ms: int = 0
    count: int = 1
    after: int = 0
    path: str = "/v3/"
    method: str | None = None


class FaultPlan:
    """The faults that are still to come, in the order they were planned."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """List what is still to come."""
        return tuple(self._waiting)

    def add(self, *, fault: Fault) -> None:
        """Plan one more fault."""
        if len(self._waiting) < MAX_PLANNED:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Plan nothing."""
        self._waiting.clear()

    def take(self, *, method: str, path: str) -> Fault | None:
        """Give the fault that befalls this request, and count it as spent."""
        for place, fault in enumerate(self._waiting):
            if fault.path not in path or fault.method not in (None, method):
                continue
            if fault.after > 0:
                self._waiting[place] = msgspec.structs.replace(fault, after=fault.after - 1)
                continue
            if fault.count <= 1:
                del self._waiting[place]
            else:
                self._waiting[place] = msgspec.structs.replace(fault, count=fault.count - 1)
            return fault
        return None
