"""Numbers as people read them. Pure."""

from decimal import Decimal
from typing import Final

from partsemble.costing.amounts import round_amount

CENTS: Final = 2
_SHORT_SECONDS: Final = 9.95
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_MOST_DIGITS: Final = 20
"""Before or behind the point; no figure of a business has more."""
NONE: Final = "–"
"""What stands where the books say nothing; absent is not zero."""
_MINUS: Final = "−"
"""As wide as a plus, and no line ends at it."""


def show_quantity(quantity: Decimal | None) -> str:
    """This will write a quantity with the places it has: 1,250, 0.5 and −3."""
    return NONE if quantity is None else _write(quantity, 0)


def show_money(amount: Decimal | None) -> str:
    """This will write an amount with at least two places and as many more as it has."""
    return NONE if amount is None else _write(amount, CENTS)


def show_value(value: Decimal | None) -> str:
    """This will write what stock is worth in cents; what is less matters to sums alone."""
    return NONE if value is None else show_money(round_amount(value, places=CENTS))


def show_value_step(*, before: Decimal | None, after: Decimal | None) -> tuple[str, str]:
    """This will write what stock was and is worth; the second is empty where they are the same.

    Cents as `show_value` has them, but in full where cents can't tell the two apart.
    """
    if before == after:
        return show_value(before), ""
    shown = show_value(before), show_value(after)
    if before is not None and after is not None and shown[0] == shown[1]:
        return show_money(before), show_money(after)
    return shown


def show_change(number: Decimal) -> str:
    """This will write a quantity with its sign: +12.5 and −3."""
    return ("+" if number > 0 else "") + _write(number, 0)


def show_money_change(amount: Decimal) -> str:
    """This will write an amount with its sign: +12.50 and −3.00."""
    return ("+" if amount > 0 else "") + _write(amount, CENTS)


def show_value_change(value: Decimal) -> str:
    """This will write by how much the worth of stock changed, with its sign.

    In cents; what is less than half of one in full, because something did change.
    """
    return show_money_change(round_amount(value, places=CENTS) or value)


def _write(number: Decimal, places: int) -> str:
    return (_MINUS if number < 0 else "") + _write_size(abs(number), places)


def _write_size(number: Decimal, places: int) -> str:
    # Refusals quote what was typed, and anybody can type 1E+300.
    is_absurd = number.adjusted() > _MOST_DIGITS or number.adjusted() < -_MOST_DIGITS
    return f"{number:.3g}" if number and is_absurd else f"{_trim(number, places):,f}"


def _trim(number: Decimal, places: int) -> Decimal:
    plain = number.normalize()
    exponent = plain.as_tuple().exponent
    if isinstance(exponent, int) and exponent > -places:
        return plain.quantize(Decimal(1).scaleb(-places))
    return plain


def count_things(number: int, *, noun: str) -> str:
    """This will write a number with its noun: 1 item, 1,200 items."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def show_seconds(seconds: float) -> str:
    """This will write how long something took: 0.4 s, 12 s, 3 min 5 s, 2 h 10 min."""
    if seconds < _SHORT_SECONDS:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _say_two(whole // _MINUTE, "min", whole % _MINUTE, "s")
    return _say_two(whole // _HOUR, "h", whole % _HOUR // _MINUTE, "min")


def _say_two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit}" + (f" {small} {small_unit}" if small else "")
