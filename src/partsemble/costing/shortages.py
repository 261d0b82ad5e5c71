"""What was not there and left all the same, and how arrivals make it up (SALE-5, SYNC-7).

A sale is never refused and the books may say less than nothing, but a holding does not go below
zero. The missing quantity stays open as a shortage. Whatever arrives next fills open shortages
first, oldest first, at the cost of that arrival; only what is left of it becomes available.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise

from partsemble.costing.amounts import ZERO
from partsemble.costing.holding import Holding
from partsemble.costing.splitting import split_value


@dataclass(frozen=True, slots=True)
class Filling:
    """How an arrival is used."""

    fills: tuple[Holding, ...]
    """What each shortage gets, in their order; the first ones only, the last perhaps in part."""
    rest: Holding
    """What becomes available."""


def fill_shortages(*, shortages: Sequence[Decimal], arrival: Holding) -> Filling:
    """This will divide an arrival among open shortages and what becomes available.

    Arguments:
        shortages: open quantities, each more than zero, oldest first.
        arrival: what arrives, and its value; all of it comes out again.

    Raises:
        ValueError: if a shortage is not more than zero.
    """
    if any(each <= 0 for each in shortages):
        raise ValueError("a shortage that is open has a quantity")
    if not arrival.quantity:
        return Filling(fills=(), rest=arrival)
    reached = (min(each, arrival.quantity) for each in accumulate(shortages, initial=ZERO))
    quantities = [after - before for before, after in pairwise(reached) if after > before]
    left = arrival.quantity - sum(quantities, ZERO)
    *values, rest = split_value(value=arrival.value, weights=[*quantities, left])
    return Filling(
        fills=tuple(map(Holding, quantities, values)), rest=Holding(quantity=left, value=rest)
    )
