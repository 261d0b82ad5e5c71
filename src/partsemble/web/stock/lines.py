"""Stock transactions in words and figures; pure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from partsemble.costing.amounts import derive_unit_cost
from partsemble.stock.queries.entries import MoveList
from partsemble.stock.types import Balance, EntryKind, EntryView, MoveView
from partsemble.words.figures import (
    show_change,
    show_money,
    show_money_change,
    show_quantity,
    show_value,
    show_value_change,
)
from partsemble.words.stock import COUNTERPART_WORDS, ENTRY_HINTS, ENTRY_WORDS, REASON_WORDS

KIND_CHOICES: Final = (
    ("", "All kinds"),
    *((each.value, ENTRY_WORDS[each]) for each in EntryKind),
)


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One line of a list of stock transactions."""

    entry_id: UUID
    number: str
    day: str
    kind: str
    hint: str
    product_id: UUID
    sku: str
    name: str
    unit: str
    quantity: str
    is_removal: bool
    value: str
    """To the cent; values are kept with six places."""
    exact_value: str
    unit_cost: str
    counterpart: str
    shortage: str
    """Said only where an open shortage changed."""
    on_hand: str
    value_after: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """What the page of one entry shows."""

    id: UUID
    number: str
    kind: str
    hint: str
    day: str
    reason: str
    notes: str
    recorded_by: str
    reverses: UUID | None
    reverses_number: str
    reversed_by: UUID | None
    reversed_by_number: str
    lines: tuple[MoveLine, ...]


@dataclass(frozen=True, slots=True)
class StockFigures:
    """What is there of a product, as tiles show it."""

    on_hand: str
    unit_cost: str
    value: str
    shortage: str
    """Empty while nothing is missing."""


def show_figures(balance: Balance) -> StockFigures:
    """This will put a balance into figures."""
    return StockFigures(
        on_hand=show_quantity(balance.on_hand),
        unit_cost=show_money(balance.unit_cost),
        value=show_value(balance.value),
        shortage=show_quantity(balance.shortage) if balance.shortage else "",
    )


def show_moves(found: MoveList) -> list[MoveLine]:
    """This will put a page of moves into words and figures."""
    return [show_move(each) for each in found.rows]


def show_move(move: MoveView) -> MoveLine:
    """This will put a move into words and figures."""
    return MoveLine(
        entry_id=move.entry_id,
        number=f"{move.at.number:,}",
        day=f"{move.occurred_on:%-d %b %Y}",
        kind=ENTRY_WORDS[move.kind],
        hint=ENTRY_HINTS[move.kind],
        product_id=move.product_id,
        sku=move.sku,
        name=move.product_name,
        unit=move.unit,
        quantity=show_change(move.quantity) if move.quantity else "–",
        is_removal=move.quantity < 0,
        value=show_value_change(move.value) if move.value else "–",
        exact_value=show_money_change(move.value) if move.value else "–",
        unit_cost=show_money(_find_unit_cost(move)),
        counterpart=COUNTERPART_WORDS[move.counterpart],
        shortage=_say_shortage(move),
        on_hand=show_quantity(move.on_hand_after),
        value_after=show_value(move.value_after),
    )


def show_entry(entry: EntryView) -> EntryPage:
    """This will put an entry into words and figures."""
    return EntryPage(
        id=entry.id,
        number=f"{entry.number:,}",
        kind=ENTRY_WORDS[entry.kind],
        hint=ENTRY_HINTS[entry.kind],
        day=f"{entry.occurred_on:%-d %B %Y}",
        reason=REASON_WORDS[entry.reason] if entry.reason else "",
        notes=entry.notes,
        recorded_by=entry.actor_label,
        reverses=entry.reverses,
        reverses_number=_say_number(entry.reverses_number),
        reversed_by=entry.reversed_by,
        reversed_by_number=_say_number(entry.reversed_by_number),
        lines=tuple(map(show_move, entry.moves)),
    )


def _find_unit_cost(move: MoveView) -> Decimal | None:
    return derive_unit_cost(quantity=move.quantity, value=move.value) if move.quantity else None


def _say_number(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _say_shortage(move: MoveView) -> str:
    if move.shortage > 0:
        return f"{show_quantity(move.shortage)} {move.unit} were not there"
    return (
        f"fills a shortage of {show_quantity(-move.shortage)} {move.unit}" if move.shortage else ""
    )
