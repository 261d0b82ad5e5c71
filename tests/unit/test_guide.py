"""The first-run guide points at what comes next, and knows what is done."""

from dataclasses import replace

import pytest

from partsemble.web.home.guide import Place, Progress, StepState, build_guide

DONE, CURRENT, LATER = StepState.DONE, StepState.CURRENT, StepState.LATER

CONNECTED = Progress(company="Hartmann")
SYNCED = replace(CONNECTED, has_synced=True, new_items=1204)
IMPORTED = replace(SYNCED, has_imported=True, new_items=4)


@pytest.mark.parametrize(
    ("progress", "states"),
    [
        (Progress(), (CURRENT, LATER, LATER, LATER, LATER)),
        (CONNECTED, (DONE, CURRENT, LATER, LATER, LATER)),
        (SYNCED, (DONE, DONE, CURRENT, LATER, LATER)),
        (replace(SYNCED, lookalikes=1), (DONE, DONE, CURRENT, LATER, LATER)),
        (replace(IMPORTED, lookalikes=1), (DONE, DONE, DONE, CURRENT, LATER)),
        (IMPORTED, (DONE, DONE, DONE, DONE, CURRENT)),
        (replace(SYNCED, has_adjusted=True), (DONE, DONE, CURRENT, LATER, DONE)),
        (replace(IMPORTED, company="", has_adjusted=True), (CURRENT, DONE, DONE, DONE, DONE)),
    ],
)
def test_one_step_is_next(progress: Progress, states: tuple[StepState, ...]) -> None:
    assert tuple(step.state for step in build_guide(progress)) == states


def test_the_guide_ends() -> None:
    assert build_guide(replace(IMPORTED, has_adjusted=True)) == ()


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 item is"), (1204, "1,204 items are"), (10_001, "More than 10,000")]
)
def test_the_guide_tells_what_is_here(count: int, said: str) -> None:
    guide = build_guide(replace(SYNCED, new_items=count))
    assert guide[0].title == "Connected to Hartmann"
    assert guide[2].text.startswith(said)
    assert guide[2].place is Place.NEW_ITEMS


@pytest.mark.parametrize(("count", "said"), [(1, "1 item of your books is"), (2, "2 items of")])
def test_the_guide_tells_what_is_the_same(count: int, said: str) -> None:
    assert build_guide(replace(IMPORTED, lookalikes=count))[3].text.startswith(said)
