"""Exact numbers: what six places promise."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsemble.kernel.numbers import (
    QUANTITY_LIMIT,
    STEP,
    Rounding,
    from_units,
    is_within,
    round_to_places,
    to_units,
)

six_places = st.decimals(
    min_value=-(10**12), max_value=10**12, places=6, allow_nan=False, allow_infinity=False
)
anything_finite = st.decimals(
    min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False
)


@given(six_places)
def test_millionths_and_back_loses_nothing(number: Decimal) -> None:
    assert from_units(to_units(number)) == number


@given(six_places, six_places)
def test_sums_of_millionths_are_sums_of_numbers(one: Decimal, other: Decimal) -> None:
    assert from_units(to_units(one) + to_units(other)) == one + other


@given(anything_finite, st.sampled_from(Rounding))
def test_rounding_moves_by_half_a_step_at_most(number: Decimal, rounding: Rounding) -> None:
    rounded = round_to_places(number=number, rounding=rounding)
    assert abs(rounded - number) <= STEP / 2
    assert round_to_places(number=rounded, rounding=rounding) == rounded
    to_units(rounded)


@pytest.mark.parametrize(
    ("given_number", "half_even", "half_up"),
    [
        ("0.0000005", "0.000000", "0.000001"),
        ("0.0000015", "0.000002", "0.000002"),
        ("-0.0000005", "0.000000", "-0.000001"),
        ("12.3456785", "12.345678", "12.345679"),
    ],
)
def test_halves_go_where_the_rounding_says(given_number: str, half_even: str, half_up: str) -> None:
    number = Decimal(given_number)
    assert str(round_to_places(number=number, rounding=Rounding.HALF_EVEN)) == half_even
    assert str(round_to_places(number=number, rounding=Rounding.HALF_UP)) == half_up


def test_a_seventh_place_is_refused_and_not_rounded() -> None:
    with pytest.raises(ValueError, match="more than 6 decimal places"):
        to_units(Decimal("0.0000001"))


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_number_is_refused(number: Decimal) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        to_units(number)
    assert not is_within(number=number, limit=QUANTITY_LIMIT)


def test_the_limit_itself_is_outside() -> None:
    assert is_within(number=QUANTITY_LIMIT - STEP, limit=QUANTITY_LIMIT)
    assert not is_within(number=QUANTITY_LIMIT, limit=QUANTITY_LIMIT)
    assert not is_within(number=-QUANTITY_LIMIT, limit=QUANTITY_LIMIT)
