"""Which ids a reading has shown, in little memory. Pure.

A reading must know them all at its end, to tell what the books no longer have (SYNC-6). As texts
in a set, a hundred thousand take as much memory as everything else that a sync holds at once.
Providers that number their records number them from one, so a bit for each number does.
"""

from collections.abc import Iterable
from typing import Final

DIGITS: Final = 7
"""Numbers of so many digits have a bit, a million bytes and a quarter at most; other ids, with a
zero in front too, are kept as they are."""


class SeenIds:
    """A set of ids that only grows."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._others: set[str] = set()

    def __contains__(self, external_id: str) -> bool:
        number = _find_number(external_id)
        if number < 0:
            return external_id in self._others
        byte = number >> 3
        return byte < len(self._bits) and bool(self._bits[byte] >> (number & 7) & 1)

    def update(self, external_ids: Iterable[str]) -> None:
        """This will add ids."""
        bits = self._bits
        for external_id in external_ids:
            number = _find_number(external_id)
            if number < 0:
                self._others.add(external_id)
                continue
            byte = number >> 3
            if byte >= len(bits):
                bits.extend(bytes(byte + 1 - len(bits)))
            bits[byte] |= 1 << (number & 7)


def _find_number(external_id: str) -> int:
    if (
        len(external_id) <= DIGITS
        and external_id.isascii()
        and external_id.isdecimal()
        and external_id[0] != "0"
    ):
        return int(external_id)
    return -1
