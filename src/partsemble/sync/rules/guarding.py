"""When a plan would change so much that a person should look at it first (SYNC-6). Pure."""

from typing import Final

from partsemble.sync.rules.deciding import PlannedStep
from partsemble.sync.rules.plans import ListedStep
from partsemble.sync.types import StepKind

MASS_SHARE: Final = 5
"""More than every fifth item …"""
MASS_COUNT: Final = 10
"""… and more than ten: a workshop of twelve items may well give up three."""


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
