"""What changed about an item, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from partsemble.words.items import BOOKKEEPING_FIELDS, FIELD_WORDS, TYPE_WORDS


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """One field before and after."""

    field: str
    before: str
    after: str


def describe_changes(changes: Mapping[str, tuple[object, object]]) -> tuple[ChangeInWords, ...]:
    """This will say which fields changed, in the order in which they are mirrored.

    The revision and the time of the edit change with every edit; they are shown only when
    nothing else did.
    """
    telling = {name for name in changes if name not in BOOKKEEPING_FIELDS} or set(changes)
    return tuple(
        ChangeInWords(field=FIELD_WORDS[name], before=_say(name, before), after=_say(name, after))
        for name, (before, after) in changes.items()
        if name in telling
    )


def _say(field: str, value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return TYPE_WORDS.get(str(value), str(value)) if field == "type" else str(value)
