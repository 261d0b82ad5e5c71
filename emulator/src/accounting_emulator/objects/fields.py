"""The properties of the objects: what each may hold, and what a query may do with it.

One table per kind of object says all there is to say about its properties (QBO API reference);
reading bodies, answering queries and rendering all work from these tables.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text",
    "number",
    "whole",
    "flag",
    "day",
    "ref",
    "phone",
    "email",
    "web",
    "address",
    "section",
    "rest",
]
Ability = Literal["", "f", "s", "fs"]


@dataclass(frozen=True, slots=True)
class Field:
    """One property; `ability` holds f when a query may filter by it and s when it may sort."""

    name: str
    kind: Kind
    longest: int = 0
    refers_to: str = ""
    ability: Ability = ""
    is_fixed: bool = False

    @property
    def java_class(self) -> str:
        """Give the type that the real service names when a value does not fit."""
        return {
            "number": "java.math.BigDecimal",
            "whole": "java.lang.Integer",
            "flag": "java.lang.Boolean",
            "day": "java.util.Date",
        }.get(self.kind, "java.lang.String")


def text(name: str, longest: int, ability: Ability = "") -> Field:
    """Make a property of words, with the number of characters it may have."""
    return Field(name, "text", longest=longest, ability=ability)


def ref(name: str, refers_to: str, ability: Ability = "") -> Field:
    """Make a property that refers to another object."""
    return Field(name, "ref", refers_to=refers_to, ability=ability)


def plain(kind: Kind, names: str, ability: Ability = "") -> tuple[Field, ...]:
    """Make properties of one kind that need no more words."""
    return tuple(Field(name, kind, ability=ability) for name in names.split())


def fixed(names: str, ability: Ability = "") -> tuple[Field, ...]:
    """Make properties that only the service sets: what a client sends for them is ignored."""
    return tuple(Field(name, "rest", ability=ability, is_fixed=True) for name in names.split())


def reckoned(names: str, ability: Ability = "") -> tuple[Field, ...]:
    """Make numbers that only the service works out."""
    return tuple(Field(name, "number", ability=ability, is_fixed=True) for name in names.split())


EVERYWHERE = fixed("Id SyncToken MetaData CustomField AttachableRef domain sparse status "
                   "IntuitId NameAndId HeaderFull HeaderLite Overview")  # fmt: skip


class Sheet:
    """All properties of one kind of object, by name."""

    def __init__(self, *, name: str, fields: tuple[Field, ...]) -> None:
        self.name = name
        self.fields = {field.name: field for field in (*EVERYWHERE, *fields)}

    @property
    def writable(self) -> tuple[Field, ...]:
        """List what a client may set."""
        return tuple(field for field in self.fields.values() if not field.is_fixed)
