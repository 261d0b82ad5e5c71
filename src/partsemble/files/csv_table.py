"""Reading CSV: its letters, what parts its cells, and its rows.

CSV says neither how its letters are written nor what parts its cells. A byte order mark settles
the first; text that is valid UTF-8 is UTF-8, because nothing else happens to be. The rest of the
world is Windows-1252 by far, so that is tried last and said aloud, for somebody to look at the
accents. What parts the cells is the sign under which the head means most.
"""

import codecs
import csv
from collections.abc import Iterator
from typing import Final

from partsemble.files.errors import FileUnreadable
from partsemble.files.rules.columns import count_known
from partsemble.files.types import COLUMNS_LIMIT, ROWS_LIMIT, Table, TableRow
from partsemble.kernel.harmless import revive

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATORS: Final = (",", ";", "\t", "|")
_HEAD_LINE: Final = 20_000
"""Characters in which the head is looked for."""
WINDOWS_NOTE: Final = (
    "The file does not say how its letters are written; it was read as Windows-1252 (Western"
    " European). Look at accents and signs below. To be sure, save it as “CSV UTF-8”."
)


def read_csv(*, content: bytes) -> Table:
    """This will read a CSV file; the first row that is not empty is its head.

    Raises:
        FileUnreadable: if it is no table, or too long.
    """
    text, notes = _decode(content)
    text, separator = _find_separator(text)
    head: tuple[str, ...] = ()
    rows: list[TableRow] = []
    for number, cells in _split(text, separator):
        if not any(cell.strip() for cell in cells):
            continue
        if not head:
            head = cells
            continue
        if len(rows) == ROWS_LIMIT:
            raise explain_rows()
        rows.append(TableRow(number=number, cells=tuple(map(_take, cells))))
    if len(head) > COLUMNS_LIMIT:
        raise explain_columns()
    return Table(head=head, rows=tuple(rows), notes=notes, is_semicolon=separator == ";")


def _take(cell: str) -> str:
    return revive(text=cell)


def _decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding), ()
            except UnicodeDecodeError as error:
                raise FileUnreadable(
                    problem="The file begins as Unicode text and does not go on as such.",
                    remedy="Save it again as “CSV UTF-8”.",
                ) from error
    if b"\0" in content:
        raise FileUnreadable(
            problem="This is no text file, or one whose letters are written in a way that it does"
            " not name.",
            remedy="Save it as “CSV UTF-8”, or as Excel workbook (.xlsx).",
        )
    try:
        return content.decode(), ()
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), (WINDOWS_NOTE,)
    except UnicodeDecodeError as error:
        raise FileUnreadable(
            problem="The letters of the file are written in a way that it does not name.",
            remedy="Save it as “CSV UTF-8”, or as Excel workbook (.xlsx).",
        ) from error


def _find_separator(text: str) -> tuple[str, str]:
    """Excel may say it in a first line, `sep=;`; else the head does."""
    first, _, rest = text.partition("\n")
    said = first.strip().strip('"')
    if said.lower().startswith("sep=") and said[4:5] in _SEPARATORS:
        # The line counts as a row, also where errors are told by the row.
        return f"\n{rest}", said[4]
    counts = {each: count_known(_read_head(text, each)) for each in _SEPARATORS}
    best = max(counts, key=lambda each: counts[each])
    return text, best


def _read_head(text: str, separator: str) -> tuple[str, ...]:
    try:
        for _, cells in _split(text[:_HEAD_LINE], separator):
            if any(cell.strip() for cell in cells):
                return cells
    except FileUnreadable:
        pass
    return ()


def _split(text: str, separator: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(_list_lines(text), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileUnreadable(
                problem=f"Row {number} can't be read: a quotation mark opens or closes where none"
                " should, or a cell has no end.",
                remedy="Correct the quotation marks in it, or save the table as .xlsx.",
            ) from error
        yield number, tuple(cells)


def _list_lines(text: str) -> Iterator[str]:
    """Lines with their ends, as `csv` wants them; Python's own splitting knows too many ends."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        if end < 0 or "\r" in text[start:end]:
            yield from text[start : None if end < 0 else end + 1].splitlines(keepends=True)
        else:
            yield text[start : end + 1]
        if end < 0:
            return
        start = end + 1


def explain_rows() -> FileUnreadable:
    """This will say that a table has too many rows."""
    return FileUnreadable(
        problem=f"The file has more than {ROWS_LIMIT:,} rows.",
        remedy="Split it, and import one part after the other.",
    )


def explain_columns() -> FileUnreadable:
    """This will say that a table has too many columns."""
    return FileUnreadable(
        problem=f"The table has more than {COLUMNS_LIMIT} columns.",
        remedy="Delete the columns that are not needed.",
    )
