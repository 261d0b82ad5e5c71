"""What changed about an item, in words and figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from partsemble.words.figures import (
    show_change,
    show_money,
    show_money_change,
    show_quantity,
)
from partsemble.words.items import (
    BOOKKEEPING_FIELDS,
    FIELD_WORDS,
    MONEY_FIELDS,
    QUANTITY_FIELDS,
    TYPE_WORDS,
)

NOTHING: Final = "none"


@dataclass(frozen=True, slots=True)
class Setting:
    """In which currency and time zone a business reads; empty: as stored."""

    currency: str = ""
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """One field before and after; `difference` only where both are figures."""

    field: str
    before: str
    after: str
    difference: str = ""


def describe_changes(
    changes: Mapping[str, tuple[object, object]], *, setting: Setting = Setting()
) -> tuple[ChangeInWords, ...]:
    """This will say which fields changed, in the order in which they are mirrored.

    The revision and the time of the edit change with every edit; they are shown only when
    nothing else did. A full name that merely follows the name is left out.
    """
    telling = {name for name in changes if name not in BOOKKEEPING_FIELDS} or set(changes)
    if "name" in telling and not _has_moved(changes.get("full_name", ("", ""))):
        telling.discard("full_name")
    return tuple(
        ChangeInWords(
            field=FIELD_WORDS[name],
            before=say_value(field=name, value=before, setting=setting),
            after=say_value(field=name, value=after, setting=setting),
            difference=_say_difference(name, before, after),
        )
        for name, (before, after) in changes.items()
        if name in telling
    )


def say_value(*, field: str, value: object, setting: Setting) -> str:
    """This will say one value of an item's field, with its unit.

    Arguments:
        value: as the mirror or a stored plan has it; figures and instants may be text there.
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field in MONEY_FIELDS:
        return f"{show_money(Decimal(str(value)))} {setting.currency}".rstrip()
    if field in QUANTITY_FIELDS:
        return show_quantity(Decimal(str(value)))
    if field == "updated_at":
        return _say_instant(value, ZoneInfo(setting.time_zone))
    return TYPE_WORDS.get(str(value), str(value)) if field == "type" else str(value)


def _has_moved(full_names: tuple[object, object]) -> bool:
    """Tell whether an item stands below another one than before."""
    before, after = (str(name).rpartition(":")[0] for name in full_names)
    return before != after


def _say_instant(value: object, zone: ZoneInfo) -> str:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return f"{instant.astimezone(zone):%-d %b %Y, %H:%M:%S}"


def _say_difference(field: str, before: object, after: object) -> str:
    show = _FIGURES.get(field)
    if show is None or before in (None, "") or after in (None, ""):
        return ""
    return show(Decimal(str(after)) - Decimal(str(before)))


_FIGURES: Final[Mapping[str, Callable[[Decimal], str]]] = {
    **dict.fromkeys(MONEY_FIELDS, show_money_change),
    **dict.fromkeys(QUANTITY_FIELDS, show_change),
}
