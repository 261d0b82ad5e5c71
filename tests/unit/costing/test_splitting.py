"""Parts of a value: what all of them sum to is the value."""

from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.costing.numbers import exact, some, values

from partsemble.costing.amounts import round_amount
from partsemble.costing.splitting import split_value

weights = st.lists(exact("0", "1000"), min_size=1, max_size=12).filter(any)


def _split(value: str, *parts: str, places: int = 6) -> list[str]:
    return [
        str(each.normalize().quantize(Decimal(1).scaleb(-places)))
        for each in split_value(
            value=Decimal(value), weights=list(map(Decimal, parts)), places=places
        )
    ]


@pytest.mark.parametrize(
    ("value", "parts", "places", "expected"),
    [
        ("10", ["1", "1", "1"], 2, ["3.33", "3.34", "3.33"]),
        ("-10", ["1", "1", "1"], 2, ["-3.33", "-3.34", "-3.33"]),
        ("0.05", ["1", "1"], 2, ["0.03", "0.02"]),
        ("0.01", ["1", "1", "1", "1"], 2, ["0.00", "0.01", "0.00", "0.00"]),
        ("100", ["0", "3", "0", "1"], 0, ["0", "75", "0", "25"]),
        ("0.000001", ["0.5", "0.5"], 6, ["0.000001", "0.000000"]),
        ("7", ["2.5"], 6, ["7.000000"]),
        ("10.005", ["1", "1"], 2, ["5.00", "5.01"]),
    ],
)
def test_parts_by_example(value: str, parts: list[str], places: int, expected: list[str]) -> None:
    assert _split(value, *parts, places=places) == expected


@given(values, weights, st.integers(0, 6))
def test_every_prefix_sums_to_its_rounded_true_total(
    value: Decimal, shares: list[Decimal], places: int
) -> None:
    parts = split_value(value=value, weights=shares, places=places)
    assert len(parts) == len(shares)
    assert sum(parts) == round_amount(value, places=places)
    whole = Fraction(sum(shares))
    for got, weight in zip(accumulate(parts), accumulate(shares), strict=True):
        true = Fraction(value) * Fraction(weight) / whole
        assert abs(Fraction(got) - true) <= Fraction(1, 2 * 10**places)


@given(values, weights)
def test_no_part_has_the_other_sign_or_is_a_step_off(value: Decimal, shares: list[Decimal]) -> None:
    whole = Fraction(sum(shares))
    for part, weight in zip(split_value(value=value, weights=shares), shares, strict=True):
        assert part * value >= 0
        assert abs(Fraction(part) - Fraction(value) * Fraction(weight) / whole) <= Fraction(
            1, 10**6
        )
        assert weight or not part


@given(values, weights)
def test_a_negative_value_is_the_mirror_of_its_positive(
    value: Decimal, shares: list[Decimal]
) -> None:
    there = split_value(value=value, weights=shares)
    back = split_value(value=-value, weights=shares)
    assert [one + other for one, other in zip(there, back, strict=True)] == [0] * len(shares)


@pytest.mark.parametrize("shares", [[], ["0"], ["0", "0"]])
def test_without_any_weight_there_is_no_part(shares: list[str]) -> None:
    with pytest.raises(ValueError, match="no part has any weight"):
        split_value(value=some("1"), weights=list(map(Decimal, shares)))


def test_a_negative_weight_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="a weight is negative"):
        split_value(value=some("1"), weights=[some("2"), some("-1")])
