"""Processes fight over one refresh token, and some are killed with a rotated one (CONN-3)."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.simulation.conftest import StartProgram
from tests.support.cast import Cast
from tests.support.emulator import Emulator, running_emulator
from tests.support.programs import Program

from partsemble.accounting.models import Connection
from partsemble.accounting.services.access import open_provider
from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.accounting.types import ConnectionState
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 4
SURVIVORS = 2
PATIENCE_SECONDS = 180
FOREVER = 600


@pytest.fixture
def server(tmp_path: Path, cast: Cast) -> Iterator[Emulator]:
    """An emulator that gives out another refresh token at every refresh."""
    with running_emulator(folder=tmp_path) as server:
        server.control("POST", "switches", {"refresh_rotation_seconds": 0})
        connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(server.ready).encode())
        yield server


def count_renewals(programs: list[Program]) -> int:
    return sum(each.log.read_text().count("renewed") for each in programs)


def test_a_claimant_that_is_killed_with_rotated_tokens_costs_nothing(
    cast: Cast, server: Emulator, start: StartProgram
) -> None:
    business_id = cast.owner.business.id
    with ExitStack() as programs:
        survivors = [
            programs.enter_context(start("token_renewer", business_id, 0.02, FOREVER))
            for _ in range(SURVIVORS)
        ]
        for _ in range(KILLS):
            victim = programs.enter_context(start("token_renewer", business_id, FOREVER, FOREVER))
            victim.wait_for_line("answered")
            victim.kill()
            _see_renewals(survivors, more=3)
        for survivor in survivors:
            assert survivor.process.poll() is None, survivor.read_log()
            survivor.kill()
    with business_scope(business_id):
        row = Connection.objects.get()
    assert row.state == ConnectionState.ACTIVE.value
    assert {line.verb for line in list_activity(actor=cast.owner.actor)} == {"connected"}
    # The last survivor may have been killed with a claim of its own, which runs out.
    time.sleep(1.5)
    with open_provider(business_id=business_id) as provider:
        assert provider.count_items() > 0


def _see_renewals(programs: list[Program], *, more: int) -> None:
    wanted = count_renewals(programs) + more
    deadline = time.monotonic() + PATIENCE_SECONDS
    while count_renewals(programs) < wanted:
        assert time.monotonic() < deadline, [each.read_log() for each in programs]
        time.sleep(0.05)
