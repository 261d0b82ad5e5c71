"""Exact numbers: money and quantities with six decimal places.

Everything that counts is a `Decimal` from the provider's JSON to the page. Six places are kept:
enough for a unit cost spread over a roll of wire, and a product of two of them still fits
Decimal's 28 digits. Stored, a number is its value times 10**6 in a 64-bit integer, because
SQLite's own DECIMAL is a float in disguise.

Source: conventions of the project (docs/adr), limits checked at every door.
"""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from enum import Enum
from typing import NewType

Money = NewType("Money", Decimal)
Quantity = NewType("Quantity", Decimal)

PLACES = 6
STEP = Decimal(1).scaleb(-PLACES)
SCALE = 10**PLACES

QUANTITY_LIMIT = Decimal(10) ** 9
UNIT_COST_LIMIT = Decimal(10) ** 9
VALUE_LIMIT = Decimal(10) ** 12

_WORKING_DIGITS = 60
_working = Context(prec=_WORKING_DIGITS)
"""Made once: entering a context of one's own takes longer than shifting the number."""
_SHIFT = Decimal(PLACES)


class Rounding(Enum):
    """How a number with more than six places comes to six."""

    HALF_EVEN = ROUND_HALF_EVEN
    HALF_UP = ROUND_HALF_UP


def round_to_places(*, number: Decimal, rounding: Rounding) -> Decimal:
    """This will bring a finite number to exactly six decimal places.

    Arguments:
        number: any finite decimal.
        rounding: half-even for figures that come in, half-up for extended ones (COST-3).

    Raises:
        InvalidOperation: if the number is not finite or has more than 54 whole digits.
    """
    with localcontext() as context:
        context.prec = _WORKING_DIGITS
        rounded = number.quantize(STEP, rounding=rounding.value)
    if not rounded.is_finite():
        raise InvalidOperation(f"{number} is not a finite number")
    return rounded or abs(rounded)


def is_within(*, number: Decimal, limit: Decimal) -> bool:
    """This will tell whether a number is finite and its size is below the limit."""
    return number.is_finite() and number.copy_abs() < limit


def to_units(number: Decimal) -> int:
    """This will turn a number with at most six places into whole millionths.

    Raises:
        ValueError: if it has more than six places or is not finite; rounding is a decision
            that the caller takes with `round_to_places`.
    """
    if not number.is_finite():
        raise ValueError(f"{number} is not a finite number")
    scaled = number.scaleb(_SHIFT, _working)
    units = int(scaled)
    if units != scaled:
        raise ValueError(f"{number} has more than {PLACES} decimal places")
    return units


def from_units(units: int) -> Decimal:
    """This will turn whole millionths into a decimal with six places."""
    return Decimal(units).scaleb(-PLACES)
