"""Imports of files and their rows as screens show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from partsemble.catalog.types import ProductType
from partsemble.files.types import (
    COLUMN_NAMES,
    Column,
    FieldChange,
    FileImportView,
    FileState,
    RowVerdict,
    RowView,
)
from partsemble.words.changes import NOTHING, ChangeInWords
from partsemble.words.figures import count_things, show_money, show_quantity
from partsemble.words.products import PRODUCT_TYPE_WORDS

VERDICT_WORDS: Final[Mapping[RowVerdict, str]] = {
    RowVerdict.FAULTY: "With errors",
    RowVerdict.CREATE: "New",
    RowVerdict.CHANGE: "Changed",
    RowVerdict.SAME: "Unchanged",
}
"""In the order in which somebody wants to look at them."""
STATE_WORDS: Final[Mapping[FileState, tuple[str, str]]] = {
    FileState.READING: ("Being read", "info"),
    FileState.CHECKED: ("Waits for you", "warn"),
    FileState.APPLYING: ("Being imported", "info"),
    FileState.APPLIED: ("Imported", "ok"),
    FileState.OUTDATED: ("Out of date", "warn"),
    FileState.REFUSED: ("Not readable", "bad"),
    FileState.FAILED: ("Broke off", "bad"),
}
"""What is said of an import in a list, and in which tone."""
LEADS: Final[Mapping[FileState, str]] = {
    FileState.READING: "Read first. Nothing is done before you press Import.",
    FileState.APPLYING: "Being imported: all rows come in, or none.",
    FileState.OUTDATED: "Nothing was imported.",
    FileState.REFUSED: "Nothing was imported.",
    FileState.FAILED: "Nothing was imported.",
}
"""What an import says above its page, unless rows decide that."""
TEXT_SHOWN: Final = 200
"""Characters of a description that a change quotes."""


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of a file as it is shown."""

    number: int
    sku: str
    name: str
    product_id: UUID | None
    type: str
    stocked: str
    cost: str
    price: str
    changes: tuple[ChangeInWords, ...]
    faults: tuple[tuple[str, str, str], ...]


def show_state(found: FileImportView) -> tuple[str, str]:
    """This will say of an import in a list how it stands, and in which tone."""
    if found.state is FileState.CHECKED:
        if found.verdicts[RowVerdict.FAULTY]:
            return "Has errors", "bad"
        if not found.verdicts[RowVerdict.CREATE] + found.verdicts[RowVerdict.CHANGE]:
            return "Nothing to import", "neutral"
    return STATE_WORDS[found.state]


def say_lead(found: FileImportView) -> str:
    """This will say above an import what its page shows."""
    if found.state is FileState.APPLIED:
        return f"Imported by {found.actor_label}."
    if found.state is not FileState.CHECKED:
        return LEADS[found.state]
    if found.verdicts[RowVerdict.FAULTY]:
        return "What is wrong with rows of the file. Nothing of it is imported."
    if not found.verdicts[RowVerdict.CREATE] + found.verdicts[RowVerdict.CHANGE]:
        return "What is in each row. Nothing of it is new."
    return "What would become of each row. Nothing is done before you press Import."


def show_row(row: RowView) -> RowLine:
    """This will put a row into words and figures."""
    terms = row.terms
    return RowLine(
        number=row.number,
        sku=row.sku,
        name=row.name,
        product_id=row.product_id,
        type=PRODUCT_TYPE_WORDS[terms.type] if terms else "",
        stocked=terms.unit if terms and terms.is_stocked else "not stocked",
        cost=show_money(terms.unit_cost if terms else None),
        price=show_money(terms.selling_price if terms else None),
        changes=tuple(map(_say_change, row.changes)),
        faults=tuple((each.column or "Row", each.problem, each.remedy) for each in row.faults),
    )


def _say_change(change: FieldChange) -> ChangeInWords:
    column = change.column
    return ChangeInWords(
        field=COLUMN_NAMES[column],
        before=_say(column, change.before),
        after=_say(column, change.after),
    )


def _say(column: Column, value: object) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, ProductType):
        return PRODUCT_TYPE_WORDS[value]
    if isinstance(value, Decimal):
        return show_quantity(value) if column is Column.REORDER_POINT else show_money(value)
    text = str(value)
    return text if len(text) <= TEXT_SHOWN else f"{text[:TEXT_SHOWN]}…"


def list_notes(found: FileImportView) -> list[str]:
    """This will say what a person should know of how a file was read."""
    notes = list(found.notes)
    if found.unknown:
        notes.append(f"Not understood, and left alone: {_name(found.unknown)}.")
    if found.left_aside:
        notes.append(
            f"Not taken from files: {_name(found.left_aside)}. Quantities change by stock"
            " transactions, links on a product's page."
        )
    if found.missing:
        names = ", ".join(COLUMN_NAMES[each] for each in found.missing)
        notes.append(f"Not in the file: {names}. Products that are here keep theirs.")
    return notes


def say_outcome(found: FileImportView) -> str:
    """This will say how many products an import makes and changes."""
    made, changed = found.verdicts[RowVerdict.CREATE], found.verdicts[RowVerdict.CHANGE]
    parts = [
        count_things(made, noun="new product") if made or not changed else "",
        count_things(changed, noun="changed product") if changed else "",
    ]
    return " and ".join(filter(None, parts))


def _name(heads: tuple[str, ...]) -> str:
    return ", ".join(f"“{each}”" for each in heads)
