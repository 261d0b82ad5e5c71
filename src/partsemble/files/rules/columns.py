"""Which column of a table says what; pure.

Heads are matched whatever their case, spaces and signs, and by a few other names that people give
them. What was taken for what is shown; what was not understood is named and left alone, never
guessed at.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from partsemble.files.errors import FileUnreadable
from partsemble.files.types import COLUMN_NAMES, Column

OTHER_NAMES: Final[Mapping[str, Column]] = {
    "productsku": Column.SKU,
    "skunumber": Column.SKU,
    "product": Column.NAME,
    "productname": Column.NAME,
    "producttype": Column.TYPE,
    "isstocked": Column.IS_STOCKED,
    "unit": Column.UNIT,
    "uom": Column.UNIT,
    "cost": Column.UNIT_COST,
    "price": Column.SELLING_PRICE,
    "salesprice": Column.SELLING_PRICE,
    "reorderlevel": Column.REORDER_POINT,
    "active": Column.IS_ACTIVE,
    "isactive": Column.IS_ACTIVE,
}
LEFT_ASIDE: Final = frozenset({"onhand", "quantityonhand", "qtyonhand", "quantity", "linked"})
"""What a file that was taken along says besides; it does not come in."""

_SIGNS: Final = re.compile(r"[\W_]+")
_CURRENCY: Final = re.compile(r"[,(\[]\s*[A-Z]{3}\s*[)\]]?\s*$")


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """Where each column stands, and what else there is."""

    places: Mapping[Column, int]
    heads: Mapping[Column, str]
    left_aside: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[Column, ...]


def fold_head(head: str) -> str:
    """This will give the form in which two heads are compared: "Unit cost, USD" is unitcost."""
    return _SIGNS.sub("", _CURRENCY.sub("", head.strip())).casefold()


_KNOWN: Final[Mapping[str, Column]] = {
    **{fold_head(name): column for column, name in COLUMN_NAMES.items()},
    **OTHER_NAMES,
}


def count_known(heads: Sequence[str]) -> int:
    """This will count the heads that mean something here."""
    return sum(fold_head(each) in _KNOWN or fold_head(each) in LEFT_ASIDE for each in heads)


def match_columns(heads: Sequence[str]) -> ColumnMatch:
    """This will say which column stands where.

    Raises:
        FileUnreadable: if no column holds the SKU, or two hold the same.
    """
    places: dict[Column, int] = {}
    left_aside: list[str] = []
    unknown: list[str] = []
    for place, head in enumerate(heads):
        column = _KNOWN.get(fold_head(head))
        if column is None:
            named = head.strip()
            if named:
                (left_aside if fold_head(named) in LEFT_ASIDE else unknown).append(named)
        elif column in places:
            raise _explain_double(heads, places[column], place)
        else:
            places[column] = place
    if Column.SKU not in places:
        raise _explain_without_sku(heads)
    return ColumnMatch(
        places=places,
        heads={column: heads[place].strip() for column, place in places.items()},
        left_aside=tuple(left_aside),
        unknown=tuple(unknown),
        missing=tuple(each for each in Column if each not in places),
    )


def _explain_double(heads: Sequence[str], first: int, second: int) -> FileUnreadable:
    name = COLUMN_NAMES[_KNOWN[fold_head(heads[first])]]
    return FileUnreadable(
        problem=f"Two columns hold the same: “{heads[first].strip()}” and “{heads[second].strip()}”"
        f" both mean {name}.",
        remedy="Delete or rename one of them.",
    )


def _explain_without_sku(heads: Sequence[str]) -> FileUnreadable:
    named = ", ".join(f"“{each.strip()[:40]}”" for each in heads[:12] if each.strip())
    return FileUnreadable(
        problem=f"There is no column SKU. The first row holds: {named or 'nothing'}.",
        remedy="Head the columns in the first row: SKU, Name, Type and so on.",
    )
