"""Answers to writes that carried a request id, kept to be given again byte for byte.

A client that repeats a write after a lost answer gets the first answer, with its old time and
SyncToken (seen live). How long the real service remembers is unknown; a switch can set it.
"""

from collections import OrderedDict

from accounting_emulator.journal import Reply

MAX_KEPT = 50_000


class Replies:
    """The newest answers by company and request id."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Reply] = OrderedDict()

    def keep(self, *, reply: Reply) -> None:
        """Remember an answer; the oldest make room."""
        self._kept[reply.key] = reply
        self._kept.move_to_end(reply.key)
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)

    def find(self, *, key: str, now: float, life_seconds: int) -> Reply | None:
        """Give the answer that was given under a key; a life of 0 seconds has no end."""
        reply = self._kept.get(key)
        if reply is None or (life_seconds and reply.at + life_seconds < now):
            return None
        return reply
