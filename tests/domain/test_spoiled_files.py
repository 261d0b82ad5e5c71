"""A workbook with every kind of mistake: each row is explained, and none comes in (PROD-1).

`pytest tests/domain/test_spoiled_files.py --file-rows 10000` does it at full size.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from tests.support.cast import Cast
from tests.support.files import apply, bring, make_workbook
from tests.support.products import make_product

from partsemble.catalog.queries import count_products
from partsemble.files.errors import FileHasFaults
from partsemble.files.queries import iterate_faults
from partsemble.files.types import FileState, RowVerdict

HEAD: Final = (
    *("SKU", "Name", "Type", "Stocked", "Unit of measure", "Description"),
    *("Unit cost", "Selling price", "Reorder point"),
)

type Mistake = tuple[int, Any, str]
"""Which cell, what stands in it, and what is said of it."""


def format_as(form: str, value: object) -> Callable[[Any, Any, int, int], None]:
    def write(book: Any, sheet: Any, row: int, column: int) -> None:
        formats = book.__dict__.setdefault("of_tests", {})
        if form not in formats:
            formats[form] = book.add_format({"num_format": form})
        sheet.write(row, column, value, formats[form])

    return write


def compute(cell: str, value: object) -> Callable[[Any, Any, int, int], None]:
    def write(_: Any, sheet: Any, row: int, column: int) -> None:
        sheet.write_formula(row, column, cell, value=value)

    return write


MISTAKES: Final[tuple[Mistake, ...]] = (
    (0, None, "The row has no SKU."),
    (0, "TAKEN", "has the same SKU."),
    (0, "S" * 101, "A SKU has 1 to 100 characters."),
    (0, format_as("yyyy-mm-dd", date(2026, 3, 1)), "made a date of this"),
    (0, format_as("00000", 7), "shows in a format of its own"),
    (0, compute("=1+1", 2), "This cell holds a formula."),
    (1, None, "A name has 1 to 500 characters."),
    (1, "N" * 501, "A name has 1 to 500 characters."),
    (1, "bell\x07", "can't be seen"),
    (1, compute("=NA()", "#N/A"), "This cell holds a formula."),
    (1, True, "logical value"),
    (2, None, "A new product needs a type."),
    (2, "Gadget", "is no type of product."),
    (3, "perhaps", "is neither yes nor no."),
    (4, "u" * 17, "A unit of measure has 1 to 16 characters."),
    (5, "d" * 4_001, "A description has 0 to 4000 characters."),
    (6, "12,50", "more than one way"),
    (6, "1,250.00", "more than one way"),
    (6, "$ 9", "more than a number"),
    (6, "cheap", "is no number."),
    (6, 1 / 3, "more than 6 decimal places"),
    (7, -1, "a number from 0 to less than"),
    (7, 1_000_000_000, "a number from 0 to less than"),
    (8, format_as("0%", 0.5), "shows in a format of its own"),
)


def make_row(number: int) -> list[Any]:
    return [
        *(f"PART-{number}", f"Part {number}", "Component", "yes", "pcs", "Grey"),
        *(number / 100, number / 50, 5),
    ]


def spoil(number: int) -> list[Any]:
    row = make_row(number)
    column, cell, _ = MISTAKES[number % len(MISTAKES)]
    row[column] = cell
    return row


@pytest.mark.django_db
def test_each_row_is_explained_and_none_comes_in(
    cast: Cast, request: pytest.FixtureRequest
) -> None:
    actor = cast.owner.actor
    make_product(actor, "PART-0", unit_cost=Decimal(1))
    count = request.config.getoption("file_rows", default=6 * len(MISTAKES))
    good = [make_row(count + number) for number in range(10)]
    content = make_workbook([*map(spoil, range(count)), *good], head=HEAD)
    shown = bring(actor, content, name="spoiled.xlsx")
    assert shown.state is FileState.CHECKED
    assert (shown.total, shown.verdicts[RowVerdict.FAULTY]) == (count + 10, count)

    told = defaultdict(list)
    for number, _, fault in iterate_faults(actor=actor, import_id=shown.id):
        assert fault.remedy.endswith(".")
        told[number].append(fault)
    assert sorted(told) == list(range(2, count + 2))
    for number, faults in told.items():
        column, _, words = MISTAKES[(number - 2) % len(MISTAKES)]
        assert [each for each in faults if words in each.problem], (number, faults)
        assert {each.column for each in faults} == {HEAD[column]}

    with pytest.raises(FileHasFaults):
        apply(actor, shown.id)
    assert count_products(actor=actor) == 1
