"""Programs of the simulations, and trouble for them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest
from tests.support.programs import Program, running_program
from tests.support.source import ROOT

StartProgram = Callable[..., AbstractContextManager[Program]]


@contextmanager
def _running(name: str, *arguments: object, folder: Path) -> Iterator[Program]:
    words = ("-m", "tests.simulation.programs", name, *map(str, arguments))
    environment = {"PYTHONPATH": str(ROOT)}
    with running_program("python", *words, folder=folder, environment=environment) as program:
        yield program


@pytest.fixture
def start(tmp_path: Path) -> StartProgram:
    """This will start a program of `tests/simulation/programs` by its name."""
    return partial(_running, folder=tmp_path)
