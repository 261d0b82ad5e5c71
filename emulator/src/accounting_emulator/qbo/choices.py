"""From a body to the fields of a command: what to set, what to empty, what to leave."""

from msgspec import UNSET

from accounting_emulator.books import Details
from accounting_emulator.objects.fields import Sheet
from accounting_emulator.qbo.bodies import Body, Value


def choice(*, body: Body, name: str) -> Value:
    """Give what a body wants of a property: a value, None to empty it, UNSET to leave it."""
    if name in body.given:
        return body.given[name]
    return None if body.is_full else UNSET


def kept_choice(*, body: Body, name: str) -> Value:
    """Give what a body wants of a property that an object is never without."""
    value = body.given.get(name)
    return UNSET if value is None else value


def details_of(*, body: Body, sheet: Sheet, known: frozenset[str]) -> Details:
    """Collect the properties that the books only keep: all but the `known` ones."""
    names = (field.name for field in sheet.writable if field.name not in known)
    chosen = {name: choice(body=body, name=name) for name in names}
    return {
        name: value
        for name, value in chosen.items()
        if value is not UNSET and not (body.id is None and value is None)
    }
