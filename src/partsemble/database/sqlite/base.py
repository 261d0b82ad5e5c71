"""Waiting for SQLite's one writer without oversleeping.

Whoever finds the file taken sleeps and looks again, and SQLite's own sleeps grow to a tenth of a
second. A sync leaves the file alone for a few milliseconds after each chunk; a click that sleeps
through those, and through the next ones, waits many times longer than anybody held the file. So
a transaction looks again every few milliseconds until its turn or its time has come.

Django finds this by its names: a module `base` with a `DatabaseWrapper` is what it asks of the
package that `ENGINE` names. A single statement outside a transaction still waits as SQLite does.
"""

import sqlite3
import time
from typing import Final

from django.db import OperationalError
from django.db.backends.sqlite3 import base

DOZE_MILLISECONDS: Final = 8
"""SQLite looks again after one, two and five milliseconds; the next sleep would be longer."""


class PatientConnection(base.DatabaseWrapper):
    """A connection whose transactions begin as soon as the file is free."""

    def _start_transaction_under_autocommit(self) -> None:
        """This will begin, and wait for that as long as the connection's timeout says.

        Raises:
            OperationalError: if the file was not free for so long.
        """
        (patience,) = self.connection.execute("PRAGMA busy_timeout").fetchone()
        gives_up_at = time.monotonic() + patience / 1_000
        self.connection.execute(f"PRAGMA busy_timeout = {min(DOZE_MILLISECONDS, patience)}")
        try:
            while True:
                looked_at = time.monotonic()
                try:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
                except OperationalError as refusal:
                    if not _may_pass(refusal) or time.monotonic() >= gives_up_at:
                        raise
                else:
                    return
                # Whoever is still reading something is refused without any waiting.
                rested = time.monotonic() - looked_at
                time.sleep(max(0.0, DOZE_MILLISECONDS / 1_000 - rested))
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {patience}")


DatabaseWrapper: Final = PatientConnection


def _may_pass(refusal: OperationalError) -> bool:
    """Whether the file is taken; what has been read of an older state never gets newer."""
    cause = refusal.__cause__
    if not isinstance(cause, sqlite3.OperationalError):
        return False
    is_taken = cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return is_taken and cause.sqlite_errorcode != sqlite3.SQLITE_BUSY_SNAPSHOT
