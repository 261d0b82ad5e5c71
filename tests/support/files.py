"""Tables of products for tests: workbooks, CSV, and imports that were read without a worker."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

import xlsxwriter

from partsemble.catalog.queries import ProductFilter, ProductOrder, list_products
from partsemble.files.queries import get_file_import, list_file_rows
from partsemble.files.services.applying import apply_file_import
from partsemble.files.services.reading import read_file_import
from partsemble.files.services.starting import confirm_file_import, start_file_import
from partsemble.files.types import FileImportView, RowVerdict, RowView
from partsemble.kernel.actor import Actor

HEAD = ("SKU", "Name", "Type", "Unit cost")
TABLE = """SKU,Name,Type,Unit cost,Colour
lamp-1,Reed lamp,Finished Good,12.50,red
HEX-8,Hexagon bolt,Component,,zinc
WICK-2,Wick,raw material,0.1,
"""
"""A file with one product that may be here otherwise, one that is new, and one as it is."""


def make_workbook(
    rows: Iterable[Sequence[Any]],
    *,
    head: Sequence[str] = HEAD,
    sheets: Sequence[str] = ("Products",),
) -> bytes:
    """This will write a workbook whose sheets all hold the same; text stays text."""
    content = BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_numbers": False})
    lines = [head, *rows]
    for title in sheets:
        sheet = book.add_worksheet(title)
        for row, cells in enumerate(lines):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif callable(cell):
                    cell(book, sheet, row, column)
                else:
                    sheet.write(row, column, cell)
    book.close()
    return content.getvalue()


def repack(content: bytes, changes: Mapping[str, bytes | None], **more: bytes) -> bytes:
    """This will change parts of a workbook; None takes one out."""
    packed = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            kept = changes.get(part, old.read(part))
            if kept is not None:
                new.writestr(part, kept)
        for part, kept in changes.items():
            if part not in old.namelist() and kept is not None:
                new.writestr(part, kept)
        for part, kept in more.items():
            new.writestr(part, kept)
    return packed.getvalue()


def be_silent(progress: Mapping[str, Any]) -> None:
    """This will hear how far a job is, and say nothing."""


def bring(actor: Actor, content: bytes | str, *, name: str = "products.csv") -> FileImportView:
    """This will bring a file and read it, as a worker does."""
    encoded = content.encode() if isinstance(content, str) else content
    import_id = start_file_import(actor=actor, name=name, content=encoded)
    read_file_import(business_id=actor.business_id, import_id=import_id, report=be_silent)
    return get_file_import(actor=actor, import_id=import_id)


def apply(actor: Actor, import_id: UUID) -> FileImportView:
    """This will confirm what a preview shows, and carry it out."""
    shown = get_file_import(actor=actor, import_id=import_id)
    confirm_file_import(actor=actor, import_id=import_id, digest=shown.digest)
    apply_file_import(business_id=actor.business_id, import_id=import_id, report=be_silent)
    return get_file_import(actor=actor, import_id=import_id)


def list_rows(actor: Actor, import_id: UUID, verdict: RowVerdict) -> tuple[RowView, ...]:
    """This will list the first rows of a verdict."""
    return list_file_rows(actor=actor, import_id=import_id, verdict=verdict).rows


def count(found: FileImportView) -> tuple[int, ...]:
    """This will count the rows of a file by what becomes of them."""
    return tuple(found.verdicts[each] for each in RowVerdict)


def list_skus(actor: Actor) -> list[str]:
    """This will list the SKUs of all products, in use or not."""
    wanted = ProductFilter(is_active=None, order=ProductOrder.SKU)
    return [row.sku for row in list_products(actor=actor, wanted=wanted).rows]
