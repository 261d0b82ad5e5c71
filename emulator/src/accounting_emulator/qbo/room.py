"""What a write needs around it: the company, the hour, the switches, and the pen."""

from collections.abc import Callable
from dataclasses import dataclass

from accounting_emulator.books import Command, Event
from accounting_emulator.company import Company
from accounting_emulator.switches import Switches


@dataclass(frozen=True, slots=True)
class Room:
    """One write's surroundings; `at` in seconds since 1970 UTC, `today` the company's day."""

    company: Company
    switches: Switches
    at: int
    today: str
    execute: Callable[[Command], tuple[Event, ...]]
