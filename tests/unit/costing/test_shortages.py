"""Arrivals fill what was short, oldest first."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.costing.numbers import exact, holdings, some

from partsemble.costing.holding import EMPTY, Holding
from partsemble.costing.shortages import Filling, fill_shortages


def _held(quantity: str, value: str) -> Holding:
    return Holding(quantity=Decimal(quantity), value=Decimal(value))


@pytest.mark.parametrize(
    ("shortages", "fills", "rest"),
    [
        ([], [], ("10", "50")),
        (["3"], [("3", "15")], ("7", "35")),
        (["3", "4"], [("3", "15"), ("4", "20")], ("3", "15")),
        (["3", "9", "1"], [("3", "15"), ("7", "35")], ("0", "0")),
        (["10", "1"], [("10", "50")], ("0", "0")),
        (["11"], [("10", "50")], ("0", "0")),
    ],
)
def test_ten_at_five_arrive(
    shortages: list[str], fills: list[tuple[str, str]], rest: tuple[str, str]
) -> None:
    filling = fill_shortages(shortages=list(map(Decimal, shortages)), arrival=_held("10", "50"))
    assert filling == Filling(fills=tuple(_held(*each) for each in fills), rest=_held(*rest))


def test_what_is_nothing_fills_nothing() -> None:
    assert fill_shortages(shortages=[some("1")], arrival=EMPTY) == Filling(fills=(), rest=EMPTY)


@given(st.lists(exact("0.000001", "100000"), max_size=8), holdings())
def test_an_arrival_comes_out_whole(shortages: list[Decimal], arrival: Holding) -> None:
    filling = fill_shortages(shortages=shortages, arrival=arrival)
    parts = [*filling.fills, filling.rest]
    assert sum(each.quantity for each in parts) == arrival.quantity
    assert sum(each.value for each in parts) == arrival.value
    filled = [each.quantity for each in filling.fills]
    assert filled[:-1] == shortages[: len(filled)][:-1]
    if filled:
        assert 0 < filled[-1] <= shortages[len(filled) - 1]
    if filling.rest.quantity:
        assert filled == shortages


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_shortage_of_nothing_is_a_mistake(quantity: str) -> None:
    with pytest.raises(ValueError, match="a shortage that is open"):
        fill_shortages(shortages=[some("1"), Decimal(quantity)], arrival=EMPTY)
