"""What a thing is taken to cost while none of it is there (COST-2)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from partsemble.costing.amounts import ZERO
from partsemble.costing.holding import Holding


class ReferenceSource(StrEnum):
    """Where a reference cost comes from; a page says it beside the figure."""

    LAST_COST = "last_cost"
    ITEM = "item"
    TYPED = "typed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ReferenceCost:
    """A unit cost to estimate and prefill with; zero if nobody knows any."""

    unit_cost: Decimal
    source: ReferenceSource


def choose_reference_cost(
    *, last_unit_cost: Decimal | None, purchase_cost: Decimal | None, typed_cost: Decimal | None
) -> ReferenceCost:
    """This will choose the first of three costs that is more than zero (COST-2).

    Arguments:
        last_unit_cost: the last one above zero that the product had.
        purchase_cost: of the accounting item that the product is linked to.
        typed_cost: what a person wrote on the product.
    """
    ranked = (
        (last_unit_cost, ReferenceSource.LAST_COST),
        (purchase_cost, ReferenceSource.ITEM),
        (typed_cost, ReferenceSource.TYPED),
    )
    for cost, source in ranked:
        if cost is not None and cost > 0:
            return ReferenceCost(unit_cost=cost, source=source)
    return ReferenceCost(unit_cost=ZERO, source=ReferenceSource.NONE)


def remember_unit_cost(*, last_unit_cost: Decimal | None, holding: Holding) -> Decimal | None:
    """This will say what the last unit cost above zero is, now that a holding is as it is."""
    return holding.unit_cost or last_unit_cost
