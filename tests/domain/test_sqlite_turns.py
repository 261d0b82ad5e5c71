"""Transactions on SQLite, which has one writer at a time: they wait for their turn."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from partsemble.config.environment import sqlite_settings
from partsemble.database.sqlite import base
from partsemble.database.sqlite.base import DOZE_MILLISECONDS

pytestmark = pytest.mark.django_db(transaction=True)

type Databases = ConnectionHandler


@pytest.fixture
def databases(transactional_db: None, tmp_path: Path) -> Iterator[Databases]:
    """A file of its own, whatever the suite runs on; each thread has a connection to it."""
    handler = ConnectionHandler({"default": sqlite_settings(tmp_path / "own.sqlite3")})
    with handler["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE click (number INTEGER)")
    yield handler
    handler.close_all()


@pytest.fixture
def holder(databases: Databases, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who is in the middle of a transaction that writes."""
    other = sqlite3.connect(tmp_path / "own.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def begin(database: BaseDatabaseWrapper) -> None:
    """As `atomic` does."""
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def count_tries(database: BaseDatabaseWrapper) -> tuple[int, OperationalError]:
    """How often it looks before it gives up, and why it does."""
    tries = []

    def count(execute: Callable[..., object], *words: object) -> object:
        tries.append(words[0])
        return execute(*words)

    with database.execute_wrapper(count), pytest.raises(OperationalError) as refusal:
        begin(database)
    return len(tries), refusal.value


def read_patience(database: BaseDatabaseWrapper) -> int:
    with database.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (milliseconds,) = cursor.fetchone()
    return int(milliseconds)


def test_a_transaction_waits_until_the_file_is_free(
    databases: Databases, holder: sqlite3.Connection
) -> None:
    tries = threading.Semaphore(0)

    def click() -> int:
        own = databases["default"]

        def count(execute: object, *words: object) -> object:
            tries.release()
            return execute(*words)  # type: ignore[operator]

        with own.execute_wrapper(count):
            begin(own)
        with own.cursor() as cursor:
            cursor.execute("INSERT INTO click VALUES (1)")
        own.commit()
        own.set_autocommit(True)
        patience = read_patience(own)
        own.close()
        return patience

    with ThreadPoolExecutor(1) as pool:
        clicked = pool.submit(click)
        for _ in range(5):
            assert tries.acquire(timeout=60)
        assert not clicked.done()
        holder.execute("COMMIT")
        assert clicked.result() == 20_000
    assert holder.execute("SELECT COUNT(*) FROM click").fetchone() == (1,)


@pytest.mark.parametrize("patience", [0, DOZE_MILLISECONDS // 2, DOZE_MILLISECONDS * 5])
def test_it_gives_up_when_its_patience_is_over(
    databases: Databases, holder: sqlite3.Connection, patience: int
) -> None:
    own = databases["default"]
    with own.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {patience}")
    with pytest.raises(OperationalError, match="locked"):
        begin(own)
    assert read_patience(own) == patience
    holder.execute("ROLLBACK")
    begin(own)
    own.rollback()


def test_what_no_waiting_helps_is_said_at_once(databases: Databases) -> None:
    own = databases["default"]
    begin(own)
    tries, refusal = count_tries(own)
    assert (tries, "within a transaction" in str(refusal)) == (1, True)
    assert read_patience(own) == 20_000
    own.rollback()


@contextmanager
def in_the_middle_of_reading(database: BaseDatabaseWrapper) -> Iterator[None]:
    """SQLite calls no busy handler for whoever still reads something."""
    with database.cursor() as cursor:
        cursor.execute("INSERT INTO click VALUES (1), (2), (3)")
        cursor.execute("SELECT number FROM click")
        cursor.fetchone()
        yield


class Time:
    """A clock that sleeping moves, and looking at it by next to nothing."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 1e-5
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_whoever_still_reads_waits_without_spinning(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "time", Time())
    own = databases["default"]
    own.ensure_connection()
    with in_the_middle_of_reading(own), closing(sqlite3.connect(tmp_path / "own.sqlite3")) as rival:
        rival.isolation_level = None
        rival.execute("BEGIN IMMEDIATE")
        own.connection.execute("PRAGMA busy_timeout = 400")
        tries, refusal = count_tries(own)
    assert "locked" in str(refusal)
    assert 400 / DOZE_MILLISECONDS - 1 <= tries <= 400 / DOZE_MILLISECONDS + 1


def test_what_was_read_of_an_older_state_is_not_waited_for(
    databases: Databases, tmp_path: Path
) -> None:
    own = databases["default"]
    own.ensure_connection()
    with in_the_middle_of_reading(own), closing(sqlite3.connect(tmp_path / "own.sqlite3")) as rival:
        rival.isolation_level = None
        rival.execute("INSERT INTO click VALUES (4)")
        tries, refusal = count_tries(own)
    cause = refusal.__cause__
    assert isinstance(cause, sqlite3.OperationalError)
    assert (tries, cause.sqlite_errorcode) == (1, sqlite3.SQLITE_BUSY_SNAPSHOT)
