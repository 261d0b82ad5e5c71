"""First-in, first-out cost layers of one inventory item.

An item's stock is a tuple of layers, oldest first. Each layer carries its *total* value, not a
unit cost: a layer that empties takes its last cent along, so an item without stock is worth
exactly nothing. Selling more than is on hand leaves a single layer with a negative quantity,
valued at a guess; the next receipt covers it and hands back the difference between the guess
and the truth, which the books post to cost of goods sold.
"""

from decimal import ROUND_HALF_UP, Decimal

import msgspec

CENT = Decimal("0.01")
ZERO = Decimal(0)


class Layer(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Units that arrived together: when, how many (negative when owed), total value."""

    received_on: str
    quantity: Decimal
    value: Decimal


Layers = tuple[Layer, ...]


class Moved(msgspec.Struct, frozen=True):
    """The layers after a movement, the value that moved, and a late cost difference."""

    layers: Layers
    value: Decimal
    variance: Decimal = ZERO


def to_cents(*, amount: Decimal) -> Decimal:
    """Round an amount of money half-up to two places, as the real service does."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def quantity_of(*, layers: Layers) -> Decimal:
    """Sum the units of all layers; negative when more was sold than was there."""
    return sum((layer.quantity for layer in layers), ZERO)


def value_of(*, layers: Layers) -> Decimal:
    """Sum the money of all layers."""
    return sum((layer.value for layer in layers), ZERO)


def receive(*, layers: Layers, arrived: Layer) -> Moved:
    """Add units; what was owed is covered first, at the cost of the units that arrived.

    `variance` is how much dearer the owed units turned out than they were guessed to be.
    """
    if not layers or layers[0].quantity >= 0:
        return Moved(layers=(*layers, arrived), value=arrived.value)
    owed = layers[0]
    covered = min(-owed.quantity, arrived.quantity)
    cost = _share(layer=arrived, quantity=covered)
    guess = -_share(layer=owed, quantity=-covered)
    left = (
        Layer(owed.received_on, owed.quantity + covered, owed.value + guess),
        Layer(arrived.received_on, arrived.quantity - covered, arrived.value - cost),
    )
    kept = tuple(layer for layer in left if layer.quantity != 0)
    return Moved(layers=kept, value=arrived.value, variance=cost - guess)


def consume(*, layers: Layers, quantity: Decimal, on: str, unit_cost: Decimal) -> Moved:
    """Take units out, oldest first; `unit_cost` values what is not there.

    `value` is the total cost of the units taken, in the home currency to the cent.
    """
    missing, value, rest = quantity, ZERO, list(layers)
    while missing and rest and rest[0].quantity > 0:
        first = rest.pop(0)
        taken = min(missing, first.quantity)
        cost = _share(layer=first, quantity=taken)
        if taken < first.quantity:
            left = Layer(first.received_on, first.quantity - taken, first.value - cost)
            rest.insert(0, left)
        missing, value = missing - taken, value + cost
    if missing:
        guess = to_cents(amount=missing * unit_cost)
        owed = rest.pop(0) if rest else Layer(on, ZERO, ZERO)
        rest = [Layer(owed.received_on, owed.quantity - missing, owed.value - guess)]
        value += guess
    return Moved(layers=tuple(rest), value=value)


def _share(*, layer: Layer, quantity: Decimal) -> Decimal:
    if quantity == layer.quantity:
        return layer.value
    return to_cents(amount=layer.value * quantity / layer.quantity)
