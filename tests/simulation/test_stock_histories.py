"""Stock beside books from seeds: I1, I2, I5 and I11 after every step."""

import json
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest
from tests.simulation.stock_histories import STEPS, StockHistory
from tests.support.cast import make_cast
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.services.ready_file import connect_with_ready_file

pytestmark = pytest.mark.django_db(transaction=True)

SMOKE_SEEDS: Final = 3


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    one = option("--one-seed", default=None)
    first, count = option("--first-seed", default=1), option("--seeds", default=None) or SMOKE_SEEDS
    metafunc.parametrize("seed", [one] if one is not None else range(first, first + count))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator("--items", "10", folder=tmp_path_factory.mktemp("books")) as emulator:
        yield emulator


def test_stock_and_books_agree_after_every_step(
    transactional_db: None, books: Emulator, seed: int
) -> None:
    cast = make_cast()
    connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(books.ready).encode())
    history = StockHistory(cast=cast, emulator=books, random=Random(seed))  # noqa: S311 a seed
    history.begin(seed)
    history.play(STEPS)
    history.sync()
    history.look()
