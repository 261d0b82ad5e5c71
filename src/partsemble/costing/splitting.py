"""Dividing a value among parts so that nothing is lost (COST-3).

Rounding each part by itself loses or makes a little: three thirds of 10.00 are 9.99. Here each
*prefix* of the parts is rounded, and a part is what its prefix adds to the one before: 3.33, 3.34,
3.33. So any number of first parts sums to the rounded true total, all of them to the value, and
no part differs from its true share by a whole step.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate, pairwise

from partsemble.costing.amounts import round_fraction
from partsemble.kernel.numbers import PLACES, from_units, to_units


def split_value(
    *, value: Decimal, weights: Sequence[Decimal], places: int = PLACES
) -> tuple[Decimal, ...]:
    """This will divide a value in proportion to weights; every prefix sums to its rounded total.

    Arguments:
        value: in the currency, signed; the parts of a negative one mirror those of its positive.
        weights: one for each part, zero or more, at most six places; a part without weight is zero.
        places: of each part; those of a currency for a document, else six.

    Raises:
        ValueError: if a weight is negative, or no part has any.
    """
    if any(each < 0 for each in weights):
        raise ValueError("a weight is negative")
    totals = list(accumulate(map(to_units, weights), initial=0))
    if not totals[-1]:
        raise ValueError("no part has any weight")
    units, step = to_units(value), 10 ** (PLACES - places)
    rounded = [round_fraction(units * each, divisor=totals[-1] * step) * step for each in totals]
    return tuple(from_units(after - before) for before, after in pairwise(rounded))
