"""What tests of the API share."""

import pytest
from pytest_django import Settings
from tests.support.api import Program
from tests.support.books import connect, point_at
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.tokens import make_token

from partsemble.jobs.worker import drain_jobs


@pytest.fixture
def program(cast: Cast) -> Program:
    """A program with a token of the owner's that may do all."""
    return Program(token=make_token(cast.owner))


@pytest.fixture
def connected(cast: Cast, settings: Settings, emulator: Emulator) -> Cast:
    """The cast, whose business is connected to the furnished company's books."""
    point_at(settings, emulator)
    connect(cast.owner)
    return cast


@pytest.fixture
def synced(connected: Cast, program: Program) -> Program:
    """The program after its first sync."""
    assert program.post("item-syncs").status_code == 202
    drain_jobs()
    return program
