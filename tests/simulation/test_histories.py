"""Histories from seeds: a few in the normal suite, as many as wanted by `make simulate`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.simulation.histories.drawing import draw_history
from tests.simulation.histories.playing import Outcome, play_history
from tests.simulation.histories.shrinking import shrink_history
from tests.simulation.histories.stage import Theatre, Violation
from tests.simulation.histories.steps import History, write_history
from tests.support.databases import empty_tables

pytestmark = pytest.mark.django_db(transaction=True)

SMOKE_SEEDS: Final = 24
"""As many as half a minute has room for."""
PAGES_EVERY: Final = 25
TWICE_EVERY: Final = 20
"""Of every so many seeds one is played twice, to see that the same seed makes the same plans."""


def list_failed_seeds() -> list[int]:
    """The seeds that once failed."""
    lines = Path(__file__).with_name("seeds.txt").read_text().splitlines()
    return [int(line.split()[0]) for line in lines if line and not line.startswith("#")]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    one = option("--one-seed", default=None)
    if one is not None:
        metafunc.parametrize("seed", [one])
        return
    first, count = option("--first-seed", default=1), option("--seeds", default=None) or SMOKE_SEEDS
    seeds = dict.fromkeys([*list_failed_seeds(), *range(first, first + count)])
    metafunc.parametrize("seed", list(seeds))


@pytest.fixture(scope="module")
def theatre(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    theatre = Theatre(tmp_path_factory.mktemp("histories"))
    yield theatre
    theatre.close()


def test_a_history_ends_with_the_mirror_equal_to_the_books(
    transactional_db: None,
    theatre: Theatre,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    history = draw_history(seed)
    try:
        outcome = play_history(theatre=theatre, history=history, with_pages=seed % PAGES_EVERY == 0)
        if seed % TWICE_EVERY == 0 and is_repeatable(history):
            empty_tables()
            demand_same(outcome, play_history(theatre=theatre, history=history))
    except Violation as violation:
        pytest.fail(explain(theatre, history, violation), pytrace=False)
    counts = {"runs": dict(outcome.runs), "struck": dict(outcome.struck)}
    record_property("history", counts)


def is_repeatable(history: History) -> bool:
    """Threads that race make other plans each time."""
    workers = [getattr(step, "workers", 1) for step in history.steps]
    return history.calls_in_flight == 1 and max(workers, default=1) == 1


def demand_same(first: Outcome, second: Outcome) -> None:
    if first.plans != second.plans:
        raise Violation(f"the same seed made other plans (I10): {first.plans} ≠ {second.plans}")


def explain(theatre: Theatre, history: History, violation: Violation) -> str:
    """Shrink the history, and say what to do with it."""
    reasons: list[str] = [str(violation)]

    def fails(candidate: History) -> bool:
        empty_tables()
        try:
            play_history(theatre=theatre, history=candidate)
        except Violation as again:
            reasons.append(str(again))
            return True
        return False

    smallest = shrink_history(history=history, fails=fails)
    return (
        f"{reasons[0]}\n\nThe smallest history that fails ({reasons[-1]}):\n"
        f"{write_history(smallest)}\n\nPlay all of it again: make simulate ONE={history.seed}"
    )
