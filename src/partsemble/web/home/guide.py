"""The first-run guide: what to do next until stock is kept in step with the books. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from partsemble.kernel.permissions import Permission
from partsemble.web.lists import say_count
from partsemble.words.figures import count_things


class StepState(StrEnum):
    """Where a step of the guide stands."""

    DONE = "done"
    CURRENT = "current"
    LATER = "later"


class Place(StrEnum):
    """Where a step is done."""

    INTEGRATIONS = "integrations"
    NEW_ITEMS = "new_items"
    UNLINKED_PRODUCTS = "unlinked_products"
    PRODUCTS = "products"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guide."""

    title: str
    text: str
    action: str
    place: Place
    needs: Permission
    """What it takes to do it."""
    state: StepState = StepState.LATER


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a business has come.

    Arguments:
        company: name of the connected company; empty while there is none.
        has_synced: whether its items were read once.
        new_items: items that are no products yet, counted to one above `COUNT_CAP`.
        has_imported: whether a product follows an item.
        lookalikes: items that are called like a product that follows none.
        has_adjusted: whether somebody corrected what is in stock.
    """

    company: str = ""
    has_synced: bool = False
    new_items: int = 0
    has_imported: bool = False
    lookalikes: int = 0
    has_adjusted: bool = False


STEPS: Final = 5


def build_guide(progress: Progress) -> tuple[Step, ...]:
    """This will build the steps, of which the first that is not done is the current one.

    A step that was done out of turn counts as done; after the last there is no guide any more.
    """
    done = (
        bool(progress.company),
        progress.has_synced,
        progress.has_imported,
        progress.has_imported and not progress.lookalikes,
        progress.has_adjusted,
    )
    if all(done):
        return ()
    current = done.index(False)
    described = (
        _connect(progress),
        _sync(progress),
        _import(progress),
        _link(progress),
        _adjust(),
    )
    return tuple(
        _place(step, is_done=is_done, is_current=number == current)
        for number, (step, is_done) in enumerate(zip(described, done, strict=True))
    )


def _place(step: Step, *, is_done: bool, is_current: bool) -> Step:
    state = StepState.DONE if is_done else StepState.CURRENT if is_current else StepState.LATER
    return Step(step.title, step.text, step.action, step.place, step.needs, state)


def _connect(progress: Progress) -> Step:
    return Step(
        title=f"Connected to {progress.company}" if progress.company else "Connect your books",
        text=(
            "Partsemble reads your items there and keeps both in step."
            if progress.company
            else "Sign in at QuickBooks and choose your company. Nothing is changed there."
        ),
        action="Connect to QuickBooks",
        place=Place.INTEGRATIONS,
        needs=Permission.MANAGE_CONNECTION,
    )


def _sync(progress: Progress) -> Step:
    return Step(
        title="Items synced" if progress.has_synced else "Sync your items",
        text="Names, SKUs, prices, costs and quantities are read from your books.",
        action="Sync Items",
        place=Place.INTEGRATIONS,
        needs=Permission.RUN_SYNC,
    )


def _import(progress: Progress) -> Step:
    count = _say_items(progress.new_items)
    if progress.has_imported:
        text = "They begin with the quantity and the cost that your books have."
    elif progress.new_items:
        text = f"{count} here. Tick those that you buy, build or sell, and press Import."
    else:
        text = "Choose which items you buy, build or sell. The others stay where they are."
    return Step(
        title="Items made products" if progress.has_imported else "Make products of your items",
        text=text,
        action="Choose items",
        place=Place.NEW_ITEMS,
        needs=Permission.RUN_SYNC,
    )


def _link(progress: Progress) -> Step:
    count = count_things(progress.lookalikes, noun="item")
    if progress.lookalikes:
        verb = "is" if progress.lookalikes == 1 else "are"
        text = f"{count} of your books {verb} called like a product that you wrote down yourself."
    elif progress.has_imported:
        text = "What your books call like a product of yours is linked to it."
    else:
        text = "What you write down yourself is linked, too, where your books know it."
    is_done = progress.has_imported and not progress.lookalikes
    return Step(
        title="Products linked" if is_done else "Link what is the same",
        text=text,
        action="See products not linked",
        place=Place.UNLINKED_PRODUCTS,
        needs=Permission.MANAGE_PRODUCTS,
    )


def _adjust() -> Step:
    return Step(
        title="Count a shelf",
        text="Open a product and press Adjust stock: each change is written down, by whom and why.",
        action="See products",
        place=Place.PRODUCTS,
        needs=Permission.ADJUST_STOCK,
    )


def _say_items(count: int) -> str:
    return f"{say_count(count).capitalize()} {'item is' if count == 1 else 'items are'}"
