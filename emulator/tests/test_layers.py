"""Cost layers: first in, first out, to the last cent."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accounting_emulator.layers import Layer, Layers, consume, quantity_of, receive, value_of

quantities = st.decimals("0.001", 1000, places=3)
costs = st.decimals(0, 500, places=4)


def test_the_oldest_units_leave_first() -> None:
    layers = (
        Layer("2026-01-01", Decimal(10), Decimal("50.00")),
        Layer("2026-02-01", Decimal(5), Decimal("30.00")),
    )
    moved = consume(layers=layers, quantity=Decimal(12), on="2026-03-01", unit_cost=Decimal(9))
    assert moved.value == Decimal("62.00")
    assert moved.layers == (Layer("2026-02-01", Decimal(3), Decimal("18.00")),)


def test_an_emptied_layer_takes_its_last_cent_along() -> None:
    layers: Layers = (Layer("2026-01-01", Decimal(3), Decimal("10.00")),)
    values = []
    for _ in range(3):
        moved = consume(layers=layers, quantity=Decimal(1), on="2026-01-02", unit_cost=Decimal(0))
        layers = moved.layers
        values.append(moved.value)
    assert values == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert layers == ()


def test_a_shortage_is_covered_by_the_next_receipt_and_its_difference_told() -> None:
    short = consume(layers=(), quantity=Decimal(3), on="2026-01-01", unit_cost=Decimal(10))
    assert short.layers == (Layer("2026-01-01", Decimal(-3), Decimal("-30.00")),)
    covered = receive(
        layers=short.layers, arrived=Layer("2026-01-05", Decimal(10), Decimal("110.00"))
    )
    assert covered.layers == (Layer("2026-01-05", Decimal(7), Decimal("77.00")),)
    assert covered.variance == Decimal("3.00")


@given(st.lists(st.tuples(st.booleans(), quantities, costs), max_size=30))
def test_value_in_minus_value_out_is_what_remains(
    moves: list[tuple[bool, Decimal, Decimal]],
) -> None:
    layers: Layers = ()
    value = quantity = Decimal(0)
    for is_arrival, amount, cost in moves:
        if is_arrival:
            arrived = Layer("2026-01-01", amount, (amount * cost).quantize(Decimal("0.01")))
            moved = receive(layers=layers, arrived=arrived)
            value += moved.value - moved.variance
            quantity += amount
        else:
            moved = consume(layers=layers, quantity=amount, on="2026-01-01", unit_cost=cost)
            value -= moved.value
            quantity -= amount
        layers = moved.layers
        assert quantity_of(layers=layers) == quantity
        assert value_of(layers=layers) == value
        assert len(layers) == 1 or all(layer.quantity > 0 for layer in layers)
    if not quantity:
        assert value == 0
