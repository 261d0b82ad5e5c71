"""Fresh identifiers for rows."""

import secrets
import time
from uuid import UUID

from partsemble.kernel.ids import RANDOM_BYTES, uuid7

_MILLISECOND = 1_000_000
_FRACTION_BITS = 12
_STEP = -(-_MILLISECOND >> _FRACTION_BITS)
"""Nanoseconds by which the fraction of the millisecond grows by one at least."""


def new_id() -> UUID:
    """This will name a new row by a version 7 UUID of now.

    The one place below the interfaces that reads the clock: an id's clock keeps index pages warm
    and lists of one writer in order, and means nothing else, so passing it around would buy
    nothing.
    """
    return _name(time.time_ns(), secrets.token_bytes(RANDOM_BYTES))


def new_ids(count: int) -> list[UUID]:
    """This will name so many new rows in their order; the system is asked for randomness once.

    A thousand of them reach a quarter of a millisecond ahead of the clock, which is less than
    making them takes: the next one is behind all of them.
    """
    now, end = time.time_ns(), RANDOM_BYTES * count
    randomness = secrets.token_bytes(end)
    return [
        _name(now + number * _STEP, randomness[first : first + RANDOM_BYTES])
        for number, first in enumerate(range(0, end, RANDOM_BYTES))
    ]


def _name(unix_nanoseconds: int, randomness: bytes) -> UUID:
    """Let the first random bits be a fraction of the millisecond: what came later sorts later.

    Source: RFC 9562, section 6.2, method 3.
    """
    milliseconds, rest = divmod(unix_nanoseconds, _MILLISECOND)
    fraction = (rest << _FRACTION_BITS) // _MILLISECOND
    first = (fraction << 4 | randomness[1] & 0xF).to_bytes(2)
    return uuid7(unix_milliseconds=milliseconds, randomness=first + randomness[2:])
