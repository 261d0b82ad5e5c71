"""What a sync does about a quantity or a cost that the books say otherwise (SYNC-7, SYNC-8). Pure.

Problem. The books say 12 and 10 were expected; or they say −3; or the same quantity at another
cost. What is posted here, at what value, and what is there afterwards?

Observations.

* The difference happened in the books, so it is added to what is here, whatever was done here
  meanwhile: never "set to". Seen so, an edit there and a count here both survive (I11).
* What arrives has a cost, and only the item can say it. Where the item says none, it comes at what
  one costs here. What leaves, leaves at our own average.
* Here a shelf is never below zero. What the books lack becomes an open shortage, and whatever comes
  next fills it first.
* An item's purchase cost is no average: it is what the bookkeeper last wrote. If our cost
  followed it at every sync, the average would never be one. It follows when that figure
  *changes*, and only for what was never built here: what a build cost is known better here.

Decision. `decide_correction` says it for one product, out of figures that were read while its
balance was held. `foresee` works out what would be there afterwards, for reports and for
the guard against mass changes, and for saying before anything is posted that a number would be
too large.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from partsemble.accounting.types import InventoryMode
from partsemble.costing.amounts import ZERO, check_quantity, extend_value
from partsemble.costing.errors import QuantityTooLarge, UnitCostTooLarge, ValueTooLarge
from partsemble.costing.holding import Holding, arrive, revalue, take
from partsemble.costing.reference import choose_reference_cost
from partsemble.stock.types import Balance
from partsemble.sync.rules.expected import Effect, expect_in_books


def are_books_master(*, mode: InventoryMode, is_receiving: bool) -> bool:
    """This will tell whether quantities follow the books: Sync mode, Receiving off (CONN-8)."""
    return mode is InventoryMode.SYNC and not is_receiving


@dataclass(frozen=True, slots=True)
class Pair:
    """A product and its item, as both are now."""

    remote: Decimal
    """The item's quantity, as this run read it."""
    purchase_cost: Decimal | None
    followed_cost: Decimal | None
    """The purchase cost that our cost has followed; the present one if none was remembered."""
    typed_cost: Decimal | None
    balance: Balance
    effects: Sequence[Effect]
    was_built: bool

    @property
    def expected(self) -> Decimal:
        """The quantity that the books should show."""
        return expect_in_books(
            on_hand=self.balance.on_hand, shortage=self.balance.shortage, effects=self.effects
        )


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be done about a pair; nothing, if neither number says anything."""

    quantity: Decimal
    """Of the books, less what was expected there."""
    value: Decimal | None
    """Of what arrives, in the currency of the business; None if nothing does."""
    unit_cost: Decimal | None
    """At which what is there then is to be valued; None: as it is."""

    @property
    def is_nothing(self) -> bool:
        """Whether the pair is in step."""
        return not self.quantity and self.unit_cost is None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is there before and after a correction."""

    before: Holding
    after: Holding
    shortage: Decimal

    @property
    def value_change(self) -> Decimal:
        """By how much the stock's value changes, in either direction."""
        return abs(self.after.value - self.before.value)

    @property
    def empties(self) -> bool:
        """Whether something was there and nothing is afterwards."""
        return bool(self.before.quantity) and not self.after.quantity


def decide_correction(pair: Pair) -> Correction:
    """This will say what brings a product in step with its item.

    Raises:
        QuantityTooLarge, ValueTooLarge: if what arrives is more than the ledger can keep.
    """
    quantity = check_quantity(pair.remote - pair.expected)
    value = None
    if quantity > 0:
        value = extend_value(quantity=quantity, unit_cost=_choose_arrival_cost(pair))
    return Correction(quantity=quantity, value=value, unit_cost=_choose_new_cost(pair, quantity))


def foresee(*, pair: Pair, correction: Correction) -> Outlook:
    """This will work out what is there after a correction.

    Raises:
        QuantityTooLarge, UnitCostTooLarge, ValueTooLarge: if a number reaches its limit.
    """
    before = pair.balance.holding
    after, shortage = _move(before, pair.balance.shortage, correction)
    if correction.unit_cost is not None:
        after = revalue(holding=after, unit_cost=correction.unit_cost).after
    return Outlook(before=before, after=after, shortage=check_quantity(shortage))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be done about a pair that is not in step, and what comes of it."""

    correction: Correction
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A pair that can't be brought in step, because the ledger keeps no such number."""

    code: str
    """Of the refusal that says which."""


def judge(pair: Pair) -> Judgement | TooLarge | None:
    """This will say all there is to say about a pair; None, if it is in step."""
    try:
        correction = decide_correction(pair)
        if correction.is_nothing:
            return None
        return Judgement(correction, foresee(pair=pair, correction=correction))
    except (QuantityTooLarge, UnitCostTooLarge, ValueTooLarge) as error:
        return TooLarge(code=error.code)


def find_revaluation(*, there: Holding, unit_cost: Decimal) -> Decimal:
    """This will say by how much the value of what is there changes, signed; perhaps by nothing."""
    return revalue(holding=there, unit_cost=unit_cost).value


def _move(holding: Holding, shortage: Decimal, correction: Correction) -> tuple[Holding, Decimal]:
    if correction.quantity > 0:
        value = correction.value or ZERO
        holding = arrive(holding=holding, quantity=correction.quantity, value=value).after
        return _take(holding, min(shortage, holding.quantity)), max(
            shortage - correction.quantity, ZERO
        )
    wanted = -correction.quantity
    there = min(wanted, holding.quantity)
    return _take(holding, there), shortage + wanted - there


def _take(holding: Holding, quantity: Decimal) -> Holding:
    return take(holding=holding, quantity=quantity).after if quantity else holding


def _choose_arrival_cost(pair: Pair) -> Decimal:
    if pair.purchase_cost is not None and pair.purchase_cost > 0:
        return pair.purchase_cost
    if pair.balance.unit_cost is not None:
        return pair.balance.unit_cost
    return choose_reference_cost(
        last_unit_cost=pair.balance.last_unit_cost, purchase_cost=None, typed_cost=pair.typed_cost
    ).unit_cost


def _choose_new_cost(pair: Pair, quantity: Decimal) -> Decimal | None:
    """The item's purchase cost, if it changed, is one, and there is something that it values."""
    cost = pair.purchase_cost
    if pair.was_built or cost is None or cost <= 0 or cost == pair.followed_cost:
        return None
    there = pair.balance.net + quantity
    if there <= 0 or (not quantity and pair.balance.unit_cost == cost):
        return None
    return cost
