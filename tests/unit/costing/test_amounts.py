"""Products and quotients of exact numbers, and their limits."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.costing.numbers import quantities, unit_costs, values

from partsemble.costing.amounts import (
    check_quantity,
    check_unit_cost,
    check_value,
    derive_unit_cost,
    extend_quantity,
    extend_value,
    round_amount,
    round_fraction,
)
from partsemble.costing.errors import QuantityTooLarge, UnitCostTooLarge, ValueTooLarge
from partsemble.kernel.errors import DomainError

wholes = st.integers(-(10**20), 10**20)


@pytest.mark.parametrize(
    ("per_unit", "count", "expected"),
    [
        ("2", "20", "40.000000"),
        ("0.25", "0.5", "0.125000"),
        ("0.0015", "0.0003", "0.000000"),
        ("0.0025", "0.0002", "0.000001"),
        ("0.0001", "0.0049", "0.000000"),
        ("0.0001", "0.005", "0.000001"),
    ],
)
def test_an_extended_quantity_has_six_places_half_up(
    per_unit: str, count: str, expected: str
) -> None:
    assert str(extend_quantity(per_unit=Decimal(per_unit), count=Decimal(count))) == expected


@pytest.mark.parametrize(
    ("quantity", "unit_cost", "expected"),
    [
        ("100", "5.00", "500.000000"),
        ("0.5", "25", "12.500000"),
        ("3", "0.333333", "0.999999"),
        ("0.1", "0.000005", "0.000001"),
        ("-0.1", "0.000005", "-0.000001"),
        ("0.1", "0.000004", "0.000000"),
    ],
)
def test_a_value_is_quantity_times_unit_cost(quantity: str, unit_cost: str, expected: str) -> None:
    assert str(extend_value(quantity=Decimal(quantity), unit_cost=Decimal(unit_cost))) == expected


@given(quantities, unit_costs)
def test_extending_rounds_the_true_product_half_up(quantity: Decimal, unit_cost: Decimal) -> None:
    true = (quantity * unit_cost).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
    if true < 10**12:
        assert extend_value(quantity=quantity, unit_cost=unit_cost) == true
        assert extend_value(quantity=-quantity, unit_cost=unit_cost) == -true


def test_a_unit_cost_is_derived() -> None:
    assert str(derive_unit_cost(quantity=Decimal(150), value=Decimal(800))) == "5.333333"
    assert str(derive_unit_cost(quantity=Decimal(3), value=Decimal(2))) == "0.666667"
    with pytest.raises(ValueError, match="nothing has no unit cost"):
        derive_unit_cost(quantity=Decimal(0), value=Decimal(0))


@given(wholes, wholes.filter(bool))
def test_a_fraction_is_rounded_once_and_half_away_from_zero(dividend: int, divisor: int) -> None:
    rounded, true = round_fraction(dividend, divisor=divisor), Fraction(dividend, divisor)
    assert abs(rounded - true) <= Fraction(1, 2)
    if abs(rounded - true) == Fraction(1, 2):
        assert abs(rounded) > abs(true)
    assert round_fraction(-dividend, divisor=divisor) == -rounded


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [
        ("0.005", 2, "0.010000"),
        ("0.004999", 2, "0.000000"),
        ("-0.005", 2, "-0.010000"),
        ("1234.5", 0, "1235.000000"),
        ("0.0005", 3, "0.001000"),
        ("0.000001", 6, "0.000001"),
    ],
)
def test_an_amount_has_the_places_of_its_currency(number: str, places: int, expected: str) -> None:
    assert str(round_amount(Decimal(number), places=places)) == expected


@given(values, st.integers(0, 6))
def test_an_amount_is_rounded_as_decimal_rounds(number: Decimal, places: int) -> None:
    step = Decimal(1).scaleb(-places)
    assert round_amount(number, places=places) == number.quantize(step, rounding=ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("check", "limit", "refusal"),
    [
        (check_quantity, Decimal(1000000000), QuantityTooLarge),
        (check_unit_cost, Decimal(1000000000), UnitCostTooLarge),
        (check_value, Decimal(1000000000000), ValueTooLarge),
    ],
)
def test_what_is_too_large_is_refused_by_name(
    check: Callable[[Decimal], Decimal], limit: Decimal, refusal: type[DomainError]
) -> None:
    largest = limit - Decimal("0.000001")
    assert check(largest) == largest
    assert check(-largest) == -largest
    for number in (limit, -limit, Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(refusal) as caught:
            check(number)
        assert caught.value.facts["limit"] == limit
        assert str(caught.value.facts["number"]) == str(number)


def test_extending_refuses_each_number_by_its_own_name() -> None:
    most = Decimal("999999999.999999")
    with pytest.raises(QuantityTooLarge):
        extend_quantity(per_unit=Decimal(10) ** 9, count=Decimal(0))
    with pytest.raises(QuantityTooLarge):
        extend_quantity(per_unit=Decimal(0), count=Decimal(10) ** 9)
    with pytest.raises(QuantityTooLarge):
        extend_quantity(per_unit=most, count=Decimal(2))
    with pytest.raises(QuantityTooLarge):
        extend_value(quantity=Decimal(10) ** 9, unit_cost=Decimal(0))
    with pytest.raises(UnitCostTooLarge):
        extend_value(quantity=Decimal(0), unit_cost=Decimal(10) ** 9)
    with pytest.raises(ValueTooLarge):
        extend_value(quantity=most, unit_cost=Decimal(10_000))
