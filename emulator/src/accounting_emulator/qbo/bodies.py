"""Reading what clients send: JSON into the values that the property tables promise.

The real service reads bodies with a lenient Java mapper, and clients rely on it: numbers and
flags may come as text, texts as numbers, a SyncToken as a number, a reference with a numeric
value; an empty text means that there is no value. What cannot be read so is refused in the
mapper's own words (recorded answers).
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec

from accounting_emulator.objects.entities import is_id
from accounting_emulator.objects.fields import Field, Sheet
from accounting_emulator.qbo.errors import ApiFault, invalid_id, missing, too_long

LARGEST = Decimal(99999999999)
ADDRESS_LENGTHS = {
    **dict.fromkeys(("Line1", "Line2", "Line3", "Line4", "Line5"), 500),
    **dict.fromkeys(("City", "Country", "CountrySubDivisionCode", "County"), 255),
    **dict.fromkeys(("CountryCode", "PostalCode", "PostalCodeSuffix"), 30),
    **dict.fromkeys(("Lat", "Long", "Tag", "Note", "Id"), 1_000),
}
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
Value = Any  # whatever JSON can say
Content = dict[str, Value]


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What a client wants of one object: None in `given` takes a value away."""

    id: int | None
    sync_token: str | None
    is_sparse: bool
    given: Content

    @property
    def is_full(self) -> bool:
        """Say whether what is absent is meant to be empty."""
        return not self.is_sparse


def decode_json(*, body: bytes) -> Content:
    """Read a body as one JSON object with exact numbers.

    Raises:
        ApiFault: the bytes are no UTF-8 (500), or no JSON object (2010).
    """
    try:
        return _DECODER.decode(decode_text(body=body))
    except msgspec.DecodeError as error:
        raise unreadable(words=f"Unexpected content: {error}") from error


def decode_text(*, body: bytes) -> str:
    """Read bytes as UTF-8.

    Raises:
        ApiFault: they are none (500).
    """
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ApiFault(
            code="500",
            message="Unsupported Operation",
            detail=f"Operation MalformedByteSequenceException: {error.reason} is not supported.",
        ) from error


_DECODER = msgspec.json.Decoder(Content, float_hook=Decimal)


def read_body(*, content: Content, sheet: Sheet) -> Body:
    """Read what a client sends for one kind of object.

    Raises:
        ApiFault: a property is unknown (2010), too long (2050) or of another kind; an id is no
            number (2030).
    """
    given: Content = {}
    for name, value in content.items():
        field = sheet.fields.get(name)
        if field is None:
            raise _unknown(name, sheet.name, sheet.fields)
        if not field.is_fixed:
            given[name] = read_value(field=field, value=value)
    token = content.get("SyncToken")
    return Body(
        id=_read_id(content.get("Id")),
        sync_token=None if token in (None, "") else str(token),
        is_sparse=_flag(_SPARSE, content.get("sparse") or False),
        given=given,
    )


def read_value(*, field: Field, value: object) -> Value:
    """Read one value; nothing and the empty text are None.

    Raises:
        ApiFault: it does not fit.
    """
    if value is None or value == "":
        return None
    return _READERS[field.kind](field, value)


def unreadable(*, words: str) -> ApiFault:
    """Make the refusal of a body that the mapper cannot make an object of."""
    return ApiFault(
        code="2010",
        message="Request has invalid or unsupported property",
        detail=f"Property Name:{words}\n specified is unsupported or invalid",
    )


def _unknown(name: str, owner: str, known: dict[str, Any]) -> ApiFault:
    names = ", ".join(f'"{word}"' for word in known)
    return unreadable(
        words=f'Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{owner}), not '
        f"marked as ignorable ({len(known)} known properties: {names}])"
    )


def _unfit(field: Field, value: object) -> NoReturn:
    raise unreadable(
        words=f"Can not construct instance of {field.java_class} from String value '{value}': "
        "not a valid representation"
    )


def _read_id(value: object) -> int | None:
    if value is None or value == "":
        return None
    if not is_id(text=str(value)):
        raise invalid_id(text=str(value))
    return int(str(value))


def _text(field: Field, value: object) -> str:
    if isinstance(value, dict | list):
        _unfit(field, value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if field.longest and len(text) > field.longest:
        raise too_long(longest=field.longest, length=len(text), element=field.name)
    return text


def _number(field: Field, value: object) -> Decimal:
    if isinstance(value, bool | dict | list):
        _unfit(field, value)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        _unfit(field, value)
    if not number.is_finite() or abs(number) > LARGEST:
        raise ApiFault(
            code="2090",
            message="Invalid Number",
            detail=f"Invalid Number : {field.name} is out of range. Supplied value:{value}",
            element=field.name,
        )
    return number


def _whole(field: Field, value: object) -> int:
    number = _number(field, value)
    if number != number.to_integral_value():
        _unfit(field, value)
    return int(number)


def _flag(field: Field, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() not in ("true", "false"):
        _unfit(field, value)
    return str(value).lower() == "true"


def _day(field: Field, value: object) -> str:
    text = str(value)[:10]
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ApiFault(
            code="2070",
            message="Invalid Date",
            detail=f"Invalid Date : {field.name}. Supplied value:{value}",
            element=field.name,
        ) from error


def _ref(field: Field, value: object) -> Content | None:
    if not isinstance(value, dict):
        _unfit(field, value)
    number = value.get("value")
    if number in (None, ""):
        if any(value.values()):
            raise missing(element=f"{field.name}.value")
        return None
    return {"value": str(number)}


def _single(field: Field, value: object, name: str, longest: int) -> Content | None:
    """Read an object that has one property that counts, such as a phone number."""
    if not isinstance(value, dict):
        _unfit(field, value)
    word = value.get(name)
    if word in (None, ""):
        return None
    text = str(word)
    if len(text) > longest:
        raise too_long(longest=longest, length=len(text), element=f"{field.name}.{name}")
    return {name: text}


def _email(field: Field, value: object) -> Content | None:
    found = _single(field, value, "Address", 100)
    if found is not None and not all(
        _MAIL.fullmatch(p.strip()) for p in found["Address"].split(",")
    ):
        raise ApiFault(
            code="2210",
            message="Invalid Email Address Format",
            detail="Email Address does not conform to the syntax rules of RFC 822. "
            f"Supplied value:{found['Address']}",
            element=field.name,
        )
    return found


def _address(field: Field, value: object) -> Content | None:
    if not isinstance(value, dict):
        _unfit(field, value)
    kept: Content = {}
    for name, word in value.items():
        longest = ADDRESS_LENGTHS.get(name)
        if longest is None:
            raise _unknown(name, "PhysicalAddress", ADDRESS_LENGTHS)
        if word not in (None, "") and name != "Id":
            if len(str(word)) > longest:
                element = f"{field.name}.{name}"
                raise too_long(longest=longest, length=len(str(word)), element=element)
            kept[name] = str(word)
    return kept or None


def _section(field: Field, value: object) -> Content:
    if not isinstance(value, dict):
        _unfit(field, value)
    return value


def cleaned(*, value: object) -> Value:
    """Give JSON without nothings: empty texts, nulls and what holds nothing else fall away."""
    if isinstance(value, dict):
        kept = {name: cleaned(value=word) for name, word in value.items()}
        return {name: word for name, word in kept.items() if word is not None} or None
    if isinstance(value, list):
        return [word for word in (cleaned(value=member) for member in value) if word is not None]
    return None if value == "" else value


_SPARSE = Field("sparse", "flag")
_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "number": _number,
    "whole": _whole,
    "flag": _flag,
    "day": _day,
    "ref": _ref,
    "phone": lambda field, value: _single(field, value, "FreeFormNumber", 30),
    "web": lambda field, value: _single(field, value, "URI", 1_000),
    "email": _email,
    "address": _address,
    "section": _section,
    "rest": lambda _, value: cleaned(value=value),
}
