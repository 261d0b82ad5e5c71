"""Books that change under a reading: edits of every kind between two pages, at any size (SYNC-6).

The reading that met them may show an item as it was or as it became, and deactivates none that
was not inactive in the books. One more sync, whether of everything or of what changed, and the
mirror is exactly the books.
"""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.simulation.histories.drawing import draw_edit
from tests.simulation.histories.stage import House, Stage, Theatre, set_stage
from tests.simulation.histories.steps import Edit, History, Sync
from tests.simulation.histories.syncing import sync

pytestmark = pytest.mark.django_db(transaction=True)

SMOKE_DRIFTS: Final = 3
SMALL: Final = 250
LARGE: Final = 10_000
LARGE_SHARE: Final = 10
"""For so many readings of a small catalogue one of a large one."""
EDITS: Final = 25


@pytest.fixture
def theatre(transactional_db: None, tmp_path: Path) -> Iterator[Theatre]:
    theatre = Theatre(tmp_path)
    yield theatre
    theatre.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    wanted = metafunc.config.getoption("--drifts", default=None)
    cases = [(SMALL, 20, wanted or SMOKE_DRIFTS)]
    if wanted:
        cases.append((LARGE, 1_000, -(-wanted // LARGE_SHARE)))
    metafunc.parametrize(("items", "page_size", "wanted"), cases)


def test_one_more_sync_after_a_drifting_reading_is_exact(
    theatre: Theatre,
    record_property: Callable[[str, object], None],
    items: int,
    page_size: int,
    wanted: int,
) -> None:
    history = History(seed=0, items=(items, 10), page_size=page_size, calls_in_flight=1, steps=())
    chance = random.Random(random.SystemRandom().randrange(1_000_000))  # noqa: S311
    with set_stage(theatre=theatre, history=history) as stage:
        house = stage.houses[0]
        sync(stage=stage, house=house, step=Sync(mode="full"))
        wrong = sum(drift(stage, house, chance, items // page_size) for _ in range(wanted))
        assert stage.struck["commands"] >= wanted * EDITS // 2
        record_property(f"edits while {items} items were read", stage.struck["commands"])
    assert wrong == 0
    record_property(f"drifting readings of {items} items", wanted)


def drift(stage: Stage, house: House, chance: random.Random, pages: int) -> int:
    """Let a reading drift, see that one more run is exact, and count the wrong deactivations."""
    drifts = tuple((chance.randint(0, pages), draw_calm_edit(chance)) for _ in range(EDITS))
    before = house.books.read()
    drifting = sync(stage=stage, house=house, step=Sync(mode="full", drifts=drifts))
    assert drifting.state == "full finished"
    after = house.books.read()
    wrong = sum(
        not row["is_active"] and before[name]["is_active"] and after[name]["is_active"]
        for name, row in house.mirror.items()
        if name in before
    )
    stage.levers.pull("POST", "clock", {"advance_seconds": 5})
    # The auditor of the histories demands that this one is exact, counts and all.
    again = sync(stage=stage, house=house, step=Sync(mode=chance.choice(("usual", "full"))))
    assert again.state.endswith("finished")
    return wrong


def draw_calm_edit(chance: random.Random) -> Edit:
    """Draw an edit of items; what happens beside them is not what drifts."""
    while (edit := draw_edit(chance)).kind in ("account", "vendor"):
        pass
    return edit
