"""When a plan would change so much that a person should look at it first (SYNC-6). Pure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from partsemble.sync.rules.corrections import Outlook
from partsemble.sync.rules.deciding import PlannedStep
from partsemble.sync.rules.plans import ListedStep
from partsemble.sync.types import HoldReason, StepKind

MASS_SHARE: Final = 5
"""More than every fifth item …"""
MASS_COUNT: Final = 10
"""… and more than ten: a workshop of twelve items may well give up three."""
MASS_VALUE: Final = Decimal(1_000)
"""Of the business's currency: a workshop that has little stock may well double it in a day."""


@dataclass(frozen=True, slots=True)
class CorrectionGuard:
    """Which corrections of a run wait for a person."""

    holds_values: bool
    """Those that change the value of stock, because together they change too much of it."""
    holds_zeros: bool
    """Those that empty a product, because they are too many."""


def guard_corrections(
    *, value_change: Decimal, stock_value: Decimal, emptied: int
) -> CorrectionGuard:
    """This will say which corrections are held back until a person confirms them.

    Arguments:
        value_change: by how much unconfirmed corrections change values, up and down added up.
        stock_value: of all products before, in the currency of the business.
        emptied: how many products they would bring from something to nothing.
    """
    return CorrectionGuard(
        holds_values=value_change > MASS_VALUE and value_change * MASS_SHARE > stock_value,
        holds_zeros=emptied > MASS_COUNT,
    )


def find_hold(*, outlook: Outlook, guard: CorrectionGuard) -> HoldReason | None:
    """This will say why a correction that nobody confirmed waits for a person, if it does."""
    if guard.holds_zeros and outlook.empties:
        return HoldReason.EMPTIED
    if guard.holds_values and outlook.value_change:
        return HoldReason.VALUE
    return None


def should_hold(*, deactivations: int, active_items: int) -> bool:
    """This will tell whether so many deactivations are held back until a person confirms them.

    Arguments:
        deactivations: how many a plan has that nobody confirmed.
        active_items: how many items were active before.
    """
    return deactivations > MASS_COUNT and deactivations * MASS_SHARE > active_items


def is_held(*, step: PlannedStep | ListedStep, is_holding: bool) -> bool:
    """This will tell whether a step of a plan that holds back waits for a person."""
    return is_holding and step.kind is StepKind.DEACTIVATE and not step.is_confirmed
