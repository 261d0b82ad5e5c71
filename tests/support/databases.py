"""Databases of the tests' own: made once per process, emptied after every committing test.

On PostgreSQL there are three roles. The superuser of the server makes the database and empties
it; the owner migrates; the tests run as the application's role, which owns nothing, so that
row-level security holds in every test.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext
from psycopg import sql
from tests.support.environment import APP_ROLE, OWNER_ROLE, POSTGRES, ROLE_PASSWORD

from partsemble.database.scope import owner_scope
from partsemble.database.triggers import lifted_triggers, list_append_only_models

_KEPT_TABLES = frozenset({"django_migrations", "django_content_type", "auth_permission"})
"""What migrations put in; everything else is a test's."""

_LOCK_TIMEOUT_SECONDS = 10
"""A test that leaves a transaction open in some thread is told so instead of hanging."""


@contextmanager
def made_database() -> Iterator[None]:
    """This will make and migrate this process's database and drop it in the end."""
    if POSTGRES is None:
        _migrate(alias="default")
        yield
        connections.close_all()
        return
    with psycopg.connect(POSTGRES.server_url, autocommit=True) as server:
        _make_roles(server)
        name, owner = sql.Identifier(POSTGRES.name), sql.Identifier(OWNER_ROLE)
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
        try:
            _migrate(alias="owner")
            yield
        finally:
            connections.close_all()
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


_SCOPE_STATEMENTS = ("BEGIN", "COMMIT", "SAVEPOINT ", "RELEASE SAVEPOINT ", "SELECT set_config(")
"""How a scope is entered and left on PostgreSQL; on SQLite reading in one costs no statement."""


@contextmanager
def counted_queries() -> Iterator[Callable[[], int]]:
    """This will give a counter of the block's statements, alike on both databases."""
    with CaptureQueriesContext(connections["default"]) as captured:
        yield lambda: sum(
            not each["sql"].startswith(_SCOPE_STATEMENTS) for each in captured.captured_queries
        )


def empty_tables() -> None:
    """This will remove every row that tests committed, whosever it is."""
    if POSTGRES is None:
        _empty_sqlite(str(connections["default"].settings_dict["NAME"]))
    else:
        _empty_postgres(POSTGRES.admin_url)


def _migrate(*, alias: str) -> None:
    with owner_scope():
        call_command("migrate", database=alias, verbosity=0, interactive=False)


def _make_roles(server: psycopg.Connection) -> None:
    # Workers start at the same time; a role's existence and its creation are one step.
    with server.transaction():
        server.execute("SELECT pg_advisory_xact_lock(hashtext('partsemble test roles'))")
        for role in (OWNER_ROLE, APP_ROLE):
            if server.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                server.execute(
                    sql.SQL(
                        "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS "
                        "PASSWORD {}"
                    ).format(sql.Identifier(role), sql.Literal(ROLE_PASSWORD))
                )


def _empty_sqlite(path: str) -> None:
    with sqlite3.connect(path, timeout=_LOCK_TIMEOUT_SECONDS) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        with _lifted_where_posted(connection.execute, vendor="sqlite"):
            for (table,) in tables:
                if table not in _KEPT_TABLES:
                    connection.execute(f'DELETE FROM "{table}"')  # noqa: S608 a name of the schema's own
    connection.close()


def _empty_postgres(url: str) -> None:
    # As replica no foreign key is checked, so the order does not matter;
    # deleting few rows is much faster than truncating many tables.
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            sql.SQL("SET lock_timeout = {}").format(sql.Literal(f"{_LOCK_TIMEOUT_SECONDS}s"))
        )
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        with _lifted_where_posted(connection.execute, vendor="postgresql"):
            for (table,) in tables:
                if table not in _KEPT_TABLES:
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


@contextmanager
def _lifted_where_posted(execute: Callable[[Any], Any], *, vendor: str) -> Iterator[None]:
    """Lift the triggers of append-only tables if any of them has rows; few tests post."""
    tables = [model._meta.db_table for model in list_append_only_models()]
    if any(execute(f'SELECT 1 FROM "{each}" LIMIT 1').fetchone() for each in tables):  # noqa: S608 a model's own table
        with lifted_triggers(execute, vendor=vendor):
            yield
    else:
        yield
