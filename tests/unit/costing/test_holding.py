"""The moving average: values are kept, unit costs are derived, nothing is lost."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.costing.numbers import holdings, quantities, some, unit_costs

from partsemble.costing.amounts import extend_value, round_amount
from partsemble.costing.errors import QuantityTooLarge, UnitCostTooLarge, ValueTooLarge
from partsemble.costing.holding import (
    EMPTY,
    Holding,
    Movement,
    arrive,
    revalue,
    take,
    take_worth,
)
from partsemble.kernel.numbers import from_units, to_units

shares = st.fractions(0, 1)


def _held(quantity: str, value: str) -> Holding:
    return Holding(quantity=Decimal(quantity), value=Decimal(value))


def _part_of(holding: Holding, share: Fraction) -> Decimal:
    """This will choose a quantity between one millionth and all that is held."""
    return from_units(max(1, int(to_units(holding.quantity) * share)))


def test_a_hundred_at_five_and_fifty_at_six_cost_five_thirty_three() -> None:
    first = arrive(holding=EMPTY, quantity=some("100"), value=some("500"))
    second = arrive(holding=first.after, quantity=some("50"), value=some("300"))
    assert second.after == _held("150", "800")
    assert second.after.unit_cost is not None
    assert str(second.after.unit_cost) == "5.333333"
    assert round_amount(second.after.unit_cost, places=2) == some("5.33")


def test_an_empty_holding_is_worth_zero_and_has_no_unit_cost() -> None:
    assert _held("0", "0") == EMPTY
    assert EMPTY.unit_cost is None


def test_the_last_unit_takes_the_rest() -> None:
    holding = _held("3", "10")
    first = take(holding=holding, quantity=some("1"))
    second = take(holding=first.after, quantity=some("1"))
    third = take(holding=second.after, quantity=some("1"))
    assert [str(each.value) for each in (first, second, third)] == [
        "-3.333333",
        "-3.333334",
        "-3.333333",
    ]
    assert third.after == EMPTY


def test_taking_back_an_arrival_leaves_the_average_as_it_was() -> None:
    before = _held("10", "50")
    arrival = arrive(holding=before, quantity=some("10"), value=some("70"))
    back = take_worth(holding=arrival.after, quantity=some("10"), value=some("70"))
    assert back == Movement(quantity=some("-10"), value=some("-70"), after=before)


@pytest.mark.parametrize(
    ("held", "quantity", "value", "taken", "left"),
    [
        ("60", "10", "70", "-60", "0"),
        ("60", "20", "70", "-60", "0"),
        ("60", "20", "50", "-60", "0"),
        ("60", "19", "50", "-50", "10"),
        ("60", "19", "60", "-60", "0"),
        ("60", "19", "0", "0", "60"),
    ],
)
def test_no_more_value_is_taken_back_than_is_there(
    held: str, quantity: str, value: str, taken: str, left: str
) -> None:
    holding = _held("20", held)
    back = take_worth(holding=holding, quantity=Decimal(quantity), value=Decimal(value))
    assert back.value == Decimal(taken)
    assert back.after == Holding(quantity=20 - Decimal(quantity), value=Decimal(left))


def test_a_new_unit_cost_moves_value_and_no_quantity() -> None:
    up = revalue(holding=_held("150", "800"), unit_cost=some("6"))
    assert up == Movement(quantity=some("0"), value=some("100"), after=_held("150", "900"))
    down = revalue(holding=up.after, unit_cost=some("0"))
    assert (down.value, down.after) == (some("-900"), _held("150", "0"))
    assert revalue(holding=EMPTY, unit_cost=some("6")) == Movement(some("0"), some("0"), EMPTY)


@given(holdings(), quantities, unit_costs)
def test_what_arrives_is_there_to_the_millionth(
    holding: Holding, quantity: Decimal, unit_cost: Decimal
) -> None:
    value = extend_value(quantity=quantity, unit_cost=unit_cost)
    movement = arrive(holding=holding, quantity=quantity, value=value)
    assert (movement.quantity, movement.value) == (quantity, value)
    assert movement.after.value == holding.value + value
    assert movement.after.quantity == holding.quantity + quantity


@given(holdings(), holdings())
def test_an_average_lies_between_what_it_is_of(one: Holding, other: Holding) -> None:
    both = arrive(holding=one, quantity=other.quantity, value=other.value).after
    assert one.unit_cost is not None
    assert other.unit_cost is not None
    assert both.unit_cost is not None
    low, high = sorted((one.unit_cost, other.unit_cost))
    assert low <= both.unit_cost <= high


@given(holdings(), shares)
def test_what_leaves_and_what_stays_are_what_was_there(holding: Holding, share: Fraction) -> None:
    quantity = _part_of(holding, share)
    taken = take(holding=holding, quantity=quantity)
    assert taken.quantity == -quantity
    assert taken.after.quantity - taken.quantity == holding.quantity
    assert taken.after.value - taken.value == holding.value
    true = holding.value * quantity / holding.quantity
    assert abs(-taken.value - true) <= some("0.0000005000001")


@given(holdings())
def test_an_emptied_holding_is_worth_exactly_zero(holding: Holding) -> None:
    assert take(holding=holding, quantity=holding.quantity).after == EMPTY
    worth = take_worth(holding=holding, quantity=holding.quantity, value=some("1"))
    assert worth.after == EMPTY


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("arrive"), quantities, unit_costs),
            st.tuples(st.just("take"), shares, st.none()),
            st.tuples(st.just("take_worth"), shares, unit_costs),
            st.tuples(st.just("revalue"), st.none(), unit_costs),
        ),
        max_size=30,
    )
)
def test_a_history_adds_up_and_is_never_negative(history: list[tuple[str, object, object]]) -> None:
    holding, quantity, value = EMPTY, some("0"), some("0")
    for verb, amount, cost in history:
        movement = _play(holding, verb, amount, cost)
        if movement is None:
            continue
        holding = movement.after
        quantity, value = quantity + movement.quantity, value + movement.value
        assert (holding.quantity, holding.value) == (quantity, value)
        assert holding.quantity >= 0
        assert holding.value >= 0
        assert holding.quantity or not holding.value


def _play(holding: Holding, verb: str, amount: object, cost: object) -> Movement | None:
    if verb == "arrive":
        assert isinstance(amount, Decimal)
        assert isinstance(cost, Decimal)
        value = extend_value(quantity=amount, unit_cost=cost)
        return arrive(holding=holding, quantity=amount, value=value)
    if verb == "revalue":
        assert isinstance(cost, Decimal)
        return revalue(holding=holding, unit_cost=cost)
    if not holding.quantity:
        return None
    assert isinstance(amount, Fraction)
    quantity = _part_of(holding, amount)
    if verb == "take":
        return take(holding=holding, quantity=quantity)
    assert isinstance(cost, Decimal)
    return take_worth(holding=holding, quantity=quantity, value=cost)


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: _held("-1", "0"), "a holding is not negative"),
        (lambda: _held("1", "-1"), "a holding is not negative"),
        (lambda: _held("0", "1"), "nothing is worth nothing"),
        (lambda: arrive(holding=EMPTY, quantity=some("0"), value=some("1")), "does not move"),
        (lambda: arrive(holding=EMPTY, quantity=some("-1"), value=some("1")), "does not move"),
        (lambda: arrive(holding=_held("1", "9"), quantity=some("1"), value=some("-1")), "worth -1"),
        (lambda: take(holding=EMPTY, quantity=some("1")), "can't be taken from 0"),
        (lambda: take(holding=_held("1", "1"), quantity=some("1.000001")), "can't be taken"),
        (lambda: take(holding=_held("1", "1"), quantity=some("0")), "does not move"),
        (lambda: take_worth(holding=EMPTY, quantity=some("1"), value=some("1")), "can't be taken"),
        (
            lambda: take_worth(holding=_held("2", "2"), quantity=some("1"), value=some("-1")),
            "leaves is not worth -1",
        ),
        (lambda: revalue(holding=_held("1", "1"), unit_cost=some("-1")), "nothing costs -1"),
    ],
)
def test_mistakes_of_a_programmer_are_errors(attempt: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        attempt()


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        (lambda: _held("1000000000", "1"), QuantityTooLarge),
        (lambda: _held("1", "1000000000000"), ValueTooLarge),
        (
            lambda: arrive(holding=_held("999999999", "1"), quantity=some("1"), value=some("1")),
            QuantityTooLarge,
        ),
        (
            lambda: arrive(
                holding=_held("999999", "999999999999"), quantity=some("1"), value=some("1")
            ),
            ValueTooLarge,
        ),
        (
            lambda: arrive(holding=EMPTY, quantity=some("1"), value=some("1000000000")),
            UnitCostTooLarge,
        ),
        (
            lambda: arrive(holding=EMPTY, quantity=some("1000000000"), value=some("1")),
            QuantityTooLarge,
        ),
        (
            lambda: arrive(holding=EMPTY, quantity=some("0.000001"), value=some("1000000000000")),
            ValueTooLarge,
        ),
        (
            lambda: revalue(holding=_held("1", "1"), unit_cost=some("1000000000")),
            UnitCostTooLarge,
        ),
        (
            lambda: revalue(holding=_held("1000000", "1"), unit_cost=some("1000000")),
            ValueTooLarge,
        ),
    ],
)
def test_what_is_too_large_to_be_true_is_refused(
    attempt: Callable[[], object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        attempt()
