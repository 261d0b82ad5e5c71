"""A column that keeps numbers exact on both databases.

SQLite stores DECIMAL as a float, which loses digits past the fifteenth and sums wrongly, so a
number is kept as its millionths in a 64-bit integer. Addition, subtraction and SUM of integers
are exact and fast; a product of two such columns would be in billionths of billionths, so
multiplication is left to Python, where it is a `Decimal`.
"""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core import exceptions
from django.db import models
from django.db.models.expressions import Combinable, register_combinable_fields

from partsemble.kernel.numbers import PLACES, from_units, to_units

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import Expression
    from django.forms import Field as FormField

    _DecimalField = models.Field[Decimal | None, Decimal | None]
else:
    _DecimalField = models.Field

_MAX_DIGITS = 19


class FixedPointField(_DecimalField):
    """A `Decimal` with at most six places, stored as a 64-bit count of millionths.

    More than six places are refused rather than rounded: rounding is a decision, and belongs
    to whoever knows which way (`kernel.numbers.round_to_places`).
    """

    description = "Exact decimal with six places"

    def get_internal_type(self) -> str:
        """This will name the column type that the database is asked for."""
        return "BigIntegerField"

    def to_python(self, value: object) -> Decimal | None:
        """This will read a form's or fixture's value as an exact decimal.

        Raises:
            ValidationError: if it is no number, or a float.
        """
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, float):
            raise exceptions.ValidationError(f"{value!r} is a float; give an exact decimal")
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise exceptions.ValidationError(f"{value!r} is not a number") from error

    def get_prep_value(self, value: object) -> int | None:
        """This will turn a decimal into the integer that is stored."""
        number = self.to_python(super().get_prep_value(value))
        return None if number is None else to_units(number)

    def from_db_value(
        self,
        value: int | Decimal | None,
        expression: "Expression",  # noqa: ARG002 Django calls it with all three
        connection: "BaseDatabaseWrapper",  # noqa: ARG002 likewise
    ) -> Decimal | None:
        """This will turn the stored integer (a NUMERIC after SUM) back into a decimal."""
        return None if value is None else from_units(int(value))

    def value_to_string(self, obj: models.Model) -> str:
        """This will write the number for a serialised fixture."""
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> "FormField | None":  # noqa: ANN401 passed on as they are
        """This will offer a number input with six places."""
        defaults: dict[str, Any] = {
            "form_class": forms.DecimalField,
            "max_digits": _MAX_DIGITS,
            "decimal_places": PLACES,
        }
        return super().formfield(**{**defaults, **kwargs})


for _sign in (Combinable.ADD, Combinable.SUB):
    register_combinable_fields(FixedPointField, _sign, FixedPointField, FixedPointField)
