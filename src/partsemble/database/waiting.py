"""How long a transaction may wait, and may let others wait, on PostgreSQL.

A row lock lasts as long as its transaction. A process that is paused or cut off in the middle of
one would keep everybody out for as long as its connection stands, whatever any lease says; so
the server is told to end such a session, which rolls it back: every session after a while, and
one that holds a lease's row no later than the lease. And whoever asks for a row that is locked
waits for a while only. SQLite knows one lock, on the file, with the timeout of the
connection; there nothing is set.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

IDLE_LIMIT_SECONDS = 60.0
"""No transaction of ours spans a call to anybody, so none that lives lies idle for so long."""


def watch_connection(*, connection: BaseDatabaseWrapper, **_: object) -> None:
    """This will bound what a fresh connection may lie idle; Django calls it for each."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('idle_in_transaction_session_timeout', %s, false)",
                [_say_milliseconds(IDLE_LIMIT_SECONDS)],
            )


@contextmanager
def limited_waiting(seconds: float) -> Iterator[None]:
    """This will make the block wait no longer than that for a row lock.

    Raises:
        OperationalError: from the statement that waited in vain; only the block is rolled back.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        before = _set("lock_timeout", _say_milliseconds(seconds))
        yield
        # A released savepoint leaves its settings behind; a rolled back one takes them along.
        _set("lock_timeout", before)


def limit_idleness(seconds: float) -> None:
    """This will have the server end this transaction once it lies idle for that long.

    Arguments:
        seconds: anything above `IDLE_LIMIT_SECONDS` is that.
    """
    if connection.vendor == "postgresql":
        limit = _say_milliseconds(min(seconds, IDLE_LIMIT_SECONDS))
        _set("idle_in_transaction_session_timeout", limit)


def _say_milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def _set(name: str, value: str) -> str:
    with connection.cursor() as cursor:
        # The old value is read before the new one is set: columns are computed from the left.
        cursor.execute("SELECT current_setting(%s), set_config(%s, %s, true)", [name, name, value])
        before: str = cursor.fetchone()[0]
    return before
