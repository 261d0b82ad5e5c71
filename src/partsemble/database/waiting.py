"""How long a transaction may wait, and may let others wait, on PostgreSQL.

A row lock lasts as long as its transaction. A process that is paused or cut off in the middle of
one would keep everybody out for as long as its connection stands, whatever any lease says; so
the server is told to end such a session, which rolls it back. And whoever asks for a row that
is locked waits for a while only. SQLite knows one lock, on the file, with the timeout of the
connection; there nothing is set.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


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
        before = _set("lock_timeout", f"{round(seconds * 1000)}ms")
        yield
        # A released savepoint leaves its settings behind; a rolled back one takes them along.
        _set("lock_timeout", before)


def limit_idleness(seconds: float) -> None:
    """This will have the server end this transaction once it lies idle for that long."""
    if connection.vendor == "postgresql":
        _set("idle_in_transaction_session_timeout", f"{round(seconds * 1000)}ms")


def _set(name: str, value: str) -> str:
    with connection.cursor() as cursor:
        # The old value is read before the new one is set: columns are computed from the left.
        cursor.execute("SELECT current_setting(%s), set_config(%s, %s, true)", [name, name, value])
        before: str = cursor.fetchone()[0]
    return before
