"""Opening a file: what it is, whatever its name says, and the table that is in it.

Problem. A file comes from anybody's spreadsheet, or from somebody who means harm: it may be huge
once unpacked, hold macros, or be no table at all.

Decision. The first bytes say what it is; its name only helps to explain. What it would unpack to
is read from its own list before anything is unpacked, and the standard library gives no more bytes
than that list promised. Whatever breaks a parser is one refusal: this file is damaged.
"""

import time
from collections.abc import Callable
from pathlib import PurePath
from typing import Final

from partsemble.files.csv_table import read_csv
from partsemble.files.errors import FileUnreadable
from partsemble.files.types import FILE_BYTES, Table
from partsemble.files.workbook import read_workbook

_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS: Final = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed archive",
    b"7z\xbc\xaf": "a compressed archive",
    b"{\\rtf": "a text document",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML document",
}


def open_table(
    *,
    content: bytes,
    name: str,
    read_clock: Callable[[], float] = time.monotonic,
    hear_rows: Callable[[int], None] = lambda _: None,
) -> Table:
    """This will read the table of a CSV file or a workbook.

    Arguments:
        content: the whole file.
        name: what it is called, for what is said about it.
        read_clock: seconds; a workbook that takes too long is refused.
        hear_rows: is told now and then how many rows of a workbook have been read.

    Raises:
        FileUnreadable: with what is wrong with it and what to do.
    """
    if not content.strip(b"\0\t\r\n "):
        raise FileUnreadable(problem="The file is empty.", remedy="Choose another one.")
    if len(content) > FILE_BYTES:
        raise explain_size(size=len(content))
    _refuse_others(content, name)
    is_workbook = content.startswith(_ZIP)
    table = (
        read_workbook(content=content, read_clock=read_clock, hear_rows=hear_rows)
        if is_workbook
        else read_csv(content=content)
    )
    if not table.rows:
        raise FileUnreadable(
            problem="The file has no rows below its head.", remedy="Choose another one."
        )
    return table


def _refuse_others(content: bytes, name: str) -> None:
    if content.startswith(_OLD_OFFICE):
        raise FileUnreadable(
            problem="This is a workbook of the old kind (.xls), or one with a password.",
            remedy="Open it and save it as Excel workbook (.xlsx), without a password.",
        )
    start = content.lstrip()[:16]
    for sign, what in _OTHERS.items():
        if start.upper().startswith(sign.upper()):
            raise FileUnreadable(
                problem=f"“{PurePath(name).name}” is {what}.",
                remedy="Save the table as CSV or as Excel workbook (.xlsx).",
            )


def explain_size(*, size: int) -> FileUnreadable:
    """This will say that a file is too large.

    Arguments:
        size: in bytes.
    """
    return FileUnreadable(
        problem=f"The file has {size / 1024 / 1024:,.1f} MB; {FILE_BYTES // 1024 // 1024} MB is"
        " the most.",
        remedy="Take out pictures and columns that are not needed, or split it.",
    )
