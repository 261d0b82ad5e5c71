"""Sums of many exact numbers, which leave the 64 bits that one of them is kept in.

Ten products worth a million millions each are more millionths than SQLite adds up: its SUM ends
with an error. So wholes and millionths are summed apart, and put together in Python.
"""

from decimal import Decimal

from django.db.models import BigIntegerField, F, Func, Sum

from partsemble.kernel.numbers import SCALE, from_units


def sum_wholes(column: str) -> Sum:
    """This will sum what stands before the point, of numbers in a `FixedPointField`."""
    return _sum(column, f"%(expressions)s / {SCALE}")


def sum_millionths(column: str) -> Sum:
    """This will sum what stands behind the point, as a count of millionths."""
    return _sum(column, f"%(expressions)s - %(expressions)s / {SCALE} * {SCALE}")


def join_sums(*, wholes: int | None, millionths: int | None) -> Decimal:
    """This will put both together; None is the sum of no rows, which is zero."""
    return from_units((wholes or 0) * SCALE + (millionths or 0))


def _sum(column: str, part: str) -> Sum:
    # Both databases divide whole numbers towards zero.
    number = BigIntegerField()
    return Sum(Func(F(column), template=part, output_field=number), output_field=number)
