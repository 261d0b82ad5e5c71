"""Public values of tables and of what is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from partsemble.catalog.types import ProductTerms

FILE_BYTES: Final = 10 * 1024 * 1024
"""Of one file. Twenty thousand products with long descriptions stay well below."""
ROWS_LIMIT: Final = 20_000
"""Of one file: written in one transaction, for which others wait half a second on SQLite."""
COLUMNS_LIMIT: Final = 64
FILE_NAME_LENGTH: Final = 200


class Column(StrEnum):
    """What a column says of a product; the value is stable and stored."""

    SKU = "sku"
    NAME = "name"
    TYPE = "type"
    IS_STOCKED = "is_stocked"
    UNIT = "unit"
    DESCRIPTION = "description"
    UNIT_COST = "unit_cost"
    SELLING_PRICE = "selling_price"
    REORDER_POINT = "reorder_point"
    IS_ACTIVE = "is_active"


COLUMN_NAMES: Final[Mapping[Column, str]] = MappingProxyType(
    {
        Column.SKU: "SKU",
        Column.NAME: "Name",
        Column.TYPE: "Type",
        Column.IS_STOCKED: "Stocked",
        Column.UNIT: "Unit of measure",
        Column.DESCRIPTION: "Description",
        Column.UNIT_COST: "Unit cost",
        Column.SELLING_PRICE: "Selling price",
        Column.REORDER_POINT: "Reorder point",
        Column.IS_ACTIVE: "In use",
    }
)
"""What the columns are called in files that are taken along."""


class OddKind(StrEnum):
    """Why a cell of a workbook does not say what its person sees, or meant."""

    COMPUTED = "computed"
    BROKEN = "broken"
    """An error such as #N/A."""
    DATE = "date"
    DISGUISED = "disguised"
    """A number that is shown otherwise, such as 7 as 0007."""
    LONG = "long"
    """A number of more digits than a workbook keeps."""


@dataclass(frozen=True, slots=True)
class OddCell:
    """A cell that can't be taken as it is."""

    kind: OddKind
    shown: str = ""
    number: Decimal | None = None
    """What it is where numbers are asked for."""


type Cell = str | Decimal | bool | OddCell | None
"""What a cell says: text, an exact number, yes or no, nothing."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a file that is not empty."""

    number: int
    """As a spreadsheet counts: the head is mostly 1."""
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What was read from a file, before anybody asks what it means."""

    head: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[str, ...] = ()
    """Sentences about how it was read, where a person should know."""
    is_semicolon: bool = False
    """Its cells are parted by semicolons, as where a comma stands in numbers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a row, and what to do about it."""

    column: str
    """As the file is headed, or as we call it; empty: the row as a whole."""
    problem: str
    remedy: str


class FileState(StrEnum):
    """Where an import of a file is; the value is stable and stored."""

    READING = "reading"
    CHECKED = "checked"
    """Its preview is there; somebody decides."""
    APPLYING = "applying"
    APPLIED = "applied"
    OUTDATED = "outdated"
    """Products changed after the preview; nothing was applied."""
    REFUSED = "refused"
    """The file is no table of products."""
    FAILED = "failed"
    """A fault of ours; nothing was applied."""


class RowVerdict(StrEnum):
    """What becomes of a row; the value is stable and stored."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a product before and after."""

    column: Column
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as its people see it."""

    number: int
    verdict: RowVerdict
    sku: str
    name: str
    product_id: UUID | None
    terms: ProductTerms | None
    """What the product would be; None if the row has faults."""
    changes: tuple[FieldChange, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class RowList:
    """One page of the rows of a verdict."""

    rows: tuple[RowView, ...]
    count: int
    page: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class FileImportView:
    """An import of a file as its people see it."""

    id: UUID
    state: FileState
    file_name: str
    actor_label: str
    total: int
    """Rows of the file that are not empty, once it was read."""
    looked_at: int
    verdicts: Mapping[RowVerdict, int]
    read_as: tuple[tuple[str, Column], ...]
    """Heads of the file and what they were taken for."""
    left_aside: tuple[str, ...]
    """Columns that Partsemble knows and does not take from files."""
    unknown: tuple[str, ...]
    missing: tuple[Column, ...]
    notes: tuple[str, ...]
    problem: str
    """Why the file was refused."""
    remedy: str
    digest: str
    """Of what it would do; who confirms says which."""
    created_at: datetime
    finished_at: datetime | None
