"""What is held of one thing, and what it is worth: the moving average (COST-1, COST-3).

Problem. A workshop buys 100 at 5.00 and 50 at 6.00, and uses 70. What did the 70 cost, what is
the rest worth, and is it still so after ten thousand such events, to the last digit, on the day
when the shelf is empty?

Observations.

* An average cannot be written down: 800.00 for 150 is 5.333333…. Whoever keeps the average and
  multiplies it again has 799.99995, and the books never agree any more. The value can be written
  down. So a holding is a quantity and a value; the unit cost is derived when somebody looks.
* What leaves is a share of the value, rounded once. What stays is the value less that share, and
  not a second rounding. So nothing is lost or made: what came in is what left and what is there.
* The last unit takes the rest, whatever the average was: an empty shelf is worth exactly zero
  (I5). A share is never more than the whole, since the whole has six places itself, so no value
  becomes negative on the way.
* Every event is one *movement*: a signed quantity, a signed value, and the holding afterwards. It
  is all that a ledger needs to write, and holding before + movement = holding after is all that
  an auditor needs to add up. A change of cost is a movement too, with quantity zero.
* To undo an arrival is to take it out at what it came in for, not at today's average: then the
  average is again what it would have been. That is possible as long as the value lasts; if it
  was used up in between, the holding gives what it has, and the difference is a *variance*, which
  the caller sees by comparing what he asked for with the movement.

Decision. Frozen values and four functions: `arrive`, `take`, `take_worth`, `revalue`. They never
refuse because too little is there: who asks has to look first, and knows the product's name, so
asking for too much is a programmer's mistake (`ValueError`). Numbers beyond the limits are
refusals, because anybody can type them.

Left out. Negative holdings: a holding below zero has no average worth the name. What was not
there is an open shortage (`shortages`). Repairing the average of minute rests: when a millionth
of a unit stays behind with half a millionth of rounding, its unit cost looks odd; its value is
right.
"""

from dataclasses import dataclass
from decimal import Decimal

from partsemble.costing.amounts import (
    ZERO,
    check_quantity,
    check_unit_cost,
    check_value,
    derive_unit_cost,
    extend_value,
    round_fraction,
)
from partsemble.kernel.numbers import from_units, to_units


@dataclass(frozen=True, slots=True)
class Holding:
    """A quantity and its value in the currency of the business; neither is negative.

    Raises:
        ValueError: if one is negative, or nothing is to be worth something (I5).
        QuantityTooLarge, ValueTooLarge: if a number reaches its limit.
    """

    quantity: Decimal = ZERO
    value: Decimal = ZERO

    def __post_init__(self) -> None:
        check_quantity(self.quantity)
        check_value(self.value)
        if self.quantity < 0 or self.value < 0:
            raise ValueError(f"a holding is not negative: {self.quantity} worth {self.value}")
        if self.value and not self.quantity:
            raise ValueError(f"nothing is worth nothing, not {self.value}")

    @property
    def unit_cost(self) -> Decimal | None:
        """The moving average, half-up to six places; None while nothing is held."""
        if not self.quantity:
            return None
        return derive_unit_cost(quantity=self.quantity, value=self.value)


EMPTY = Holding()


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of a holding; both numbers are signed, and lead from before to `after`."""

    quantity: Decimal
    value: Decimal
    after: Holding


def arrive(*, holding: Holding, quantity: Decimal, value: Decimal) -> Movement:
    """This will add to a holding; the average moves (COST-1).

    Arguments:
        holding: before.
        quantity: that arrives, more than zero.
        value: of all of it, zero or more.

    Raises:
        ValueError: if nothing arrives, or it has a negative value.
        UnitCostTooLarge: if one unit of it costs a thousand million or more.
        QuantityTooLarge, ValueTooLarge: if there would be too much afterwards.
    """
    _demand_positive(quantity)
    if value < 0:
        raise ValueError(f"what arrives is not worth {value}")
    check_unit_cost(derive_unit_cost(quantity=quantity, value=check_value(value)))
    return _move(holding, quantity, value)


def take(*, holding: Holding, quantity: Decimal) -> Movement:
    """This will take from a holding at its average; the last unit takes the rest (COST-3).

    Arguments:
        holding: before.
        quantity: to take, more than zero and at most what is held.

    Raises:
        ValueError: if it is not.
    """
    _demand_held(holding, quantity)
    share = round_fraction(
        to_units(holding.value) * to_units(quantity), divisor=to_units(holding.quantity)
    )
    return _move(holding, -quantity, -from_units(share))


def take_worth(*, holding: Holding, quantity: Decimal, value: Decimal) -> Movement:
    """This will take from a holding at a value that is given, as far as the holding has it.

    For undoing an arrival. The last unit takes the rest here too, and the rest is never worth less
    than zero; where the movement's value differs from the one asked for, that is a variance.

    Arguments:
        holding: before.
        quantity: to take, more than zero and at most what is held.
        value: that it shall take with it, zero or more.

    Raises:
        ValueError: if more is to be taken than is held, or the value is negative.
    """
    _demand_held(holding, quantity)
    if value < 0:
        raise ValueError(f"what leaves is not worth {value}")
    is_last = quantity == holding.quantity
    return _move(holding, -quantity, -(holding.value if is_last else min(value, holding.value)))


def revalue(*, holding: Holding, unit_cost: Decimal) -> Movement:
    """This will give what is held another unit cost; the quantity of the movement is zero.

    Arguments:
        holding: before; an empty one has nothing to revalue and the movement is nothing.
        unit_cost: per unit in the currency of the business, zero or more.

    Raises:
        ValueError: if the unit cost is negative.
        UnitCostTooLarge, ValueTooLarge: if a number reaches its limit.
    """
    if unit_cost < 0:
        raise ValueError(f"nothing costs {unit_cost}")
    value = extend_value(quantity=holding.quantity, unit_cost=unit_cost)
    return _move(holding, ZERO, value - holding.value)


def _move(holding: Holding, quantity: Decimal, value: Decimal) -> Movement:
    after = Holding(quantity=holding.quantity + quantity, value=holding.value + value)
    return Movement(quantity=quantity, value=value, after=after)


def _demand_positive(quantity: Decimal) -> None:
    if quantity <= 0:
        raise ValueError(f"a quantity of {quantity} does not move")


def _demand_held(holding: Holding, quantity: Decimal) -> None:
    _demand_positive(quantity)
    if quantity > holding.quantity:
        raise ValueError(f"{quantity} can't be taken from {holding.quantity}")
