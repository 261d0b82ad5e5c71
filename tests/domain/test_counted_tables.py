"""Tables that have just filled are counted, so that PostgreSQL plans by what is there."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from tests.support.databases import counted_queries
from tests.support.environment import POSTGRES

from partsemble.database.counting import COUNTER, count_grown_tables

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "grown_by_a_test"


@pytest.fixture
def owner() -> Iterator["psycopg.Connection | None"]:
    """As the role that owns the tables, beside the application's connection; None on SQLite."""
    if POSTGRES is None:
        yield None
        return
    with psycopg.connect(POSTGRES.owner_url, autocommit=True) as made:
        made.execute(f"CREATE TABLE {TABLE} (id integer) WITH (autovacuum_enabled = off)")
        try:
            yield made
        finally:
            made.execute(f"DROP TABLE {TABLE}")


def fill(owner: psycopg.Connection, rows: int) -> None:
    owner.execute(f"INSERT INTO {TABLE} SELECT generate_series(1, %s)", [rows])


def count_believed(owner: psycopg.Connection) -> float:
    """How many rows PostgreSQL counted last; -1: it never did."""
    found = owner.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [TABLE]).fetchone()
    assert found
    return float(found[0])


def test_a_table_is_counted_when_it_has_grown_fourfold_and_not_before(
    owner: psycopg.Connection | None,
) -> None:
    if owner is None:
        with counted_queries() as count:
            count_grown_tables()
        assert count() == 0
        return
    fill(owner, 100)
    count_grown_tables()
    assert count_believed(owner) == -1, "a small table is not worth it"
    fill(owner, 19_900)
    count_grown_tables()
    assert count_believed(owner) == 20_000
    fill(owner, 40_000)
    count_grown_tables()
    assert count_believed(owner) == 20_000
    fill(owner, 40_000)
    count_grown_tables()
    assert count_believed(owner) == 100_000


def test_a_table_that_somebody_else_counts_is_left_to_them(
    owner: psycopg.Connection | None,
) -> None:
    if owner is None:
        return
    fill(owner, 20_000)
    with owner.transaction():
        owner.execute(f"LOCK TABLE {TABLE} IN SHARE UPDATE EXCLUSIVE MODE")
        count_grown_tables()
        assert count_believed(owner) == -1


def test_only_the_application_may_have_tables_counted() -> None:
    if POSTGRES is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosecdef, proconfig, has_function_privilege(current_user, oid, 'EXECUTE'),"
            " EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0)"
            " FROM pg_proc WHERE proname = %s",
            [COUNTER],
        )
        assert cursor.fetchall() == [(True, ["search_path=pg_catalog, pg_temp"], True, False)]
