"""Fixtures of all tests."""

import json
from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from tests.support import databases
from tests.support.cast import Cast, make_cast
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.services.ready_file import connect_with_ready_file

# A busy machine says nothing of the code.
settings.register_profile("partsemble", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("partsemble")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This will replace pytest-django's own: a database per process, migrated by its owner."""
    with django_db_blocker.unblock(), databases.made_database():
        yield


def _empty_after_test(_: TransactionTestCase) -> None:
    databases.empty_tables()


# Django flushes as the role that tests run as, which may do no such thing on PostgreSQL.
TransactionTestCase._fixture_teardown = _empty_after_test  # type: ignore[attr-defined]  # private, and the only place


@pytest.fixture
def cast(db: None) -> Cast:
    """This will put the people of all tests into the database."""
    return make_cast()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """This will share one emulator of the furnished company among tests that only read it."""
    with running_emulator("--auto-consent", folder=tmp_path_factory.mktemp("emulator")) as shared:
        yield shared


@pytest.fixture
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """This will run an emulator for one test, which may change what is in its books."""
    with running_emulator(folder=tmp_path_factory.mktemp("books")) as own:
        yield own


@pytest.fixture
def connected(transactional_db: None, books: Emulator) -> Cast:
    """This will put the people of all tests into the database, connected to books of their own."""
    cast = make_cast()
    connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(books.ready).encode())
    return cast
