"""The application's tables as a stranger with the database's password sees them: plain SQL."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from psycopg import sql
from tests.support.environment import POSTGRES

Row = dict[str, Any]
Mirror = dict[str, Row]

FIGURES = ("unit_price", "purchase_cost", "quantity_on_hand")
MIRRORED = (
    "name", "full_name", "sku", "type", "description", *FIGURES, "inventory_start_date",
    "income_account_id", "expense_account_id", "asset_account_id", "is_active", "revision",
    "updated_at",
)  # fmt: skip
"""What of an item has to be in the mirror (SYNC-3)."""
FARTHEST_LEASE_SECONDS = 600
"""Twice as long as a lease lasts; one that ends later is of before the clock was set back."""
_MILLIONTH = 6
_INSTANTS = (
    ("jobs_job", "run_at"),
    ("jobs_job", "lease_until"),
    ("locks_synclock", "expires_at"),
    ("accounting_connection", "access_token_expires_at"),
    ("accounting_connection", "access_token_issued_at"),
    ("accounting_connection", "refresh_claimed_until"),
)
"""What the application compares with the time of day."""


class DatabaseView:
    """Reads every table, past every scope and policy, and moves instants."""

    def __init__(self) -> None:
        self._is_postgres = POSTGRES is not None
        self._connection: Any = (
            psycopg.connect(POSTGRES.admin_url, autocommit=True)
            if POSTGRES is not None
            else sqlite3.connect(
                str(connections["default"].settings_dict["NAME"]),
                timeout=20,
                isolation_level=None,
                check_same_thread=False,
            )
        )

    def close(self) -> None:
        self._connection.close()

    def ask(self, statement: str, *values: object) -> list[Row]:
        """Give the rows of a statement; %s stands for a value."""
        text = statement if self._is_postgres else statement.replace("%s", "?")
        cursor = self._connection.execute(text, [self._write(each) for each in values])
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _write(self, value: object) -> object:
        return value.hex if isinstance(value, UUID) and not self._is_postgres else value

    def read_mirror(self, business: UUID) -> Mirror:
        """Give the mirrored items by external id, as values to compare with."""
        rows = self.ask(
            "SELECT i.* FROM accounting_item i JOIN accounting_connection c"
            " ON c.id = i.connection_id WHERE i.business_id = %s AND c.state <> 'disconnected'",
            business,
        )
        mirror = {row["external_id"]: _plain(row) for row in rows}
        assert len(mirror) == len(rows), "an item is mirrored twice"
        return mirror

    def read_list(self, business: UUID, table: str) -> Mirror:
        """Give the mirrored accounts or vendors that are there, by external id."""
        rows = self.ask(
            "SELECT m.external_id, m.name, m.is_active, m.revision"  # noqa: S608
            f" FROM {table} m JOIN accounting_connection c ON c.id = m.connection_id"
            " WHERE m.business_id = %s AND c.state <> 'disconnected'",
            business,
        )
        return {row.pop("external_id"): row | {"is_active": bool(row["is_active"])} for row in rows}

    def read_runs(self, business: UUID) -> list[Row]:
        """Give the runs, newest first."""
        return self.ask(
            "SELECT * FROM sync_itemsync WHERE business_id = %s ORDER BY queued_at DESC, id DESC",
            business,
        )

    def read_run(self, run: UUID) -> Row:
        (row,) = self.ask("SELECT * FROM sync_itemsync WHERE id = %s", run)
        return row

    def read_connection(self, business: UUID) -> Row:
        (row,) = self.ask(
            "SELECT * FROM accounting_connection WHERE business_id = %s ORDER BY connected_at DESC"
            " LIMIT 1",
            business,
        )
        return row

    def count_open_jobs(self, business: UUID) -> int:
        (row,) = self.ask(
            "SELECT COUNT(*) AS number FROM jobs_job WHERE business_id = %s AND finished_at IS NULL"
            " AND name IN ('sync.items', 'sync.preview')",
            business,
        )
        return int(row["number"])

    def has_lost_workers(self, run: UUID | str) -> bool:
        """Say whether a run's job was given up because its workers kept dying."""
        run = run if isinstance(run, UUID) else UUID(run)
        found = self.ask(
            "SELECT id FROM jobs_job WHERE dedupe_key IN (%s, %s) AND last_error = 'worker_died'",
            f"sync.items:{run}",
            f"sync.preview:{run}",
        )
        return bool(found)

    def is_locked(self, business: UUID) -> bool:
        """Say whether somebody holds the sync lock now."""
        found = self.ask(
            "SELECT fence FROM locks_synclock WHERE business_id = %s"  # noqa: S608
            f" AND expires_at > {self._now}"
            f" AND {self._moved('expires_at', -FARTHEST_LEASE_SECONDS)} <= {self._now}",
            business,
        )
        return bool(found)

    @property
    def _now(self) -> str:
        return "clock_timestamp()" if self._is_postgres else "STRFTIME('%Y-%m-%d %H:%M:%f', 'now')"

    def _moved(self, column: str, seconds: float) -> str:
        if self._is_postgres:
            return f"{column} + {seconds} * INTERVAL '1 second'"
        return f"STRFTIME('%Y-%m-%d %H:%M:%f', {column}, '{seconds:+f} seconds')"

    def end_leases(self, business: UUID, *, of_locks: bool) -> None:
        """Let the leases of jobs end, and what waits be due, as if time had passed."""
        past = self._moved(self._now if self._is_postgres else "'now'", -1)
        mine = "business_id = %s AND name IN ('sync.items', 'sync.preview')"
        self.ask(
            f"UPDATE jobs_job SET lease_until = {past} WHERE {mine} AND state = 'running'",  # noqa: S608
            business,
        )
        self.make_due(business)
        self.ask(
            f"UPDATE accounting_connection SET refresh_claimed_until = {past}"  # noqa: S608
            " WHERE business_id = %s AND refresh_claimed_until IS NOT NULL",
            business,
        )
        if of_locks:
            self.ask(
                f"UPDATE locks_synclock SET expires_at = {past} WHERE business_id = %s",  # noqa: S608
                business,
            )

    def make_due(self, business: UUID) -> None:
        """Spare what waits its wait."""
        past = self._moved(self._now if self._is_postgres else "'now'", -1)
        self.ask(
            f"UPDATE jobs_job SET run_at = {past}"  # noqa: S608
            " WHERE business_id = %s AND name IN ('sync.items', 'sync.preview')"
            " AND state = 'queued'",
            business,
        )

    def let_our_clock_jump(self, seconds: float) -> None:
        """Move what is compared with the time: a clock that is ahead finds it earlier."""
        for table, column in _INSTANTS:
            moved = self._moved(column, -seconds)
            self.ask(f"UPDATE {table} SET {column} = {moved} WHERE {column} IS NOT NULL")  # noqa: S608

    def claim_tokens(self, business: UUID, seconds: float) -> None:
        """Leave the claim of somebody who died while renewing the tokens."""
        until = self._moved(self._now if self._is_postgres else "'now'", seconds)
        self.ask(
            f"UPDATE accounting_connection SET refresh_claim = %s, refresh_claimed_until = {until}"  # noqa: S608
            " WHERE business_id = %s AND state = 'active'",
            UUID(int=1),
            business,
        )

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Every table of the application."""
        found = self.ask(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
            if self._is_postgres
            else "SELECT name FROM sqlite_schema WHERE type = 'table'"
        )
        return tuple(sorted(row["name"] for row in found))

    @cached_property
    def kept_by_a_run(self) -> tuple[str, ...]:
        """Tables that only the holder of the sync lock may write."""
        mirrors = ("accounting_item", "accounting_ledgeraccount", "accounting_vendor")
        return tuple(each for each in self.tables if each.startswith("sync_") or each in mirrors)

    @cached_property
    def _owned(self) -> tuple[str, ...]:
        return tuple(table for table in self.tables if "business_id" in self._list_columns(table))

    def _list_columns(self, table: str) -> set[str]:
        cursor = self._connection.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608
        return {column[0] for column in cursor.description}

    def take_fingerprint(self, business: UUID, *tables: str) -> dict[str, list[str]]:
        """Give all rows of a business, in these tables or in all, to see whether they change."""
        return {
            table: sorted(
                repr(row)
                for row in self.ask(f'SELECT * FROM "{table}" WHERE business_id = %s', business)  # noqa: S608
            )
            for table in tables or self._owned
        }

    def dump(self) -> Iterator[tuple[str, Sequence[object]]]:
        """Give every row of every table."""
        for table in self.tables:
            query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))
            statement: Any = query if self._is_postgres else f'SELECT * FROM "{table}"'  # noqa: S608
            for row in self._connection.execute(statement).fetchall():
                yield table, row


def _plain(row: Row) -> Row:
    """Give a row of the mirror with exact numbers, days as text and instants in seconds."""
    values = {name: row[name] for name in MIRRORED}
    for name in FIGURES:
        if values[name] is not None:
            values[name] = Decimal(values[name]).scaleb(-_MILLIONTH)
    values["is_active"] = bool(values["is_active"])
    day = values["inventory_start_date"]
    values["inventory_start_date"] = day.isoformat() if isinstance(day, date) else day
    values["updated_at"] = _read_instant(values["updated_at"])
    return values


def _read_instant(value: object) -> float | None:
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp()
    return value.timestamp() if isinstance(value, datetime) else None
