"""What happened to a product, in words and figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from uuid import UUID

from partsemble.catalog.types import LinkChangeView, ProductType
from partsemble.identity.types import ActivityView, FieldChange
from partsemble.stock.queries.story import StoryLine, ToldMove
from partsemble.stock.types import EntryKind
from partsemble.words.changes import ChangeInWords
from partsemble.words.figures import NONE, show_change, show_money, show_quantity, show_value_change
from partsemble.words.products import PRODUCT_FIELD_WORDS, PRODUCT_TYPE_WORDS
from partsemble.words.stock import ENTRY_WORDS, REASON_WORDS

VERB_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "created": "Written down",
        "edited": "Edited",
        "filed": "Written from a file",
        "followed": "Brought in step with the books",
        "activated": "In use again",
        "deactivated": "Taken out of use",
    }
)
_FIELD_WORDS: Final = MappingProxyType(
    {
        **PRODUCT_FIELD_WORDS,
        "is_active": "In use",
        "is_item_active": "Item active in the books",
    }
)
_MONEY: Final = frozenset({"unit_cost", "selling_price"})


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line of what happened to a product."""

    recorded_at: datetime
    who: str
    what: str
    changes: tuple[ChangeInWords, ...] = ()
    figures: str = ""
    remark: str = ""
    entry_id: UUID | None = None
    """The stock transaction that it leads to."""
    item_id: UUID | None = None
    """The accounting item that it leads to."""
    item_name: str = ""


def tell(line: StoryLine, *, items: Mapping[UUID, str], unit: str, currency: str) -> ToldLine:
    """This will put a line of a product's story into words.

    Arguments:
        items: names of the accounting items that it was linked to.
    """
    if isinstance(line, ToldMove):
        return _tell_move(line, unit, currency)
    if isinstance(line, LinkChangeView):
        return _tell_link(line, items)
    return _tell_deed(line)


def _tell_deed(line: ActivityView) -> ToldLine:
    return ToldLine(
        recorded_at=line.recorded_at,
        who=line.actor_label,
        what=VERB_WORDS.get(line.verb, line.verb.capitalize()),
        changes=tuple(map(_say_change, line.changes)),
    )


def _tell_link(line: LinkChangeView, items: Mapping[UUID, str]) -> ToldLine:
    item_id = line.to_item_id or line.from_item_id
    said = "Unlinked from" if line.to_item_id is None else "Linked to"
    remark = ""
    if line.to_item_id and line.from_item_id:
        remark = f"instead of {items.get(line.from_item_id, NONE)}"
    return ToldLine(
        recorded_at=line.recorded_at,
        who=line.actor_label,
        what=said,
        remark=remark,
        item_id=item_id,
        item_name=items.get(item_id, NONE) if item_id else NONE,
    )


def _tell_move(line: ToldMove, unit: str, currency: str) -> ToldLine:
    moved = f"{show_change(line.quantity)} {unit}" if line.quantity else ""
    worth = f"{show_value_change(line.value)} {currency}" if line.value else ""
    reason = REASON_WORDS[line.reason] if line.reason else ""
    if line.kind is EntryKind.REVERSAL and line.reverses_number is not None:
        reason = f"Takes back {line.reverses_number:,}"
    return ToldLine(
        recorded_at=line.recorded_at,
        who=line.actor_label,
        what=f"{ENTRY_WORDS[line.kind]} {line.at.number:,}",
        figures=", ".join(each for each in (moved, worth) if each),
        remark=". ".join(each for each in (reason, line.notes) if each),
        entry_id=line.entry_id,
    )


def _say_change(change: FieldChange) -> ChangeInWords:
    name = change.field
    return ChangeInWords(
        field=_FIELD_WORDS.get(name, name),
        before=_say_value(name, change.before),
        after=_say_value(name, change.after),
    )


def _say_value(name: str, kept: str) -> str:
    if not kept:
        return NONE
    if name == "type":
        return PRODUCT_TYPE_WORDS[ProductType(kept)]
    if name in _MONEY:
        return show_money(Decimal(kept))
    return show_quantity(Decimal(kept)) if name == "reorder_point" else kept
