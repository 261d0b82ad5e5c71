"""The database's clock, by which leases are compared (LOCK-2).

Machines disagree about the time; the database is the one witness that all contenders share.
Django's `Now` is the start of the statement on PostgreSQL and the moment on SQLite, where it
has millisecond precision.
"""

from datetime import UTC, datetime

from django.db import connection


def read_database_clock() -> datetime:
    """This will read the instant that the database says it is, in UTC, to the millisecond."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            instant: datetime = cursor.fetchone()[0]
            return instant.astimezone(UTC)
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
