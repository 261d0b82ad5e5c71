"""Files that a person takes along: CSV and workbooks, in which nothing is ever run.

In CSV, text that a spreadsheet would run gets an apostrophe in front (`kernel.harmless`); numbers
are ours and stay. In a workbook text is marked as text and stays as it is.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from decimal import Decimal
from typing import IO, Final

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse

from partsemble.kernel.harmless import neutralise

type Cell = str | Decimal | int | bool | None

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""

COLUMN_WIDTH: Final = 16
"""Characters; a narrower column would hide what most cells hold."""
WORKBOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Echo:
    """What `csv` takes for a file, and hands each line back."""

    def write(self, line: str) -> str:
        """This will give the line back."""
        return line


def write_cell(cell: Cell) -> str:
    """This will write a value as plain text: numbers as they are, nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Decimal):
        plain = format(cell, "f")
        return (plain.rstrip("0").rstrip(".") or "0") if "." in plain else plain
    return str(cell) if isinstance(cell, int) else neutralise(text=cell)


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


def download_workbook(
    *, name: str, sheet: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> FileResponse:
    """This will answer with an Excel workbook, written row by row into a file that is sent then.

    Arguments:
        name: of the file, without its ending.
        sheet: what its sheet is called.
        head: what the columns are called.
        rows: read one by one, and no two kept at a time.
    """
    with ExitStack() as unsent:
        content = unsent.enter_context(tempfile.TemporaryFile())
        _write_sheet(content, sheet=sheet, head=head, rows=rows)
        content.seek(0)
        unsent.pop_all()  # The response closes it when it is sent.
    return FileResponse(
        content, as_attachment=True, filename=f"{name}.xlsx", content_type=WORKBOOK_TYPE
    )


def _write_sheet(
    content: IO[bytes], *, sheet: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    # Closing it takes its own file away, also where the rows broke off.
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, title in enumerate(head):
            page.set_column(column, column, max(COLUMN_WIDTH, len(title) + 2))
            page.write_string(0, column, title, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, Decimal):
                    page.write_number(number, column, cell)
                elif cell is not None and cell != "":
                    page.write_string(
                        number, column, cell if isinstance(cell, str) else write_cell(cell)
                    )


def _write_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + str(writer.writerow(head))
    for row in rows:
        yield str(writer.writerow(map(write_cell, row)))
