"""Products and quotients of exact numbers, rounded once and half-up (COST-3).

Everything is counted in whole millionths, so a rounding is one division of integers: there is no
precision to choose, and a half is a half. Half-up means away from zero on both sides, so what
is true of an amount is true of its negative, and a reversal mirrors to the last digit.
"""

from decimal import Decimal

from partsemble.costing.errors import QuantityTooLarge, UnitCostTooLarge, ValueTooLarge
from partsemble.kernel.errors import DomainError
from partsemble.kernel.numbers import (
    PLACES,
    QUANTITY_LIMIT,
    SCALE,
    UNIT_COST_LIMIT,
    VALUE_LIMIT,
    from_units,
    is_within,
    to_units,
)

ZERO = from_units(0)


def check_quantity(number: Decimal) -> Decimal:
    """This will let a quantity pass whose size is below a thousand million.

    Raises:
        QuantityTooLarge: for any other, and for what is no number.
    """
    return _check(number, QUANTITY_LIMIT, QuantityTooLarge)


def check_unit_cost(number: Decimal) -> Decimal:
    """This will let a unit cost pass whose size is below a thousand million.

    Raises:
        UnitCostTooLarge: for any other, and for what is no number.
    """
    return _check(number, UNIT_COST_LIMIT, UnitCostTooLarge)


def check_value(number: Decimal) -> Decimal:
    """This will let a value pass whose size is below a million million.

    Raises:
        ValueTooLarge: for any other, and for what is no number.
    """
    return _check(number, VALUE_LIMIT, ValueTooLarge)


def extend_quantity(*, per_unit: Decimal, count: Decimal) -> Decimal:
    """This will say how much `count` units take, half-up to six places (COST-3).

    Arguments:
        per_unit: what one unit takes, at most six places.
        count: how many units, at most six places.

    Raises:
        QuantityTooLarge: if either, or their product, is too large.
    """
    return check_quantity(_multiply(check_quantity(per_unit), check_quantity(count)))


def extend_value(*, quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """This will say what a quantity is worth, half-up to six places (COST-3).

    Arguments:
        quantity: in units, signed, at most six places.
        unit_cost: per unit in the currency of the business, at most six places.

    Raises:
        QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: if a number reaches its limit.
    """
    return check_value(_multiply(check_quantity(quantity), check_unit_cost(unit_cost)))


def derive_unit_cost(*, quantity: Decimal, value: Decimal) -> Decimal:
    """This will say what one unit of a quantity is worth, half-up to six places.

    The answer is for showing and comparing; nothing is ever valued by multiplying it again.

    Arguments:
        quantity: in units, not zero.
        value: of all of them, in the currency of the business.

    Raises:
        ValueError: if the quantity is zero.
    """
    if not quantity:
        raise ValueError("nothing has no unit cost")
    return from_units(round_fraction(to_units(value) * SCALE, divisor=to_units(quantity)))


def round_amount(number: Decimal, *, places: int) -> Decimal:
    """This will bring an amount to the places of a currency, half-up.

    Arguments:
        number: in the currency, at most six places.
        places: how many the currency has, 0 to 6.
    """
    step = 10 ** (PLACES - places)
    return from_units(round_fraction(to_units(number), divisor=step) * step)


def round_fraction(dividend: int, *, divisor: int) -> int:
    """This will divide whole numbers and round half-up, away from zero on both sides."""
    quotient, rest = divmod(abs(dividend), abs(divisor))
    rounded = quotient + (2 * rest >= abs(divisor))
    return rounded if (dividend < 0) == (divisor < 0) else -rounded


def _multiply(one: Decimal, other: Decimal) -> Decimal:
    return from_units(round_fraction(to_units(one) * to_units(other), divisor=SCALE))


def _check(number: Decimal, limit: Decimal, refusal: type[DomainError]) -> Decimal:
    if not is_within(number=number, limit=limit):
        raise refusal(number=number, limit=limit)
    return number
