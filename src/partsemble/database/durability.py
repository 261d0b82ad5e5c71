"""How soon a commit must be on the disk.

On SQLite every commit waits for the disk, so that what a person was told is saved survives a
power cut. A long sync commits hundreds of times, and none of those commits is a promise to
anybody: after a cut it goes on from wherever the database ends. Rows and the position behind
them are in one commit, commits reach the disk in their order, and the next one that does wait
takes all before it along, so that what a cut takes away is always the latest of such commits.

PostgreSQL commits in a process of its own, at a fraction of the cost, and is left as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def unhurried_commits() -> Iterator[None]:
    """This will let commits of the block reach the disk later, in their order.

    For work that can be done again from where the database ends, and that tells nobody it is
    done. Inside a transaction it changes nothing: that one's commit is somebody else's.

    Source: SQLite, PRAGMA synchronous, on NORMAL with a write-ahead log.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    _set_synchronous("NORMAL")
    try:
        yield
    finally:
        _set_synchronous("FULL")


def _set_synchronous(level: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous = {level}")
