"""The ground that tests stand on is what it claims to be."""

import socket
from pathlib import Path

import httpx2
import pytest
from django.db import connection
from pytest_socket import SocketConnectBlockedError
from tests.support.cast import Cast
from tests.support.databases import empty_tables
from tests.support.emulator import ANSWER_SECONDS, Emulator, running_emulator
from tests.support.environment import APP_ROLE
from tests.support.programs import running_program

from partsemble.identity import queries


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_nothing_beyond_this_machine_answers() -> None:
    with pytest.raises(SocketConnectBlockedError), socket.create_connection(("192.0.2.1", 80)):
        raise AssertionError("connected to the outside")


@pytest.mark.django_db
def test_tests_run_as_the_role_that_is_held_back(cast: Cast) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
        else:
            cursor.execute(
                "SELECT rolname, rolsuper, rolbypassrls, (SELECT count(*) FROM identity_business) "
                "FROM pg_roles WHERE rolname = current_user"
            )
            assert cursor.fetchone() == (APP_ROLE, False, False, 0)


@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_emptied(cast: Cast) -> None:
    empty_tables()
    assert queries.find_user(email=cast.owner.user.email) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_the_cast_can_be_made_after_a_test_that_committed(cast: Cast, turn: str) -> None:
    assert cast.owner.actor.permissions > cast.builder.actor.permissions
    assert cast.stranger.business != cast.owner.business
    assert len(queries.list_memberships(user_id=cast.owner.user.id)) == 1


def test_the_shared_emulator_answers(emulator: Emulator) -> None:
    discovery = httpx2.get(emulator.ready["discovery_url"], timeout=ANSWER_SECONDS)
    assert discovery.json()["token_endpoint"].startswith(emulator.ready["base_url"])


def test_a_killed_program_is_gone_and_a_paused_one_silent(tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("own-emulator")
    with running_emulator(folder=folder) as own:
        own.program.pause()
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.get(own.ready["discovery_url"], timeout=0.5)
        own.program.resume()
        assert httpx2.get(own.ready["discovery_url"], timeout=ANSWER_SECONDS).is_success
        own.program.kill()
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(own.ready["discovery_url"])


def test_the_last_words_of_a_program_are_heard(tmp_path: Path) -> None:
    with running_program("python", "-c", "print('done')", folder=tmp_path) as program:

        def look_too_early() -> bool:
            is_said = "done" in program.log.read_text()
            program.process.wait()
            return is_said

        program.wait_for(look_too_early, what="its last word")
