"""What a cell says; pure.

A cell is taken for what it plainly says, or refused with a sentence. A number is written with a
point, as 1250.5: whether 1,250 is a thousand or one and a quarter is nobody's guess but its
writer's.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from partsemble.catalog.types import ProductType
from partsemble.files.types import Cell, Column, OddCell, OddKind

_PLAIN: Final = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?|[+-]?\.[0-9]{1,40}")
_THOUSANDS: Final = re.compile(r"[+-]?[0-9]{1,3}\.[0-9]{3}")
_WITH_COMMA: Final = re.compile(r"[+-]?[0-9.\s\u00a0\u202f']*,[0-9]+")
_WITH_GAPS: Final = re.compile(r"[+-]?[0-9]{1,3}([,.'\s\u00a0\u202f][0-9]{3})+([.,][0-9]+)?")
_SHOWN: Final = 40
"""Characters of a cell that a sentence quotes."""

_YES: Final = frozenset({"yes", "y", "true", "1"})
_NO: Final = frozenset({"no", "n", "false", "0"})
_TYPE_NAMES: Final[Mapping[str, ProductType]] = {
    each.value.replace("_", ""): each for each in ProductType
}

_ODD: Final[Mapping[OddKind, tuple[str, str]]] = {
    OddKind.COMPUTED: (
        "This cell holds a formula.",
        "Copy the column and paste it back as values only.",
    ),
    OddKind.BROKEN: ("This cell holds the error {shown}.", "Correct it, or empty the cell."),
    OddKind.DATE: (
        "The spreadsheet has made a date of this: {shown}.",
        "Format the cell as text, then type it again.",
    ),
    OddKind.DISGUISED: (
        "This is a number that the spreadsheet shows in a format of its own ({shown}).",
        "Format the cell as text, then type it as it should be.",
    ),
    OddKind.LONG: (
        "Spreadsheets keep 15 digits of a number, and this has more.",
        "Format the cell as text, then type it again.",
    ),
}


type Plain = str | Decimal | bool
"""What a cell says that is plainly something."""


class CellRefused(Exception):
    """A cell does not say what its column holds."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def read_cell(*, column: Column, cell: Cell, is_semicolon: bool) -> object:
    """This will give what a cell says of a product; None where it says nothing.

    Arguments:
        is_semicolon: the file parts its cells by semicolons, so a point may part thousands.

    Raises:
        CellRefused: if it can't be taken for what the column holds.
    """
    if isinstance(cell, OddCell) and column in _NUMBERS and cell.number is not None:
        cell = cell.number
    if isinstance(cell, OddCell):
        problem, remedy = _ODD[cell.kind]
        raise CellRefused(problem.format(shown=cell.shown[:_SHOWN]), remedy)
    if isinstance(cell, str):
        cell = cell.strip()
        _refuse_controls(cell)
    if cell is None or cell == "":
        return None
    if column in _NUMBERS:
        return _read_number(cell, is_semicolon=is_semicolon)
    return _READERS.get(column, _read_text)(cell)


def _refuse_controls(text: str) -> None:
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t":
            raise CellRefused(
                f"There is a sign in it that can't be seen (U+{ord(sign):04X}).",
                "Type it anew instead of pasting it.",
            )


def _read_text(cell: Plain) -> str:
    if isinstance(cell, bool):
        raise CellRefused(
            "The spreadsheet has made a logical value of this.",
            "Format the cell as text, then type it again.",
        )
    return write_plain(cell) if isinstance(cell, Decimal) else cell


def _read_switch(cell: Plain) -> bool:
    if isinstance(cell, bool):
        return cell
    said = (write_plain(cell) if isinstance(cell, Decimal) else cell).casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise CellRefused(f"“{said[:_SHOWN]}” is neither yes nor no.", "Write yes or no.")


def _read_type(cell: Plain) -> ProductType:
    said = re.sub(r"[\W_]+", "", str(cell)).casefold()
    if said in _TYPE_NAMES:
        return _TYPE_NAMES[said]
    raise CellRefused(
        f"“{str(cell)[:_SHOWN]}” is no type of product.",
        "Write Raw Material, Component, Sub-Assembly or Finished Good.",
    )


def _read_number(cell: Plain, *, is_semicolon: bool) -> Decimal:
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, bool):
        raise CellRefused("This is a logical value, no number.", "Write a number.")
    if is_semicolon and _THOUSANDS.fullmatch(cell):
        raise CellRefused(
            f"{cell} can be read as {cell.replace('.', '')} or as {write_plain(Decimal(cell))}: "
            "the file parts its cells by semicolons, as where a point parts thousands.",
            f"Write {cell.replace('.', '')} or {cell}0.",
        )
    if _PLAIN.fullmatch(cell):
        return Decimal(cell)
    raise _explain_number(cell)


def _explain_number(cell: str) -> CellRefused:
    shown = cell[:_SHOWN]
    if _WITH_GAPS.fullmatch(cell) or _WITH_COMMA.fullmatch(cell):
        return CellRefused(
            f"{shown} can be read in more than one way.",
            "Write the number with a point and without signs between thousands, as 1250.5.",
        )
    if any(sign.isdigit() for sign in cell):
        return CellRefused(
            f"“{shown}” holds more than a number.",
            "Write the number alone, as 1250.5: no currency, unit or percent sign.",
        )
    return CellRefused(f"“{shown}” is no number.", "Write a number, as 1250.5.")


def write_plain(number: Decimal) -> str:
    """This will write a number with the digits it has, and no exponent."""
    plain = format(number, "f")
    return (plain.rstrip("0").rstrip(".") or "0") if "." in plain else plain


def write_value(value: object) -> object:
    """This will write what a cell says as what JSON can say."""
    return write_plain(value) if isinstance(value, Decimal) else value


def revive_value(*, column: Column, kept: object) -> object:
    """This will read the same back."""
    if kept is None:
        return None
    if column in _NUMBERS:
        return Decimal(str(kept))
    return ProductType(str(kept)) if column is Column.TYPE else kept


_NUMBERS: Final = frozenset({Column.UNIT_COST, Column.SELLING_PRICE, Column.REORDER_POINT})
_READERS: Final[Mapping[Column, Callable[[Plain], object]]] = {
    Column.TYPE: _read_type,
    Column.IS_STOCKED: _read_switch,
    Column.IS_ACTIVE: _read_switch,
}
