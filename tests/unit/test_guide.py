"""The first-run guide points at what comes next."""

import pytest

from partsemble.web.home.guide import Progress, StepState, build_guide

DONE, CURRENT, LATER = StepState.DONE, StepState.CURRENT, StepState.LATER


@pytest.mark.parametrize(
    ("progress", "states"),
    [
        (Progress(), (CURRENT, LATER, LATER)),
        (Progress(company="Hartmann"), (DONE, CURRENT, LATER)),
        (Progress(company="Hartmann", has_synced=True, item_count=3), (DONE, DONE, CURRENT)),
    ],
)
def test_one_step_is_next(progress: Progress, states: tuple[StepState, ...]) -> None:
    assert tuple(step.state for step in build_guide(progress)) == states


def test_the_guide_tells_what_is_here() -> None:
    guide = build_guide(
        Progress(company="Hartmann", has_synced=True, item_count=1204, items_url="/items/")
    )
    assert guide[0].title == "Connected to Hartmann"
    assert guide[2].text.startswith("1,204 items")
    assert guide[2].url == "/items/"
