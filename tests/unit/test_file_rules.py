"""What a row of a table says, and what becomes of it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.catalog.types import ProductPosition, ProductTerms, ProductType, ProductView
from partsemble.files.errors import FileUnreadable
from partsemble.files.rules.cells import CellRefused, read_cell, revive_value, write_value
from partsemble.files.rules.columns import match_columns
from partsemble.files.rules.lives import TRANSITIONS
from partsemble.files.rules.planning import (
    SaidRow,
    Surroundings,
    list_twins,
    plan_row,
    revive_said,
    write_plan,
    write_said,
)
from partsemble.files.types import (
    COLUMN_NAMES,
    Cell,
    Column,
    Fault,
    FieldChange,
    FileState,
    OddCell,
    OddKind,
    RowVerdict,
)
from partsemble.kernel.ids import ProductId
from partsemble.words.products import PRODUCT_FIELD_WORDS

LAMP = ProductTerms(
    sku="LAMP-1",
    name="Reed lamp",
    type=ProductType.FINISHED_GOOD,
    description="Warm.",
    unit_cost=Decimal("12.500000"),
)
HEADS = dict(COLUMN_NAMES)


def test_columns_are_called_what_they_are_called_elsewhere() -> None:
    assert {each.value: COLUMN_NAMES[each] for each in Column if each is not Column.IS_ACTIVE} == (
        dict(PRODUCT_FIELD_WORDS)
    )


# ── Heads ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("head", "column"),
    [
        ("sku", Column.SKU),
        (" S K U ", Column.SKU),
        ("unit_cost", Column.UNIT_COST),
        ("Unit cost, USD", Column.UNIT_COST),
        ("Selling Price (EUR)", Column.SELLING_PRICE),
        ("UOM", Column.UNIT),
        ("RE-ORDER POINT", Column.REORDER_POINT),
    ],
)
def test_heads_are_understood_however_they_are_written(head: str, column: Column) -> None:
    heads = [head] if column is Column.SKU else ["SKU", head]
    assert match_columns(heads).places[column] == len(heads) - 1


def test_what_is_not_understood_or_missing_is_named() -> None:
    match = match_columns(["Sku", "Colour", "", "On hand", "Linked", "Name"])
    assert match.unknown == ("Colour",)
    assert match.left_aside == ("On hand", "Linked")
    assert match.heads == {Column.SKU: "Sku", Column.NAME: "Name"}
    assert Column.TYPE in match.missing
    assert Column.NAME not in match.missing


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        (["Name", "Price"], "no column SKU"),
        ([], "holds: nothing"),
        (["SKU", "Cost", "Unit cost"], "both mean Unit cost"),
    ],
)
def test_heads_that_leave_open_what_is_meant_are_refused(heads: list[str], words: str) -> None:
    with pytest.raises(FileUnreadable) as refusal:
        match_columns(heads)
    assert words in str(refusal.value.facts["problem"])


# ── Cells ───────────────────────────────────────────────────────────────────────────────────


def read(column: Column, cell: Cell, *, is_semicolon: bool = False) -> object:
    return read_cell(column=column, cell=cell, is_semicolon=is_semicolon)


def refuse(column: Column, cell: Cell, *, is_semicolon: bool = False) -> str:
    with pytest.raises(CellRefused) as refusal:
        read(column, cell, is_semicolon=is_semicolon)
    assert refusal.value.remedy.endswith(".")
    return refusal.value.problem


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12.5", "12.5"),
        (" 0012.50 ", "12.5"),
        ("+7", "7"),
        (".5", "0.5"),
        ("7.", "7"),
        ("-1", "-1"),
        (Decimal("1.1"), "1.1"),
        (OddCell(OddKind.DISGUISED, "#,##0.00", Decimal("1234.5")), "1234.5"),
    ],
)
def test_plain_numbers_are_read(cell: Cell, number: str) -> None:
    assert read(Column.UNIT_COST, cell) == Decimal(number)


@pytest.mark.parametrize("column", list(Column))
@pytest.mark.parametrize("cell", [None, "", "  ", "\n"])
def test_empty_is_nothing(column: Column, cell: Cell) -> None:
    assert read(column, cell) is None


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("12,50", "more than one way"),
        ("1,250", "more than one way"),
        ("1.250,00", "more than one way"),
        ("1 250", "more than one way"),
        ("1'250.50", "more than one way"),
        ("1\u00a0250", "more than one way"),
        ("$12", "more than a number"),
        ("12 EUR", "more than a number"),
        ("10%", "more than a number"),
        ("1e5", "more than a number"),
        ("٣", "more than a number"),
        ("12.5.1", "more than a number"),
        ("n/a", "no number"),
        ("NaN", "no number"),
        (True, "logical value"),
        (OddCell(OddKind.COMPUTED), "formula"),
        (OddCell(OddKind.BROKEN, "#N/A"), "#N/A"),
        (OddCell(OddKind.DATE, "2026-03-01"), "date"),
        (OddCell(OddKind.DISGUISED, "0%"), "format of its own"),
        (OddCell(OddKind.LONG), "15 digits"),
        ("1\x07", "U+0007"),
    ],
)
def test_what_is_no_plain_number_is_refused(cell: Cell, words: str) -> None:
    assert words in refuse(Column.SELLING_PRICE, cell)


def test_a_point_may_part_thousands_where_semicolons_part_cells() -> None:
    assert "1250 or as 1.25" in refuse(Column.UNIT_COST, "1.250", is_semicolon=True)
    assert read(Column.UNIT_COST, "1.250") == Decimal("1.25")
    assert read(Column.UNIT_COST, "1.2500", is_semicolon=True) == Decimal("1.25")
    assert read(Column.UNIT_COST, "1250", is_semicolon=True) == Decimal(1250)


@given(st.decimals(min_value=0, max_value=999_999_999, places=6))
def test_numbers_are_kept_as_they_were_said(number: Decimal) -> None:
    kept = write_value(number)
    assert revive_value(column=Column.UNIT_COST, kept=kept) == number
    assert read(Column.UNIT_COST, str(kept)) == number


@pytest.mark.parametrize(
    ("cell", "is_on"),
    [
        ("Yes", True),
        ("no", False),
        ("TRUE", True),
        ("0", False),
        (Decimal(1), True),
        (False, False),
    ],
)
def test_yes_and_no(cell: Cell, is_on: bool) -> None:  # noqa: FBT001 a case
    assert read(Column.IS_STOCKED, cell) is is_on


def test_neither_yes_nor_no() -> None:
    assert "neither yes nor no" in refuse(Column.IS_ACTIVE, "maybe")


@pytest.mark.parametrize("cell", ["Sub-Assembly", "sub_assembly", "SUB ASSEMBLY", "subassembly"])
def test_types_are_read_however_they_are_written(cell: str) -> None:
    assert read(Column.TYPE, cell) is ProductType.SUB_ASSEMBLY


def test_text_is_text() -> None:
    assert "no type of product" in refuse(Column.TYPE, "gadget")
    assert read(Column.SKU, Decimal(1001)) == "1001"
    assert read(Column.SKU, Decimal("1E+3")) == "1000"
    assert "format of its own" in refuse(
        Column.SKU, OddCell(OddKind.DISGUISED, "00000", Decimal(7))
    )
    assert "logical value" in refuse(Column.NAME, cell=True)
    assert read(Column.DESCRIPTION, "one\r\ntwo") == "one\r\ntwo"


# ── Rows ────────────────────────────────────────────────────────────────────────────────────


def know(terms: ProductTerms = LAMP, *, is_active: bool = True) -> ProductView:
    return ProductView(
        id=ProductId(UUID(int=7)),
        position=ProductPosition("lamp-1"),
        terms=terms,
        is_active=is_active,
        accounting_item_id=None,
        is_item_active=True,
        revision=3,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def around(
    known: ProductView | None = None,
    *,
    owned: frozenset[str] = frozenset(),
    twin: int | None = None,
) -> Surroundings:
    return Surroundings(known=known, owned=owned, twin=twin, heads=HEADS)


def row(*faults: Fault, **said: object) -> SaidRow:
    return SaidRow(2, {Column.SKU: "LAMP-1"} | {Column(k): v for k, v in said.items()}, faults)


def test_a_row_makes_a_product() -> None:
    plan = plan_row(
        row=row(name=" Reed  lamp ", type=ProductType.COMPONENT, unit_cost=Decimal(5)),
        around=around(),
    )
    assert (plan.verdict, plan.product_id, plan.revision) == (RowVerdict.CREATE, None, 0)
    assert plan.terms == ProductTerms(
        sku="LAMP-1", name="Reed lamp", type=ProductType.COMPONENT, unit_cost=Decimal(5)
    )


def test_a_row_changes_what_it_says_and_leaves_the_rest() -> None:
    plan = plan_row(
        row=row(sku="lamp-1", name="Lamp", unit_cost=None, is_active=False), around=around(know())
    )
    assert plan.verdict is RowVerdict.CHANGE
    assert plan.changes == (
        FieldChange(Column.NAME, "Reed lamp", "Lamp"),
        FieldChange(Column.UNIT_COST, Decimal("12.5"), None),
        FieldChange(Column.IS_ACTIVE, before=True, after=False),
    )
    assert plan.terms == replace(LAMP, name="Lamp", unit_cost=None)
    assert (plan.product_id, plan.revision, plan.is_active) == (UUID(int=7), 3, False)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"name": None, "type": None, "is_stocked": None, "unit": None, "is_active": None},
        {"name": "Reed lamp", "unit_cost": Decimal("12.5"), "selling_price": None},
        {"description": " Warm."},
    ],
)
def test_what_is_so_already_stays(said: dict[str, object]) -> None:
    assert plan_row(row=row(**said), around=around(know())).verdict is RowVerdict.SAME


def test_line_ends_alone_change_nothing() -> None:
    known = know(replace(LAMP, description="one\r\ntwo"))
    assert (
        plan_row(row=row(description="one\ntwo"), around=around(known)).verdict is RowVerdict.SAME
    )
    changed = plan_row(row=row(description="one\nthree"), around=around(known))
    assert changed.terms is not None
    assert changed.terms.description == "one\nthree"


def list_columns(plan_faults: tuple[Fault, ...]) -> list[str]:
    return [each.column for each in plan_faults]


def test_every_fault_of_a_row_is_named() -> None:
    unread = Fault("Unit cost", "“x” is no number.", "Write a number.")
    plan = plan_row(
        row=row(
            unread, sku="S" * 101, selling_price=Decimal("0.0000001"), reorder_point=Decimal(-1)
        ),
        around=around(twin=9),
    )
    assert plan.verdict is RowVerdict.FAULTY
    assert list_columns(plan.faults) == [
        "Unit cost",
        "SKU",
        "Type",
        "SKU",
        "Name",
        "Selling price",
        "Reorder point",
    ]
    assert "Row 9" in plan.faults[1].problem


def test_a_cell_that_could_not_be_read_is_not_missing_besides() -> None:
    unread = Fault("Type", "“gadget” is no type of product.", "Write another.")
    plan = plan_row(row=row(unread, name="Lamp"), around=around())
    assert plan.faults == (unread,)


@pytest.mark.parametrize("sku", [None, ""])
def test_a_row_without_a_sku_names_nothing(sku: str | None) -> None:
    plan = plan_row(row=row(sku=sku, name="Lamp"), around=around())
    assert list_columns(plan.faults) == ["SKU"]


def test_a_sku_that_could_not_be_read_is_one_fault() -> None:
    unread = Fault("SKU", "This cell holds a formula.", "Paste values.")
    plan = plan_row(row=SaidRow(2, {Column.NAME: "x"}, (unread,)), around=around())
    assert plan.faults == (unread,)


def test_what_the_books_say_is_not_changed_by_a_file() -> None:
    owned = frozenset({"sku", "name", "unit_cost"})
    same = plan_row(
        row=row(name="Reed lamp", reorder_point=Decimal(5)), around=around(know(), owned=owned)
    )
    assert same.verdict is RowVerdict.CHANGE
    plan = plan_row(row=row(name="Lamp", unit_cost=None), around=around(know(), owned=owned))
    assert list_columns(plan.faults) == ["Name", "Unit cost"]
    assert "put back “Reed lamp”" in plan.faults[0].remedy
    assert "put back 12.5" in plan.faults[1].remedy


def test_rows_are_kept_as_they_were_said() -> None:
    said = row(
        Fault("Name", "a", "b"),
        type=ProductType.COMPONENT,
        unit_cost=Decimal("1.5"),
        selling_price=None,
        is_stocked=True,
    )
    assert revive_said(number=2, text=write_said(row=said)) == said


def test_plans_are_alike_if_their_words_are() -> None:
    one = plan_row(row=row(name="Lamp"), around=around(know()))
    again = plan_row(
        row=row(name="Lamp"), around=around(know(replace(LAMP, unit_cost=Decimal("12.5"))))
    )
    other = plan_row(row=row(name="Lamp"), around=around(replace(know(), revision=4)))
    assert write_plan(plan=one) == write_plan(plan=again) != write_plan(plan=other)


def test_rows_of_one_sku_know_each_other() -> None:
    assert list_twins({2: "a", 3: "b", 4: "a", 5: "a"}) == {2: 4, 4: 2, 5: 2}


def test_an_import_ends_where_nothing_leads_on() -> None:
    ends = {state for state, targets in TRANSITIONS.items() if not targets}
    assert ends == {FileState.APPLIED, FileState.REFUSED, FileState.FAILED}
    assert set(TRANSITIONS) == set(FileState)
