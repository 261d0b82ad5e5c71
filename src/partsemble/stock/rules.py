"""What an entry comes to, move by move: decided here, and only written down elsewhere. Pure.

A move leads from the balance before it to the one after it, in quantity, value and shortage, so
that adding moves up gives the balance (I1). Values come from the costing core. Three things can
happen around an entry that was asked for, each as an entry of its own, so that entry and reversal
stay each other's exact mirror (I2):

* What arrives while a shortage is open fills it first, at the cost of what is there then. That is
  an entry *fill* behind the arrival; it takes quantity and lowers the shortage by the same.
* A reversal of an arrival takes away what the arrival brought. If some of it was used at another
  cost meanwhile, the value that is left does not fit; an entry *variance* before the reversal
  makes it fit, so that nothing has a value and no value is less than zero (I5).
* Goods that are gone can't be taken back: then the reversal is refused.

A reversal first gives back and then takes, whatever the order of the entry was: so what is there
in between is never less than before or after.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from partsemble.costing.amounts import (
    ZERO,
    check_quantity,
    check_unit_cost,
    check_value,
    extend_value,
)
from partsemble.costing.holding import Holding, arrive, take
from partsemble.costing.reference import remember_unit_cost
from partsemble.kernel.errors import InvalidInput
from partsemble.kernel.ids import ProductId
from partsemble.kernel.numbers import PLACES, Rounding, round_to_places
from partsemble.stock.errors import NotEnoughStock
from partsemble.stock.types import (
    LINES_LIMIT,
    NOTHING_THERE,
    Adjustment,
    AdjustmentReason,
    Balance,
    Counterpart,
    EntryKind,
    Line,
)

REVERSIBLE_KINDS: Final = frozenset({EntryKind.OPENING, EntryKind.ADJUSTMENT})
"""What a person may take back. What a sync corrected, the next one would correct again; and a
reversal is taken back by doing once more what it undid."""

ADJUSTMENT_COUNTERPARTS: Final = MappingProxyType(
    {
        AdjustmentReason.RECEIVED: Counterpart.SUPPLIER,
        AdjustmentReason.COUNT: Counterpart.ADJUSTMENT,
        AdjustmentReason.LOSS: Counterpart.ADJUSTMENT,
        AdjustmentReason.OTHER: Counterpart.ADJUSTMENT,
    }
)


@dataclass(frozen=True, slots=True)
class Move:
    """One move as it is to be written."""

    product_id: ProductId
    counterpart: Counterpart
    quantity: Decimal
    value: Decimal
    shortage: Decimal
    after: Balance


@dataclass(frozen=True, slots=True)
class OpenShortage:
    """What is missing of a product, and on whose behalf."""

    counterpart: Counterpart
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Settled:
    """The moves of one entry that is to be written."""

    kind: EntryKind
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What an entry finds, and brings up to date: balances, and what is missing."""

    balances: dict[ProductId, Balance]
    """A product that is not in it has nothing."""
    shortages: dict[ProductId, list[OpenShortage]]
    """Of products whose balance has a shortage, oldest first."""
    skus: Mapping[ProductId, str]
    """For refusals."""

    def look(self, product_id: ProductId) -> Balance:
        """This will say what is there of a product."""
        return self.balances.get(product_id, NOTHING_THERE)

    def move(self, line: "Line | Move", *, quantity: Decimal, value: Decimal) -> Move:
        """This will move quantity and value, and a shortage by what the line wanted besides."""
        before = self.look(line.product_id)
        shortage = line.shortage if isinstance(line, Move) else quantity - line.quantity
        holding = Holding(quantity=before.on_hand + quantity, value=before.value + value)
        after = Balance(
            on_hand=holding.quantity,
            value=holding.value,
            shortage=check_quantity(before.shortage + shortage),
            last_unit_cost=remember_unit_cost(
                last_unit_cost=before.last_unit_cost, holding=holding
            ),
        )
        self.balances[line.product_id] = after
        if shortage > 0:
            missing = OpenShortage(line.counterpart, shortage)
            self.shortages.setdefault(line.product_id, []).append(missing)
        return Move(
            product_id=line.product_id,
            counterpart=line.counterpart,
            quantity=quantity,
            value=value,
            shortage=shortage,
            after=after,
        )


def settle_lines(*, kind: EntryKind, lines: Sequence[Line], shelf: Shelf) -> tuple[Settled, ...]:
    """This will decide the moves of an entry, and of the one that fills shortages behind it.

    Arguments:
        kind: of the entry.
        lines: in their order; a product may occur more than once.
        shelf: as it is before; it is brought to what is there afterwards.

    Raises:
        NotEnoughStock: if a line takes what is not there and may not fall short.
        QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: if a number reaches its limit.
    """
    settled = Settled(kind=kind, moves=tuple(_settle_line(line, shelf) for line in lines))
    return (settled, *_fill_shortages(settled, shelf))


def settle_reversal(*, moves: Sequence[Move], shelf: Shelf) -> tuple[Settled, ...]:
    """This will decide the exact mirror of an entry, and what has to go before and behind it.

    Arguments:
        moves: of the entry that is taken back.
        shelf: as it is before; it is brought to what is there afterwards.

    Raises:
        NotEnoughStock: if what the entry brought is not there any more.
    """
    taken = sorted(moves, key=lambda each: (each.quantity > 0, each.value > 0))
    variances = []
    for product_id in dict.fromkeys(each.product_id for each in moves):
        mine = [each for each in taken if each.product_id == product_id]
        _demand_there(product_id, sum((max(each.quantity, ZERO) for each in mine), ZERO), shelf)
        if variance := _find_variance(mine, shelf.look(product_id)):
            line = Line(product_id, Counterpart.ADJUSTMENT, ZERO, variance)
            variances.append(shelf.move(line, quantity=ZERO, value=variance))
    mirrored = tuple(
        shelf.move(
            replace(each, shortage=-each.shortage), quantity=-each.quantity, value=-each.value
        )
        for each in taken
    )
    reversal = Settled(kind=EntryKind.REVERSAL, moves=mirrored)
    before = (Settled(kind=EntryKind.VARIANCE, moves=tuple(variances)),) if variances else ()
    return (*before, reversal, *_fill_shortages(reversal, shelf))


def check_lines(lines: Sequence[Line]) -> None:
    """This will let lines pass that say what moves, and how.

    Raises:
        InvalidInput: if there are none or too many, or one of them moves nothing.
        QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: if a number reaches its limit.
    """
    if not 1 <= len(lines) <= LINES_LIMIT:
        raise InvalidInput(
            field="lines",
            problem=f"A stock entry has 1 to {LINES_LIMIT:,} lines, not {len(lines):,}.",
            remedy="Post what is more as further entries.",
        )
    for line in lines:
        _check_line(line)


def draft_line(adjustment: Adjustment) -> Line:
    """This will draft the line that an adjustment comes to.

    Raises:
        InvalidInput, QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: as `settle_adjustment`.
    """
    quantity, unit_cost = settle_adjustment(
        reason=adjustment.reason,
        is_addition=adjustment.is_addition,
        quantity=adjustment.quantity,
        unit_cost=adjustment.unit_cost,
    )
    value = None if unit_cost is None else extend_value(quantity=quantity, unit_cost=unit_cost)
    counterpart = ADJUSTMENT_COUNTERPARTS[adjustment.reason]
    return Line(adjustment.product_id, counterpart, quantity, value)


def settle_adjustment(
    *,
    reason: AdjustmentReason,
    is_addition: bool,
    quantity: Decimal,
    unit_cost: Decimal | None,
) -> tuple[Decimal, Decimal | None]:
    """This will check what a person wants to add or remove, and give it signed (STOCK-3).

    Arguments:
        quantity: how much, more than zero, at most six places.
        unit_cost: of what is added, zero or more; None for what is removed.

    Raises:
        InvalidInput: for a number or reason that does not go with it.
        QuantityTooLarge, UnitCostTooLarge: if a number reaches its limit.
    """
    check_quantity(quantity)
    _demand_places("quantity", quantity)
    if quantity <= 0:
        raise _refuse("quantity", "The quantity has to be more than zero.", _HOW_TO_TURN)
    if _DIRECTIONS.get(reason, is_addition) is not is_addition:
        raise _refuse("reason", "That reason does not go with it.", _WHICH_REASONS)
    return (quantity, _settle_cost(unit_cost)) if is_addition else (-quantity, None)


def _settle_cost(unit_cost: Decimal | None) -> Decimal:
    if unit_cost is None:
        raise _refuse("unit_cost", "The unit cost is missing.", "Say it; 0 if it came for free.")
    check_unit_cost(unit_cost)
    _demand_places("unit_cost", unit_cost)
    if unit_cost < 0:
        raise _refuse("unit_cost", "Nothing costs less than nothing.", "0 or more is a cost.")
    return unit_cost


_DIRECTIONS: Final = MappingProxyType(
    {AdjustmentReason.RECEIVED: True, AdjustmentReason.LOSS: False}
)
"""Reasons that only add, or only remove."""
_HOW_TO_TURN: Final = "Choose Add or Remove for the direction."
_WHICH_REASONS: Final = "Received stock adds, breakage and loss remove; the others do either."


def _refuse(field: str, problem: str, remedy: str) -> InvalidInput:
    return InvalidInput(field=field, problem=problem, remedy=remedy)


def _round(number: Decimal) -> Decimal:
    return round_to_places(number=number, rounding=Rounding.HALF_EVEN)


def _demand_places(field: str, number: Decimal) -> None:
    if number and (number.adjusted() < -PLACES or _round(number) != number):
        problem = f"A number has at most {PLACES} decimal places."
        raise _refuse(field, problem, "Round it to what you can measure.")


def _check_line(line: Line) -> None:
    check_quantity(line.quantity)
    if line.value is not None:
        check_value(line.value)
    if line.quantity > 0:
        assert line.value is not None and line.value >= 0, "what arrives brings a value"  # noqa: S101 PT018 a programmer's mistake
    elif line.quantity < 0:
        assert line.value is None, "what is taken is valued here"  # noqa: S101 likewise
    else:
        assert line.value, "a line that moves nothing"  # noqa: S101 likewise


def _settle_line(line: Line, shelf: Shelf) -> Move:
    holding = shelf.look(line.product_id).holding
    if line.quantity > 0:
        moved = arrive(holding=holding, quantity=line.quantity, value=line.value or ZERO)
        return shelf.move(line, quantity=moved.quantity, value=moved.value)
    if not line.quantity:
        return shelf.move(line, quantity=ZERO, value=line.value or ZERO)
    wanted = -line.quantity
    if not line.may_fall_short:
        _demand_there(line.product_id, wanted, shelf)
    there = min(wanted, holding.quantity)
    if not there:
        return shelf.move(line, quantity=ZERO, value=ZERO)
    moved = take(holding=holding, quantity=there)
    return shelf.move(line, quantity=moved.quantity, value=moved.value)


def _fill_shortages(settled: Settled, shelf: Shelf) -> Iterator[Settled]:
    arrived = dict.fromkeys(each.product_id for each in settled.moves if each.quantity > 0)
    fills = tuple(fill for product_id in arrived for fill in _fill(product_id, shelf))
    if fills:
        yield Settled(kind=EntryKind.FILL, moves=fills)


def _fill(product_id: ProductId, shelf: Shelf) -> Iterator[Move]:
    missing = shelf.shortages.get(product_id, [])
    while missing and (there := shelf.look(product_id)).on_hand:
        first = missing.pop(0)
        quantity = min(first.quantity, there.on_hand)
        if quantity < first.quantity:
            missing.insert(0, replace(first, quantity=first.quantity - quantity))
        moved = take(holding=there.holding, quantity=quantity)
        # It wants nothing more than what was wanted before.
        line = Line(product_id, first.counterpart, ZERO)
        yield shelf.move(line, quantity=moved.quantity, value=moved.value)


def _find_variance(moves: Sequence[Move], there: Balance) -> Decimal:
    """What the value has to change by before these moves of one product can be mirrored."""
    quantity = there.on_hand - sum((each.quantity for each in moves), ZERO)
    value = there.value - sum((each.value for each in moves), ZERO)
    return -value if value < 0 or not quantity else ZERO


def _demand_there(product_id: ProductId, wanted: Decimal, shelf: Shelf) -> None:
    on_hand = shelf.look(product_id).on_hand
    if wanted > on_hand:
        raise NotEnoughStock(sku=shelf.skus[product_id], on_hand=on_hand, wanted=wanted)
