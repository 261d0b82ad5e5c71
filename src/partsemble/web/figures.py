"""Numbers as people read them. Pure."""

from decimal import Decimal
from typing import Final

CENTS: Final = 2
NONE: Final = "–"
"""What stands where the books say nothing; absent is not zero."""


def show_quantity(quantity: Decimal | None) -> str:
    """This will write a quantity with the places it has: 1,250 and 0.5."""
    return NONE if quantity is None else f"{_trim(quantity, 0):,f}"


def show_money(amount: Decimal | None) -> str:
    """This will write an amount with at least two places and as many more as it has."""
    return NONE if amount is None else f"{_trim(amount, CENTS):,f}"


def _trim(number: Decimal, places: int) -> Decimal:
    plain = number.normalize()
    exponent = plain.as_tuple().exponent
    if isinstance(exponent, int) and exponent > -places:
        return plain.quantize(Decimal(1).scaleb(-places))
    return plain
