"""Threads that come and go leave no database connection behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from partsemble.database.borrowing import connections_kept, own_connection_closed

pytestmark = pytest.mark.django_db(transaction=True)


def ask() -> tuple[object, bool]:
    """Say something to the database, and tell over which connection and whether it stayed."""
    with own_connection_closed():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        used = connection.connection
    return used, connection.connection is not None


def test_a_thread_of_its_own_gives_its_connection_back_at_once() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ask).result()[1] is False


def test_threads_that_keep_theirs_use_it_again_and_lose_it_at_the_end() -> None:
    with connections_kept() as keep, ThreadPoolExecutor(1, initializer=keep) as pool:
        answers = [pool.submit(ask).result() for _ in range(3)]
        own = pool.submit(lambda: connections["default"]).result()
    assert len({id(used) for used, _ in answers}) == 1
    assert all(stayed for _, stayed in answers)
    assert own.connection is None
