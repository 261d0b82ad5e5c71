"""Identifiers: UUID version 7, made before the first attempt.

Records are named before they are written, so that a repeated attempt names the same record
and the name can double as an idempotency key. Version 7 puts the millisecond first, which
keeps index pages warm; the rest is random. The first eight digits are the clock, so they never
serve as a reference for people. The standard library has no version 7 before Python 3.14.

Source: RFC 9562, section 5.7.
"""

from typing import NewType
from uuid import UUID

UserId = NewType("UserId", UUID)
BusinessId = NewType("BusinessId", UUID)
JobId = NewType("JobId", UUID)
RunId = NewType("RunId", UUID)
ConnectionId = NewType("ConnectionId", UUID)
TokenId = NewType("TokenId", UUID)
CallId = NewType("CallId", UUID)
ProductId = NewType("ProductId", UUID)
EntryId = NewType("EntryId", UUID)

RANDOM_BYTES = 10
_MAX_MILLISECONDS = (1 << 48) - 1


def uuid7(*, unix_milliseconds: int, randomness: bytes) -> UUID:
    """This will make a version 7 UUID out of a clock reading and ten random bytes.

    Arguments:
        unix_milliseconds: whole milliseconds since 1970-01-01 UTC, 0 to 2**48 - 1.
        randomness: exactly ten bytes, of which 74 bits are used.

    Raises:
        ValueError: if the clock is out of range or there are not ten bytes.

    Source: RFC 9562, section 5.7.
    """
    if not 0 <= unix_milliseconds <= _MAX_MILLISECONDS:
        raise ValueError(f"unix_milliseconds must fit 48 bits, got {unix_milliseconds}")
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(f"randomness must be {RANDOM_BYTES} bytes, got {len(randomness)}")
    random_bits = int.from_bytes(randomness, "big")
    random_a = random_bits >> 68
    random_b = random_bits & ((1 << 62) - 1)
    version, variant = 0x7, 0b10
    return UUID(
        int=unix_milliseconds << 80 | version << 76 | random_a << 64 | variant << 62 | random_b
    )
