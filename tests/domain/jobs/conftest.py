"""What tests of jobs share: kinds of their own, and two businesses."""

from collections.abc import Iterator

import pytest
from tests.support.cast import Cast
from tests.support.jobs import borrowed_registry, register

from partsemble.jobs.types import RunningJob
from partsemble.kernel.ids import BusinessId


@pytest.fixture(autouse=True)
def _own_registry() -> Iterator[None]:
    with borrowed_registry():
        yield


@pytest.fixture
def ran() -> list[RunningJob]:
    """The runs of `test.job`, as they happen."""
    seen: list[RunningJob] = []
    register(seen.append)
    return seen


@pytest.fixture
def lamps(cast: Cast) -> BusinessId:
    return cast.owner.business.id


@pytest.fixture
def chairs(cast: Cast) -> BusinessId:
    return cast.stranger.business.id
