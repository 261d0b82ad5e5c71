"""Files are read for what they plainly say, or refused with what to do."""

import random
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.files import HEAD, make_workbook, repack

from partsemble.files import opening, workbook
from partsemble.files.csv_table import WINDOWS_NOTE
from partsemble.files.errors import FileUnreadable
from partsemble.files.opening import open_table
from partsemble.files.types import COLUMNS_LIMIT, FILE_BYTES, OddCell, OddKind, Table
from partsemble.kernel.harmless import neutralise, revive

PLAIN = "SKU,Name\nA-1,Schräubchen\n"


def read(content: bytes | str, name: str = "products.csv") -> Table:
    return open_table(content=content.encode() if isinstance(content, str) else content, name=name)


def refuse(content: bytes | str, name: str = "products.csv") -> str:
    with pytest.raises(FileUnreadable) as refusal:
        read(content, name)
    facts = refusal.value.facts
    assert str(facts["remedy"]).endswith(".")
    return str(facts["problem"])


def read_cells(content: bytes | str) -> list[tuple[Any, ...]]:
    return [row.cells for row in read(content).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_is_read_in_every_unicode(encoding: str) -> None:
    table = read(PLAIN.encode(encoding))
    assert table.rows[0].cells == ("A-1", "Schräubchen")
    assert table.notes == ()


@pytest.mark.parametrize(
    ("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]
)
def test_both_ways_round(mark: bytes, encoding: str) -> None:
    assert read(mark + PLAIN.encode(encoding)).rows[0].cells[1] == "Schräubchen"


def test_windows_letters_are_read_and_said_so() -> None:
    table = read(PLAIN.encode("cp1252"))
    assert table.rows[0].cells[1] == "Schräubchen"
    assert table.notes == (WINDOWS_NOTE,)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n \r\n", "empty"),
        (PLAIN.encode("utf-16-le"), "does not name"),
        (b"\xff\xfe" + b"a\x00b", "does not go on"),
        (b"SKU,Name\n\x81\x8d,x\n", "does not name"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"<!doctype html><table>", "a web page"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old kind"),
        (b"PK\x03\x04 and no folder", "damaged"),
        ('SKU,Name\nA,"open\n', "Row 2"),
        ('SKU,Name\nA,b"c"d\nB,"x"y\n', "Row 3"),
        ("SKU,Name\n", "no rows below its head"),
        ("SKU," + "x," * COLUMNS_LIMIT + "\nA\n", "columns"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes | str, words: str) -> None:
    assert words in refuse(content)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_what_parts_the_cells_is_found_by_the_head(separator: str) -> None:
    text = f'SKU{separator}Name\nA-1{separator}"one{separator}two"\n'
    table = read(text)
    assert table.rows[0].cells == ("A-1", f"one{separator}two")
    assert table.is_semicolon == (separator == ";")


def test_excel_may_say_what_parts_the_cells() -> None:
    table = read("sep=;\r\nSKU;Name\r\nA-1;x\r\n")
    assert table.head == ("SKU", "Name")
    assert table.rows[0].number == 3


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    table = read('SKU,Name\r\nA,"two\r\nlines"\r\n\r\n,\r\nB,x')
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ("A", "two\r\nlines")),
        (5, ("B", "x")),
    ]


def test_old_line_ends_are_line_ends() -> None:
    assert read_cells("SKU,Name\rA,x\rB,y") == [("A", "x"), ("B", "y")]


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "10 MB is the most" in refuse(b"x" * (FILE_BYTES + 1))
    many = "SKU\n" + "A\n" * 20_001
    assert "more than 20,000 rows" in refuse(many)


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n aB1"), max_size=8))
def test_what_is_made_harmless_comes_back_as_it_was(text: str) -> None:
    harmless = neutralise(text=text)
    assert revive(text=harmless) == text
    assert not re.match(r" *[=+\-@\t\r\n]", harmless)


# ── Workbooks ───────────────────────────────────────────────────────────────────────────────


def test_a_workbook_is_read_like_a_table() -> None:
    table = read(make_workbook([("A-1", "Lamp", "Component", 1.1), ("A-2", "Reed", None, 7)]))
    assert table.head == HEAD
    assert [(row.number, row.cells[:4]) for row in table.rows] == [
        (2, ("A-1", "Lamp", "Component", Decimal("1.1"))),
        (3, ("A-2", "Reed", None, Decimal(7))),
    ]


@given(
    st.decimals(min_value=0, max_value=999_999_999, places=6, allow_nan=False, allow_infinity=False)
)
def test_a_number_is_its_fifteen_digits(number: Decimal) -> None:
    # Excel writes the binary fraction out with 17 digits.
    for written in (float(number), float(f"{float(number):.17g}")):
        assert workbook._take_number(written, "General") == number


def test_sums_of_a_spreadsheet_are_what_it_shows() -> None:
    assert workbook._take_number(0.1 + 0.2, "General") == Decimal("0.3")
    assert workbook._take_number(1e15, "0.00") == OddCell(
        OddKind.DISGUISED, "0.00", Decimal("1E+15")
    )


def write_with(form: str, value: object) -> Callable[[Any, Any, int, int], None]:
    def write(book: Any, sheet: Any, row: int, column: int) -> None:
        sheet.write(row, column, value, book.add_format({"num_format": form}))

    return write


def test_odd_cells_are_named_for_what_they_are() -> None:
    def compute(_: Any, sheet: Any, row: int, column: int) -> None:
        sheet.write_formula(row, column, "=1+1", value=2)

    def share(_: Any, sheet: Any, row: int, column: int) -> None:
        sheet.write_array_formula(row, column, row, column, "{=SUM(A1:A2)}", value=0)

    content = make_workbook(
        [
            (
                compute,
                share,
                write_with("yyyy-mm-dd", date(2026, 3, 1)),
                write_with("00000", 7),
                write_with("0%", 0.5),
                write_with("0.00", 12.5),
                True,
                12345678901234567,
            )
        ],
        head=("SKU", *"bcdefgh"),
    )
    cells = read_cells(content)[0]
    assert [each.kind for each in cells[:5]] == [
        OddKind.COMPUTED,
        OddKind.COMPUTED,
        OddKind.DATE,
        OddKind.DISGUISED,
        OddKind.DISGUISED,
    ]
    assert (cells[3].number, cells[4].number) == (Decimal(7), None)
    assert cells[5] == OddCell(OddKind.DISGUISED, "0.00", Decimal("12.5"))
    assert cells[6] is True
    # XlsxWriter keeps 16 digits; what comes back is no whole number of 15.
    assert cells[7] in (OddCell(OddKind.LONG), Decimal("1.23456789012346E+16"))


def test_errors_and_long_numbers_of_a_sheet() -> None:
    content = make_workbook([("A", "Lamp", "x", 1)])
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>SKU</t></is></c></row>'
        b'<row r="9"><c r="A9" t="e"><v>#N/A</v></c></row>'
        b'<row r="12"><c r="A12"><v>1234567890123456</v></c></row>'
        b"</sheetData></worksheet>"
    )
    table = read(repack(content, {"xl/worksheets/sheet1.xml": sheet}))
    assert [(row.number, row.cells[0]) for row in table.rows] == [
        (9, OddCell(OddKind.BROKEN, "#N/A")),
        (12, OddCell(OddKind.LONG)),
    ]


def test_signs_that_xml_cannot_hold_come_back() -> None:
    content = make_workbook([("bell\x07", "one\r\ntwo", "x", 1)])
    assert read_cells(content)[0][:2] == ("bell\x07", "one\ntwo")


def test_the_sheet_with_the_products_is_chosen() -> None:
    rows = [("A", "Lamp", "Component", 1)]
    assert read(make_workbook(rows, sheets=["Parts"])).notes == ()
    assert read(make_workbook(rows, sheets=["Notes", "products"])).notes == (
        "Only the sheet “products” was read.",
    )
    assert "2 sheets: “One”, “Two”" in refuse(make_workbook(rows, sheets=["One", "Two"]))


GOOD = make_workbook([("A", "Lamp", "Component", 1)])
TYPES = "[Content_Types].xml"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD[:-200], "damaged"),
        (GOOD[:300] + b"\0" * 300 + GOOD[600:], "damaged"),
        (repack(GOOD, {"xl/worksheets/sheet1.xml": b"<worksheet"}), "damaged"),
        (repack(GOOD, {"xl/workbook.xml": None}), "damaged"),
        (repack(GOOD, {TYPES: None}), "no Excel workbook"),
        (repack(GOOD, {"xl/vbaProject.bin": b"x"}), "macros"),
        (repack(GOOD, {"xl/workbook.bin": b"x"}), "binary workbook"),
        (repack(GOOD, {TYPES: b"<Types/>", "content.xml": b"<x/>"}), "OpenDocument"),
        (repack(GOOD, {f"xl/media/{n}.png": b"x" for n in range(600)}), "Unpacked"),
        (repack(GOOD, {"xl/worksheets/sheet2.xml": b"0" * (100 * 1024 * 1024)}), "Unpacked"),
        (
            repack(
                GOOD,
                {
                    "xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b'
                    b' "&a;&a;&a;">]><worksheet>&b;</worksheet>'
                },
            ),
            "damaged",
        ),
    ],
    ids=range(11),
)
def test_dangerous_and_broken_workbooks_are_refused(content: bytes, words: str) -> None:
    assert words in refuse(content, "products.xlsx")


def pack_as(method: int) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD)) as old, zipfile.ZipFile(packed, "w", method) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part))
    return packed.getvalue()


def claim_compression(content: bytes, method: int) -> bytes:
    """Let every part say that it is packed in another way than it is."""
    claimed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = claimed.find(mark)
        while at >= 0:
            claimed[at + offset : at + offset + 2] = method.to_bytes(2, "little")
            at = claimed.find(mark, at + 4)
    return bytes(claimed)


STRINGS = "xl/sharedStrings.xml"
SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def make_sheet(rows: bytes) -> bytes:
    return (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + rows + b"</sheetData></worksheet>"
    )


@pytest.mark.parametrize(
    "content",
    [
        claim_compression(GOOD, zipfile.ZIP_BZIP2),
        claim_compression(GOOD, zipfile.ZIP_LZMA),
        claim_compression(GOOD, 99),
        repack(GOOD, {STRINGS: b"<sst>"}),
        repack(GOOD, {STRINGS: b"<sst></sst>"}),
        repack(GOOD, {SHEET: b"\x00\x01\x02 no XML at all"}),
        repack(GOOD, {SHEET: make_sheet(b'<row r="x"/>')}),
        repack(GOOD, {SHEET: make_sheet(b'<row r="1"><c r="A1" s="99"><v>1</v></c></row>')}),
        repack(GOOD, {SHEET: make_sheet(b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>')}),
        repack(GOOD, {SHEET: None}),
        repack(GOOD, {STYLES: b"<styleSheet"}),
        repack(GOOD, {"xl/workbook.xml": b"<workbook><sheets><sheet/></sheets></workbook>"}),
        repack(GOOD, {RELATIONS: b"<Relationships><Relationship/></Relationships>"}),
        b"PK\x03\x04" + bytes(range(256)) * 40,
        zlib.compress(b"a picture, say") * 100,
    ],
    ids=range(15),
)
def test_what_breaks_a_library_is_a_damaged_file(content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        workbook.read_workbook(content=content, read_clock=lambda: 0.0, hear_rows=lambda _: None)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_however_a_workbook_is_packed_it_is_read(method: int) -> None:
    assert read_cells(pack_as(method)) == read_cells(GOOD)


def test_wherever_a_workbook_is_damaged_it_is_read_or_refused() -> None:
    chance = random.Random(5)  # noqa: S311 no secret
    for _ in range(150):
        content = bytearray(GOOD)
        if chance.random() < 0.3:
            del content[chance.randrange(len(content)) :]
        for _ in range(chance.choice((1, 3, 30))):
            if content:
                content[chance.randrange(len(content))] = chance.randrange(256)
        with suppress(FileUnreadable):
            assert read(bytes(content), "products.xlsx").rows


@pytest.mark.parametrize("place", ["_take", "_name_head", "_refuse_kinds", "TableRow"])
def test_a_bug_of_ours_is_no_damaged_file(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def break_down(*words: object, **more: object) -> None:
        raise AttributeError("a bug of ours")

    monkeypatch.setattr(workbook, place, break_down)
    with pytest.raises(AttributeError, match="a bug of ours"):
        read(GOOD)


def test_it_is_said_how_many_rows_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "TOLD_ROWS", 3)
    heard: list[int] = []
    content = make_workbook([(f"A-{n}", "Lamp", "Component", 1) for n in range(8)])
    open_table(content=content, name="x.xlsx", hear_rows=heard.append)
    assert heard == [3, 6]


def test_locked_parts_are_refused() -> None:
    locked = bytearray(GOOD)
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert "password" in refuse(bytes(locked))


def test_a_workbook_that_takes_too_long_is_left() -> None:
    seconds = iter(range(0, 10_000, 100))
    with pytest.raises(FileUnreadable) as refusal:
        opening.open_table(content=GOOD, name="x.xlsx", read_clock=lambda: float(next(seconds)))
    assert "takes too long" in str(refusal.value.facts["problem"])


def test_a_wide_sheet_is_refused() -> None:
    wide = make_workbook([["A"] * (COLUMNS_LIMIT + 1)], head=["SKU"])
    assert "columns" in refuse(wide)
