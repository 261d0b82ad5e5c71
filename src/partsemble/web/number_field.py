"""A field for money and quantities, alike in all forms."""

from decimal import Decimal
from typing import Any, Final

from django import forms

from partsemble.kernel.numbers import PLACES
from partsemble.web.downloads import write_cell

_NUMBER_MISTAKES: Final = {
    "invalid": "Write a number with a point, such as 1250.5.",
    "min_value": "A number from 0 on.",
    "max_decimal_places": f"At most {PLACES} decimal places.",
}


class NumberField(forms.DecimalField):
    """An exact number from 0 on, or nothing."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 passed on as they are
        super().__init__(
            required=False,
            min_value=0,
            decimal_places=PLACES,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages=_NUMBER_MISTAKES,
            **kwargs,
        )

    def prepare_value(self, value: object) -> object:
        """This will show a number without the zeros that it is kept with."""
        return write_cell(value) if isinstance(value, Decimal) else value
