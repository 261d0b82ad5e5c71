"""Reading an Excel workbook: the one sheet with products, cell by cell.

Problem. A workbook is a compressed folder of XML from anywhere. Numbers stand in it as binary
fractions, written out with up to 17 digits, of which Excel keeps and shows 15: 1.1 may stand there
as 1.1000000000000001. Cells hold formulas, errors, and dates that nobody typed.

Observations. openpyxl reads a sheet row by row in little memory and says what kind each cell is,
formulas included; it hands numbers over as `int` or `float`. Fifteen significant digits survive
the way through a `float` exactly, and no number of ours has more (nine before the point, six
behind it).

Decision. A number is its fifteen digits, as its person sees them. Whatever is not plainly text, a
number, or yes and no is an `OddCell`, and a sentence says what to do about it. The size that the
folder says it unpacks to, the number of its files, of rows, columns, and of seconds are limited;
what a sheet says of its own size is not believed.

Whatever a library breaks by, the file is damaged, and its person is told so. Only its own calls
stand under that: what breaks in our code is a fault of ours, and told as one.

What was left out: python-calamine, which is faster and can't tell a formula from its last result,
nor 7 from 0007, and which makes room for every cell between the first and the last.
"""

import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl import DEFUSEDXML

from partsemble.files.csv_table import explain_columns, explain_rows
from partsemble.files.errors import FileUnreadable
from partsemble.files.types import (
    COLUMNS_LIMIT,
    ROWS_LIMIT,
    Cell,
    OddCell,
    OddKind,
    Table,
    TableRow,
)

UNPACKED_BYTES: Final = 96 * 1024 * 1024
"""Ten times the largest file: XML of a table packs about so well."""
PARTS_LIMIT: Final = 500
READ_SECONDS: Final = 120.0
"""Twenty thousand rows take five seconds."""
TOLD_ROWS: Final = 1_000
"""After so many it is said how far the reading is: a third of a second."""
SHEET_NAME: Final = "Products"
EXACT_DIGITS: Final = 15
LAST_ROW: Final = 1_048_576
_TYPES: Final = "[Content_Types].xml"

_DAMAGE: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What breaks in parsers that are given a damaged file; `defusedxml` refuses by `ValueError`."""
_ODD_TYPES: Final = {"f": OddKind.COMPUTED, "e": OddKind.BROKEN}
_PLAIN_FORMATS: Final = frozenset({"General", "0", "@", "", None})
_LINE_END: Final = re.compile(r"_x000[dD]_\n?")
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
"""How a workbook writes a sign that XML can't hold."""

assert DEFUSEDXML, "openpyxl reads XML by defusedxml once that is installed"  # noqa: S101


def read_workbook(
    *,
    content: bytes,
    read_clock: Callable[[], float],
    hear_rows: Callable[[int], None],
) -> Table:
    """This will read the sheet of a workbook that holds the products.

    Arguments:
        content: the file.
        read_clock: seconds.
        hear_rows: is told now and then how many rows have been read.

    Raises:
        FileUnreadable: if it is damaged, dangerous, too large, or has several tables.
    """
    began = read_clock()
    with warnings.catch_warnings(action="ignore"):
        _check_parts(content)
        with _blaming_the_file():
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, keep_links=False)
        try:
            sheet, notes = _choose_sheet(book)
            return _read_sheet(sheet, notes, lambda: read_clock() - began, hear_rows)
        finally:
            book.close()


@contextmanager
def _blaming_the_file() -> Iterator[None]:
    """Nothing but calls of libraries stands in such a block."""
    try:
        yield
    except _DAMAGE as error:
        raise FileUnreadable(
            problem="The workbook is damaged, or it is no Excel workbook.",
            remedy="Open it in your spreadsheet and save it again as .xlsx, or as CSV.",
        ) from error


def _check_parts(content: bytes) -> None:
    with _blaming_the_file():
        folder = zipfile.ZipFile(BytesIO(content))
    with folder:
        parts = folder.infolist()
        if len(parts) > PARTS_LIMIT or sum(each.file_size for each in parts) > UNPACKED_BYTES:
            raise FileUnreadable(
                problem="Unpacked, the file would take more than"
                f" {UNPACKED_BYTES // 1024 // 1024} MB.",
                remedy="Copy the products alone into a new workbook, or save the table as CSV.",
            )
        if any(each.flag_bits & 1 for each in parts):
            raise FileUnreadable(
                problem="The file is locked by a password.", remedy="Save it without one."
            )
        with _blaming_the_file():
            types = folder.read(_TYPES) if _TYPES in folder.namelist() else b""
    _refuse_kinds({each.filename.lower() for each in parts}, types)


def _refuse_kinds(names: set[str], types: bytes) -> None:
    if any(each.endswith("vbaproject.bin") for each in names) or b"macroEnabled" in types:
        raise FileUnreadable(
            problem="The workbook holds macros, which are never opened here.",
            remedy="Save it as Excel workbook without macros (.xlsx).",
        )
    if "xl/workbook.bin" in names:
        raise FileUnreadable(
            problem="This is a binary workbook (.xlsb).",
            remedy="Save it as Excel workbook (.xlsx).",
        )
    if b"spreadsheetml" not in types:
        what = "an OpenDocument file" if "content.xml" in names else "no Excel workbook"
        raise FileUnreadable(
            problem=f"The file is {what}.",
            remedy="Save the table as Excel workbook (.xlsx), or as CSV.",
        )


def _choose_sheet(book: openpyxl.Workbook) -> tuple[Any, tuple[str, ...]]:
    with _blaming_the_file():
        shown = [each for each in book.worksheets if each.sheet_state == "visible"]
    named = [each for each in shown if str(each.title).strip().casefold() == SHEET_NAME.casefold()]
    chosen: Any = (named or shown)[:1]
    if not chosen:
        raise FileUnreadable(
            problem="The workbook has no sheet that can be seen.", remedy="Choose another file."
        )
    if not named and len(shown) > 1:
        titles = ", ".join(f"“{each.title}”" for each in shown[:8])
        raise FileUnreadable(
            problem=f"The workbook has {len(shown)} sheets: {titles}.",
            remedy=f"Call the one with the products “{SHEET_NAME}”, or delete the others.",
        )
    notes = () if len(shown) == 1 else (f"Only the sheet “{chosen[0].title}” was read.",)
    return chosen[0], notes


def _read_sheet(
    sheet: Any,  # noqa: ANN401 openpyxl types a sheet that is only read as one that is written
    notes: tuple[str, ...],
    look_at_clock: Callable[[], float],
    hear_rows: Callable[[int], None],
) -> Table:
    head: tuple[str, ...] = ()
    rows: list[TableRow] = []
    for number, cells in _list_rows(sheet, look_at_clock):
        if not head:
            head = tuple(_name_head(cell) for cell in cells)
            continue
        if len(rows) == ROWS_LIMIT:
            raise explain_rows()
        rows.append(TableRow(number=number, cells=cells))
        if len(rows) % TOLD_ROWS == 0:
            hear_rows(len(rows))
    return Table(head=head, rows=tuple(rows), notes=notes)


def _list_rows(
    sheet: Any,  # noqa: ANN401 likewise
    look_at_clock: Callable[[], float],
) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Rows that hold anything, with their numbers."""
    for number, row in enumerate(_iterate_cells(sheet), start=1):
        if look_at_clock() > READ_SECONDS:
            raise FileUnreadable(
                problem="The workbook takes too long to read.",
                remedy="Copy the products alone into a new workbook, or save the table as CSV.",
            )
        cells = tuple(_take(*each) for each in row)
        filled = (place for place, cell in enumerate(cells, start=1) if cell is not None)
        width = max(filled, default=0)
        if width > COLUMNS_LIMIT:
            raise explain_columns()
        if width:
            yield number, cells[:width]


def _iterate_cells(
    sheet: Any,  # noqa: ANN401 likewise
) -> Iterator[list[tuple[Any, str, str | None]]]:
    """Of each row what its cells hold, what kind that is, and how a number is shown."""
    with _blaming_the_file():
        sheet.reset_dimensions()
        found = sheet.iter_rows(min_row=1, max_row=LAST_ROW, max_col=COLUMNS_LIMIT + 1)
    while True:
        with _blaming_the_file():
            row = next(found, None)
            if row is None:
                return
            cells = [
                (each.value, each.data_type, each.number_format if _is_number(each.value) else None)
                for each in row
            ]
        yield cells


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _name_head(cell: Cell) -> str:
    if isinstance(cell, OddCell):
        return cell.shown
    return "" if cell is None else str(cell)


def _take(value: object, data_type: str, shown_as: str | None) -> Cell:
    if value is None or isinstance(value, bool):
        return value
    if data_type in _ODD_TYPES:
        return OddCell(_ODD_TYPES[data_type], str(value))
    if isinstance(value, date | datetime | time | timedelta):
        return OddCell(OddKind.DATE, str(value))
    if isinstance(value, int | float):
        return _take_number(value, shown_as)
    text = _LINE_END.sub("\n", str(value))
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text if text.strip() else None


def _take_number(value: float, shown_as: str | None) -> Cell:
    if isinstance(value, int) and len(str(abs(value))) > EXACT_DIGITS:
        return OddCell(OddKind.LONG)
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{EXACT_DIGITS}g}")
    if shown_as in _PLAIN_FORMATS:
        return number
    # Seven shown as 0007 is a number among numbers, and nobody's SKU.
    is_share = "%" in str(shown_as)
    return OddCell(OddKind.DISGUISED, str(shown_as), None if is_share else number)
