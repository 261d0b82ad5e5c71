"""Files that a person takes along: CSV that a spreadsheet opens, and that does nothing there.

A cell that begins like a formula is run by spreadsheets, whoever wrote it: a SKU from the books
may be `=HYPERLINK(…)`. Text that begins so gets an apostrophe in front; numbers are ours and stay.

Source: OWASP, CSV Injection.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from django.http import StreamingHttpResponse

type Cell = str | Decimal | int | bool | None

_ACTIVE_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""


class _Echo:
    """What `csv` takes for a file, and hands each line back."""

    def write(self, line: str) -> str:
        """This will give the line back."""
        return line


def neutralise(text: str) -> str:
    """This will make text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_ACTIVE_SIGNS) else text


def write_cell(cell: Cell) -> str:
    """This will write a value as plain text: numbers as they are, nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Decimal):
        plain = format(cell, "f")
        return (plain.rstrip("0").rstrip(".") or "0") if "." in plain else plain
    return str(cell) if isinstance(cell, int) else neutralise(cell)


def download_csv(
    *, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """This will answer with a CSV file, written while its rows are read.

    Arguments:
        name: of the file, without its ending.
        head: what the columns are called.
        rows: read one by one; they may come from the database in parts.
    """
    response = StreamingHttpResponse(_write_lines(head, rows), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _write_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + str(writer.writerow(head))
    for row in rows:
        yield str(writer.writerow(map(write_cell, row)))
