"""Fresh identifiers for rows."""

import secrets
import time
from uuid import UUID

from partsemble.kernel.ids import RANDOM_BYTES, uuid7


def new_id() -> UUID:
    """This will name a new row by a version 7 UUID of now.

    The one place below the interfaces that reads the clock: an id's clock only keeps index
    pages warm and never means anything, so passing it around would buy nothing.
    """
    return uuid7(
        unix_milliseconds=time.time_ns() // 1_000_000,
        randomness=secrets.token_bytes(RANDOM_BYTES),
    )


def new_ids(count: int) -> list[UUID]:
    """This will name so many new rows; the system is asked for randomness once."""
    now, end = time.time_ns() // 1_000_000, RANDOM_BYTES * count
    randomness = secrets.token_bytes(end)
    return [
        uuid7(unix_milliseconds=now, randomness=randomness[first : first + RANDOM_BYTES])
        for first in range(0, end, RANDOM_BYTES)
    ]
