"""Amounts of a currency that stay with the truth however many there are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.costing.numbers import exact, some, values

from partsemble.costing.amounts import round_amount
from partsemble.costing.carrying import CarriedAmount, Carry, carry_amount, carry_back
from partsemble.costing.errors import ValueTooLarge


def test_three_thirds_of_a_unit_post_one() -> None:
    carry, amounts = Carry(), []
    for value in ("0.333333", "0.333333", "0.333334"):
        event = carry_amount(carry=carry, value=Decimal(value), places=2)
        carry = event.carry
        amounts.append(event.amount)
    assert amounts == [some("0.33"), some("0.34"), some("0.33")]
    assert carry == Carry(exact=some("1"), posted=some("1"))


@given(st.lists(values, max_size=30), st.integers(0, 3))
def test_the_books_are_never_half_a_step_off(events: list[Decimal], places: int) -> None:
    carry, posted = Carry(), some("0")
    for value in events:
        event = carry_amount(carry=carry, value=value, places=places)
        carry, posted = event.carry, posted + event.amount
        assert carry.posted == posted == round_amount(carry.exact, places=places)
        assert event.amount * value >= 0
    assert carry.exact == sum(events)


def test_a_reversal_takes_back_what_was_posted_and_the_next_event_makes_up() -> None:
    first = carry_amount(carry=Carry(), value=some("0.004"), places=2)
    second = carry_amount(carry=first.carry, value=some("0.004"), places=2)
    assert (first.amount, second.amount) == (some("0"), some("0.01"))
    back = carry_back(carry=second.carry, value=some("0.004"), amount=first.amount)
    assert back == CarriedAmount(
        amount=some("0"), carry=Carry(exact=some("0.004"), posted=some("0.01"))
    )
    third = carry_amount(carry=back.carry, value=some("0.01"), places=2)
    assert third.amount == some("0")
    assert third.carry == Carry(exact=some("0.014"), posted=some("0.01"))


@pytest.mark.parametrize(
    ("carry", "value", "amount"),
    [
        (Carry(exact=some("0"), posted=some("0.03")), "0.01", "0"),
        (Carry(exact=some("0"), posted=some("-0.03")), "-0.01", "0"),
        (Carry(exact=some("0"), posted=some("0.03")), "0", "0"),
        (Carry(exact=some("0"), posted=some("-0.03")), "0", "0"),
        (Carry(exact=some("0"), posted=some("0.03")), "0.05", "0.02"),
        (Carry(exact=some("0"), posted=some("-0.03")), "-0.05", "-0.02"),
    ],
)
def test_no_event_is_turned_round_to_make_up(carry: Carry, value: str, amount: str) -> None:
    event = carry_amount(carry=carry, value=Decimal(value), places=2)
    assert event.amount == Decimal(amount)
    assert event.carry.posted == carry.posted + event.amount
    assert event.carry.exact == Decimal(value)


@given(st.lists(st.tuples(exact("-10", "10"), st.booleans()), max_size=30))
def test_all_taken_back_is_nothing(events: list[tuple[Decimal, bool]]) -> None:
    carry, open_events = Carry(), []
    for value, is_taken_back in events:
        event = carry_amount(carry=carry, value=value, places=2)
        carry = event.carry
        if is_taken_back:
            carry = carry_back(carry=carry, value=value, amount=event.amount).carry
        else:
            open_events.append((value, event.amount))
    for value, amount in reversed(open_events):
        carry = carry_back(carry=carry, value=value, amount=amount).carry
    assert carry == Carry()


def test_sums_have_the_limit_of_a_value() -> None:
    carry = Carry(exact=some("999999999999"), posted=some("999999999999"))
    with pytest.raises(ValueTooLarge):
        carry_amount(carry=carry, value=some("1"), places=2)
