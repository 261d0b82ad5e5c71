"""What becomes of a row of a table of products (PROD-1); pure.

A row names its product by SKU. It makes one, or changes one, or says what the product is already.
A column that is not in the file leaves its field alone; an empty cell empties a field that may be
empty, and leaves one that may not. What the books say of a linked product stays theirs (ITEM-6).
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from partsemble.catalog.rules import list_troubles, tidy_terms
from partsemble.catalog.types import ProductTerms, ProductType, ProductView
from partsemble.files.rules.cells import revive_value, write_value
from partsemble.files.types import COLUMN_NAMES, Column, Fault, FieldChange, RowVerdict

_MAY_BE_EMPTY: Final = {
    Column.DESCRIPTION: "",
    Column.UNIT_COST: None,
    Column.SELLING_PRICE: None,
    Column.REORDER_POINT: None,
}
"""What an empty cell makes of a field."""


@dataclass(frozen=True, slots=True)
class SaidRow:
    """What a row says, cell by cell."""

    number: int
    said: Mapping[Column, object]
    """Of the columns that the file has and whose cells could be read; None: the cell is empty."""
    faults: tuple[Fault, ...] = ()
    """Cells that could not be read."""


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What becomes of a row."""

    verdict: RowVerdict
    terms: ProductTerms | None = None
    is_active: bool = True
    product_id: UUID | None = None
    revision: int = 0
    changes: tuple[FieldChange, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a row's SKU, here and in the rest of the file."""

    known: ProductView | None
    owned: Collection[str]
    """Fields of the product that follow its item."""
    twin: int | None
    """Another row of the same SKU."""
    heads: Mapping[Column, str]
    remains: bool = False
    """Something of the product is on hand, or missing."""


def plan_row(*, row: SaidRow, around: Surroundings) -> RowPlan:
    """This will say what becomes of a row."""
    if not row.said.get(Column.SKU):
        return RowPlan(RowVerdict.FAULTY, faults=tuple(_explain_without_sku(row, around)))
    terms, is_active = _say_terms(row.said, around.known)
    known = around.known
    troubled = {each.column for each in row.faults}
    found = [each for each in _list_faults(row, around, terms) if each.column not in troubled]
    faults = (*row.faults, *found)
    product_id, revision = (known.id, known.revision) if known else (None, 0)
    if faults:
        return RowPlan(
            RowVerdict.FAULTY, product_id=product_id, revision=revision, faults=tuple(faults)
        )
    if known is None:
        return RowPlan(RowVerdict.CREATE, terms, is_active)
    changes = tuple(_list_changes(known, terms, is_active=is_active))
    verdict = RowVerdict.CHANGE if changes else RowVerdict.SAME
    return RowPlan(verdict, terms, is_active, product_id, revision, changes)


def _say_terms(
    said: Mapping[Column, object], known: ProductView | None
) -> tuple[ProductTerms, bool]:
    base = known.terms if known else ProductTerms(str(said[Column.SKU]), "", ProductType.COMPONENT)
    fields: dict[str, Any] = {}
    for column, value in said.items():
        if value is not None:
            fields[column.value] = value
        elif column in _MAY_BE_EMPTY:
            fields[column.value] = _MAY_BE_EMPTY[column]
    is_active = bool(fields.pop(Column.IS_ACTIVE, known.is_active if known else True))
    del fields[Column.SKU]  # it is how the product was found, in whatever case it is written
    if "description" in fields:
        fields["description"] = _keep_line_ends(fields["description"], base.description)
    return tidy_terms(replace(base, **fields)), is_active


def _keep_line_ends(text: str, known: str) -> str:
    """Spreadsheets write line ends in their own way; that alone changes nothing."""
    plain = "\n".join(text.split("\r\n"))
    return known if plain.strip() == "\n".join(known.split("\r\n")).strip() else plain


def _explain_without_sku(row: SaidRow, around: Surroundings) -> Iterator[Fault]:
    yield from row.faults
    if Column.SKU in row.said:
        yield Fault(
            around.heads[Column.SKU],
            "The row has no SKU.",
            "Give it one: it says which product is meant. Or delete the row.",
        )


def _list_faults(row: SaidRow, around: Surroundings, terms: ProductTerms) -> Iterator[Fault]:
    if around.twin is not None:
        yield Fault(
            around.heads[Column.SKU],
            f"Row {around.twin} has the same SKU.",
            "A product stands in one row; delete or correct one of the two.",
        )
    is_new = around.known is None
    if is_new and row.said.get(Column.TYPE) is None:
        yield Fault(
            _head(Column.TYPE, around),
            "A new product needs a type.",
            "Write Raw Material, Component, Sub-Assembly or Finished Good.",
        )
    for trouble in list_troubles(terms):
        column = Column(str(trouble.facts["field"]))
        if is_new or column in row.said:
            yield Fault(
                _head(column, around), str(trouble.facts["problem"]), str(trouble.facts["remedy"])
            )
    if around.known is not None:
        yield from _list_owned(around.known.terms, around, terms)
        if around.remains and around.known.terms.is_stocked and not terms.is_stocked:
            yield Fault(
                _head(Column.IS_STOCKED, around),
                "Something of it is on hand or missing, so it stays stocked.",
                "Adjust its stock to nothing first, or write yes.",
            )


def _list_owned(known: ProductTerms, around: Surroundings, terms: ProductTerms) -> Iterator[Fault]:
    for column in Column:
        if column.value in around.owned and column is not Column.SKU:
            before = getattr(known, column)
            if before != getattr(terms, column):
                yield Fault(
                    _head(column, around),
                    "This follows your books and can't be changed here.",
                    f"Change it in your books, or put back {_quote(before)}.",
                )


def _list_changes(
    known: ProductView, terms: ProductTerms, *, is_active: bool
) -> Iterator[FieldChange]:
    for column in Column:
        if column is Column.IS_ACTIVE:
            before, after = known.is_active, is_active
        else:
            before, after = getattr(known.terms, column), getattr(terms, column)
        if before != after:
            yield FieldChange(column, before, after)


def _head(column: Column, around: Surroundings) -> str:
    return around.heads.get(column, COLUMN_NAMES[column])


def _quote(value: object) -> str:
    text = "nothing" if value in (None, "") else str(write_value(value))
    return f"“{text}”" if isinstance(value, str) and value else text


def write_plan(*, plan: RowPlan) -> str:
    """This will write a plan as text: two are alike if and only if their words are."""
    terms = plan.terms
    return json.dumps(
        {
            "product": str(plan.product_id) if plan.product_id else None,
            "revision": plan.revision,
            "terms": terms and {each: write_value(getattr(terms, each)) for each in _FIELDS},
            "is_active": plan.is_active,
            "changes": [
                [each.column, write_value(each.before), write_value(each.after)]
                for each in plan.changes
            ],
            "faults": [[each.column, each.problem, each.remedy] for each in plan.faults],
        },
        ensure_ascii=False,
    )


def revive_plan(*, verdict: RowVerdict, text: str) -> RowPlan:
    """This will read the same back."""
    kept: dict[str, Any] = json.loads(text)
    terms: dict[str, Any] = {
        name: revive_value(column=Column(name), kept=value)
        for name, value in (kept["terms"] or {}).items()
    }
    return RowPlan(
        verdict=verdict,
        terms=ProductTerms(**terms) if terms else None,
        is_active=kept["is_active"],
        product_id=UUID(kept["product"]) if kept["product"] else None,
        revision=kept["revision"],
        changes=tuple(_revive_change(Column(name), *values) for name, *values in kept["changes"]),
        faults=tuple(Fault(*each) for each in kept["faults"]),
    )


def _revive_change(column: Column, before: object, after: object) -> FieldChange:
    return FieldChange(
        column,
        revive_value(column=column, kept=before),
        revive_value(column=column, kept=after),
    )


def write_said(*, row: SaidRow) -> str:
    """This will write what a row says as text."""
    faults = [[each.column, each.problem, each.remedy] for each in row.faults]
    said = {column.value: write_value(value) for column, value in row.said.items()}
    return json.dumps({"said": said, "faults": faults}, ensure_ascii=False)


def revive_said(*, number: int, text: str) -> SaidRow:
    """This will read the same back."""
    kept = json.loads(text)
    return SaidRow(
        number=number,
        said={
            Column(name): revive_value(column=Column(name), kept=value)
            for name, value in kept["said"].items()
        },
        faults=tuple(Fault(*each) for each in kept["faults"]),
    )


_FIELDS: Final = tuple(each.value for each in Column if each is not Column.IS_ACTIVE)


def list_twins(rows: Mapping[int, str]) -> dict[int, int]:
    """This will name, for each row whose SKU stands in another row too, one such row.

    Arguments:
        rows: keys of SKUs by the number of the row.
    """
    first: dict[str, int] = {}
    twins: dict[int, int] = {}
    for number, key in rows.items():
        other = first.setdefault(key, number)
        if other != number:
            twins[number] = other
            twins.setdefault(other, number)
    return twins
