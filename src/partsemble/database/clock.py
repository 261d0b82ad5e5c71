"""The database's clock, by which leases are compared (LOCK-2).

Machines disagree about the time; the database is the one witness that all contenders share.
Django's `Now` is the start of the statement on PostgreSQL; a statement that had to wait for a
row then compares with a time that has passed. `DatabaseClock` is the moment itself. On SQLite
both are the moment, with millisecond precision.
"""

from datetime import UTC, datetime

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

SQLITE_FORMAT = "%Y-%m-%d %H:%M:%f"
"""How Django stores an instant in SQLite, so that text compares like time."""


class DatabaseClock(Expression):
    """The database's instant, some seconds later if told so; volatile, so no index serves it."""

    def __init__(self, *, plus_seconds: float = 0) -> None:
        super().__init__(output_field=models.DateTimeField())
        self.plus_seconds = plus_seconds

    def as_sql(
        self,
        compiler: SQLCompiler,  # noqa: ARG002 Django calls it with both
        connection: BaseDatabaseWrapper,
    ) -> tuple[str, tuple[str, ...]]:
        """This will write it for the database that is asked."""
        clock = write_clock(vendor=connection.vendor, plus_seconds="%s")
        return clock, (f"{self.plus_seconds:f}",)


def write_clock(*, vendor: str, plus_seconds: str = "0") -> str:
    """This will write the same for a statement of one's own.

    Arguments:
        vendor: `postgresql` or `sqlite`.
        plus_seconds: SQL for a number of seconds: a column, a placeholder or a literal.
    """
    if vendor == "postgresql":
        return f"(CLOCK_TIMESTAMP() + {plus_seconds} * INTERVAL '1 second')"
    return f"STRFTIME('{SQLITE_FORMAT.replace('%', '%%')}', 'now', {plus_seconds} || ' seconds')"


def read_database_clock() -> datetime:
    """This will read the instant that the database says it is, in UTC, to the millisecond."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            instant: datetime = cursor.fetchone()[0]
            return instant.astimezone(UTC)
        cursor.execute(f"SELECT strftime('{SQLITE_FORMAT}', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
