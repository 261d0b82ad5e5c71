"""Histories from seeds: a few in the normal suite, as many as wanted by `make simulate`."""

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest
from tests.simulation.histories.drawing import draw_history
from tests.simulation.histories.playing import Outcome, play_history
from tests.simulation.histories.shrinking import shrink_history
from tests.simulation.histories.stage import Theatre, Violation
from tests.simulation.histories.steps import History, is_played_twice, write_history
from tests.support.databases import empty_tables

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # What a worker has open when it dies is closed by nobody.
    pytest.mark.filterwarnings("ignore:.*ServerSideCursor.*deleted while still open"),
]

SMOKE_SEEDS: Final = 24
"""As many as half a minute has room for."""
PAGES_EVERY: Final = 25


def list_failed_histories() -> list[History]:
    """What failed once: by seed, or whole where the odds have changed since."""
    lines = Path(__file__).with_name("seeds.txt").read_text().splitlines()
    return [
        msgspec.json.decode(line, type=History)
        if line.startswith("{")
        else draw_history(int(line.split()[0]))
        for line in lines
        if line and not line.startswith("#")
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "history" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    one = option("--one-seed", default=None)
    first, count = option("--first-seed", default=1), option("--seeds", default=None) or SMOKE_SEEDS
    seeds = [one] if one is not None else range(first, first + count)
    histories = [] if one is not None else list_failed_histories()
    histories += [draw_history(seed) for seed in seeds]
    names = [f"{number}-{history.seed}" for number, history in enumerate(histories)]
    metafunc.parametrize("history", histories, ids=names)


@pytest.fixture(scope="module")
def theatre(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    theatre = Theatre(tmp_path_factory.mktemp("histories"))
    yield theatre
    theatre.close()


def test_a_history_ends_with_the_mirror_equal_to_the_books(
    transactional_db: None,
    theatre: Theatre,
    history: History,
    record_property: Callable[[str, object], None],
) -> None:
    try:
        outcome = play_history(
            theatre=theatre, history=history, with_pages=history.seed % PAGES_EVERY == 0
        )
        if is_played_twice(history):
            empty_tables()
            demand_same(outcome, play_history(theatre=theatre, history=history))
    except Exception as failure:  # noqa: BLE001 whatever it is, it is to be made small
        pytest.fail(explain(theatre, history, failure), pytrace=False)
    counts = {"runs": dict(outcome.runs), "struck": dict(outcome.struck)}
    record_property("history", counts)


def demand_same(first: Outcome, second: Outcome) -> None:
    if first.plans != second.plans:
        raise Violation(f"the same seed made other plans (I10): {first.plans} ≠ {second.plans}")
    if first.struck != second.struck:
        raise Violation(f"the same trouble struck otherwise: {first.struck} ≠ {second.struck}")


def explain(theatre: Theatre, history: History, failure: Exception) -> str:
    """Shrink the history, and say what to do with it."""
    reasons: list[str] = [describe(failure)]

    def fails(candidate: History) -> bool:
        empty_tables()
        try:
            play_history(theatre=theatre, history=candidate)
        except Exception as again:  # noqa: BLE001 as above
            reasons.append(describe(again))
            return True
        return False

    smallest = shrink_history(history=history, fails=fails)
    return (
        f"{reasons[0]}\n\nThe smallest history that fails ({reasons[-1]}):\n"
        f"{write_history(smallest)}\n\nAs a line of seeds.txt:\n"
        f"{msgspec.json.encode(smallest).decode()}\n\n"
        f"Play all of it again: make simulate ONE={history.seed}"
    )


def describe(failure: Exception) -> str:
    """What was broken; of what nobody foresaw, where it came from."""
    if isinstance(failure, Violation):
        return str(failure)
    return "".join(traceback.format_exception(failure)[-8:])
