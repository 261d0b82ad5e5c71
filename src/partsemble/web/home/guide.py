"""The first-run guide: what to do next until the accounting items are here. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from partsemble.web.lists import COUNT_LIMIT


class StepState(StrEnum):
    """Where a step of the guide stands."""

    DONE = "done"
    CURRENT = "current"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guide; `url` leads to where it is done."""

    title: str
    text: str
    action: str
    state: StepState
    url: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a business has come, and where each step is done (empty: no page yet).

    Arguments:
        company: name of the connected company; empty while there is none.
        item_count: accounting items that are here, counted to one above `COUNT_LIMIT`.
        has_synced: whether a run has ended well.
    """

    company: str = ""
    has_synced: bool = False
    item_count: int = 0
    connect_url: str = ""
    sync_url: str = ""
    items_url: str = ""


def build_guide(progress: Progress) -> tuple[Step, ...]:
    """This will build the steps, of which exactly one is the current one until all are done."""
    is_done = (bool(progress.company), progress.has_synced, False)
    current = is_done.index(False)
    states = [
        StepState.DONE if done else StepState.CURRENT if number == current else StepState.LATER
        for number, done in enumerate(is_done)
    ]
    return (
        Step(
            title=f"Connected to {progress.company}" if is_done[0] else "Connect your books",
            text=(
                "Partsemble reads your items there and keeps both in step."
                if is_done[0]
                else "Sign in at QuickBooks and choose your company. Nothing is changed there."
            ),
            action="Connect to QuickBooks",
            state=states[0],
            url=progress.connect_url,
        ),
        Step(
            title="Items synced" if is_done[1] else "Sync your items",
            text="Names, SKUs, prices, costs and quantities are read from your books.",
            action="Sync Items",
            state=states[1],
            url=progress.sync_url,
        ),
        Step(
            title="Look through your accounting items",
            text=(
                f"{_say_count(progress.item_count)} items are here, ready to become products."
                if progress.item_count
                else "They wait there until you choose which of them become products."
            ),
            action="See accounting items",
            state=states[2],
            url=progress.items_url,
        ),
    )


def _say_count(count: int) -> str:
    return f"More than {COUNT_LIMIT:,}" if count > COUNT_LIMIT else f"{count:,}"
