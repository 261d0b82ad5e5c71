"""JSON in and out with exact numbers: what was sent as 0.1 is 0.1, and never a float."""

import json
from decimal import Decimal
from typing import Annotated, Any, Final, NoReturn

import msgspec
from django.http import HttpRequest
from ninja import Schema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from pydantic import ConfigDict, PlainSerializer, WithJsonSchema

WITHOUT_NUL: Final = r"^[^\x00]*$"
"""PostgreSQL keeps no such character, not even in a question."""


class ExactParser(Parser):
    """Reads numbers with a fraction as decimals."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401 whatever was sent
        """This will read the body as JSON.

        Raises:
            ValueError: if it is none; NaN and Infinity are none.
        """
        return json.loads(request.body, parse_float=Decimal, parse_constant=_refuse_constant)


class ExactRenderer(BaseRenderer):
    """Writes decimals as JSON numbers, digit by digit, and instants in UTC."""

    media_type = "application/json"
    _encode = msgspec.json.Encoder(decimal_format="number").encode

    def render(self, request: HttpRequest, data: object, *, response_status: int) -> bytes:
        """This will write the answer as JSON."""
        del request, response_status
        return self._encode(data)


class Shape(Schema):
    """Base of what the API answers in; clients let pass what they do not know."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Order(Shape):
    """Base of what the API is told; what it does not know is refused, and never passed over."""

    model_config = ConfigDict(extra="forbid")


def trim(value: Decimal) -> Decimal:
    """This will take off zeros at the end of a fraction, which say nothing."""
    trimmed = value.normalize()
    return trimmed.quantize(Decimal(1)) if trimmed == trimmed.to_integral_value() else trimmed


Number = Annotated[
    Decimal, PlainSerializer(trim), WithJsonSchema({"type": "number"}, mode="serialization")
]
"""A quantity or an amount of money."""


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
