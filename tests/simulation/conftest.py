"""Programs of the simulations, and trouble for them."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.support.programs import Program, running_program
from tests.support.source import ROOT


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", type=int, help="how many histories to play")
    parser.addoption("--first-seed", type=int, default=1, help="the seed of the first of them")
    parser.addoption("--kills", type=int, help="how many workers to kill")
    parser.addoption("--drifts", type=int, help="how many readings drift")
    parser.addoption("--pauses", type=int, help="how many workers to pause past their leases")
    parser.addoption("--expiries", type=int, help="how often tokens expire while two fight")
    parser.addoption("--deliveries", type=int, default=1_000, help="notifications of the storm")
    parser.addoption("--adjusters", type=int, help="how many people adjust at once")
    parser.addoption("--adjustments", type=int, help="how often each of them, in each round")
    parser.addoption("--one-seed", type=int, help="play the history of this seed only")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Add up what the histories saw."""
    passed = terminalreporter.stats.get("passed", [])
    for each in passed:
        for name, number in each.user_properties:
            if name != "history":
                terminalreporter.line(f"{name}: {number}")
    outcomes = [
        dict(each.user_properties)["history"]
        for each in passed
        if "history" in dict(each.user_properties)
    ]
    if not outcomes:
        return
    runs, struck = Counter[str](), Counter[str]()
    for outcome in outcomes:
        runs.update(outcome["runs"])
        struck.update(outcome["struck"])
    terminalreporter.section("histories")
    terminalreporter.line(f"{len(outcomes)} histories ended with the mirror equal to the books")
    terminalreporter.line(f"{runs.total()} runs: {_list(runs)}")
    terminalreporter.line(f"{struck.total()} times trouble struck: {_list(struck)}")


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.most_common())


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
