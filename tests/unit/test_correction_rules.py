"""What a sync does about quantities and costs that the books say otherwise (SYNC-7, SYNC-8)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.costing.numbers import exact, holdings, some

from partsemble.accounting.types import InventoryMode
from partsemble.costing.errors import QuantityTooLarge, ValueTooLarge
from partsemble.costing.holding import Holding
from partsemble.stock.types import Balance, Counterpart
from partsemble.sync.rules.corrections import (
    Correction,
    Judgement,
    Outlook,
    Pair,
    TooLarge,
    are_books_master,
    decide_correction,
    find_revaluation,
    foresee,
    judge,
)
from partsemble.sync.rules.expected import Effect
from partsemble.sync.rules.guarding import (
    CorrectionGuard,
    find_hold,
    guard_corrections,
)
from partsemble.sync.types import HoldReason

NOTHING = Correction(quantity=some("0"), value=None, unit_cost=None)


def _pair(remote: str, on_hand: str, value: str, shortage: str = "0") -> Pair:
    return Pair(
        remote=Decimal(remote),
        purchase_cost=some("5"),
        followed_cost=some("5"),
        typed_cost=None,
        balance=Balance(on_hand=Decimal(on_hand), value=Decimal(value), shortage=Decimal(shortage)),
        effects=(),
        was_built=False,
    )


def _outlook(pair: Pair) -> Outlook:
    return foresee(pair=pair, correction=decide_correction(pair))


@pytest.mark.parametrize(
    ("mode", "is_receiving", "expected"),
    [
        (InventoryMode.SYNC, False, True),
        (InventoryMode.SYNC, True, False),
        (InventoryMode.PARTSEMBLE_ONLY, False, False),
        (InventoryMode.PARTSEMBLE_ONLY, True, False),
    ],
)
def test_the_books_are_master_in_sync_mode_without_receiving(
    mode: InventoryMode, *, is_receiving: bool, expected: bool
) -> None:
    assert are_books_master(mode=mode, is_receiving=is_receiving) is expected


def test_what_is_in_step_stays() -> None:
    correction = decide_correction(_pair("10", "10", "61"))
    assert correction == NOTHING
    assert correction.is_nothing


def test_an_arrival_comes_at_the_purchase_cost() -> None:
    pair = _pair("14", "10", "60")
    assert decide_correction(pair) == Correction(some("4"), value=some("20"), unit_cost=None)
    assert _outlook(pair) == Outlook(
        before=Holding(some("10"), some("60")),
        after=Holding(some("14"), some("80")),
        shortage=some("0"),
    )


def test_a_departure_leaves_at_our_own_cost() -> None:
    pair = _pair("7", "10", "60")
    assert decide_correction(pair) == Correction(some("-3"), value=None, unit_cost=None)
    assert _outlook(pair).after == Holding(some("7"), some("42"))
    assert _outlook(pair).value_change == some("18"), "whichever way it goes"


@pytest.mark.parametrize(
    ("purchase", "balance", "typed", "value"),
    [
        ("5", Balance(), None, "20"),
        ("0.5", Balance(some("2"), some("6")), "9", "2"),
        ("0", Balance(some("2"), some("6")), "9", "12"),
        (None, Balance(some("2"), some("6")), "9", "12"),
        (None, Balance(last_unit_cost=some("7")), "9", "28"),
        (None, Balance(), "9", "36"),
        (None, Balance(), None, "0"),
    ],
)
def test_without_a_purchase_cost_an_arrival_costs_what_one_costs_here(
    purchase: str | None, balance: Balance, typed: str | None, value: str
) -> None:
    pair = replace(
        _pair("0", "0", "0"),
        remote=balance.on_hand + 4,
        balance=balance,
        purchase_cost=None if purchase is None else Decimal(purchase),
        typed_cost=None if typed is None else Decimal(typed),
    )
    assert decide_correction(pair).value == Decimal(value)


def test_below_zero_there_is_a_shortage_here() -> None:
    outlook = _outlook(_pair("-3", "10", "60"))
    assert (outlook.after, outlook.shortage) == (Holding(), some("3"))
    assert outlook.empties
    assert _outlook(_pair("-5", "0", "0", shortage="3")).shortage == some("5")


@pytest.mark.parametrize(
    ("remote", "after", "shortage"),
    [
        ("7", Holding(some("7"), some("35")), "0"),
        ("0", Holding(), "0"),
        ("-1", Holding(), "1"),
    ],
)
def test_an_arrival_fills_a_shortage_first(remote: str, after: Holding, shortage: str) -> None:
    outlook = _outlook(_pair(remote, "0", "0", shortage="3"))
    assert (outlook.after, outlook.shortage) == (after, Decimal(shortage))


def test_work_here_is_neither_undone_nor_doubled() -> None:
    effects = [Effect(Counterpart.OPENING, some("10")), Effect(Counterpart.ADJUSTMENT, some("-4"))]
    pair = replace(_pair("10", "6", "36"), effects=effects)
    assert decide_correction(pair).is_nothing
    sold_there = replace(pair, remote=some("8"))
    assert decide_correction(sold_there).quantity == some("-2")
    assert _outlook(sold_there).after.quantity == some("4")


class TestCost:
    """A purchase cost that changed values what is there, unless it was built here."""

    def dearer(self, **changes: object) -> Pair:
        pair = replace(_pair("10", "10", "50"), purchase_cost=some("6"))
        return replace(pair, **changes)  # type: ignore[arg-type]  # fields by name

    def test_it_follows_a_change(self) -> None:
        correction = decide_correction(self.dearer())
        assert correction == Correction(some("0"), value=None, unit_cost=some("6"))
        assert not correction.is_nothing
        outlook = _outlook(self.dearer())
        assert outlook.after == Holding(some("10"), some("60"))
        assert outlook.value_change == some("10")
        assert not outlook.empties

    def test_an_average_is_left_alone_while_the_figure_stays(self) -> None:
        pair = self.dearer(followed_cost=some("6"))
        assert decide_correction(pair).is_nothing

    @pytest.mark.parametrize("cost", [None, "0", "-1"])
    def test_no_cost_is_no_change(self, cost: str | None) -> None:
        pair = self.dearer(purchase_cost=None if cost is None else Decimal(cost))
        assert decide_correction(pair).is_nothing

    def test_what_was_built_keeps_our_cost(self) -> None:
        assert decide_correction(self.dearer(was_built=True)).is_nothing

    def test_a_first_cost_is_followed(self) -> None:
        assert decide_correction(self.dearer(followed_cost=None)).unit_cost == some("6")

    def test_it_values_what_is_there_after_the_quantity(self) -> None:
        assert _outlook(self.dearer(remote=some("12"))).after == Holding(some("12"), some("72"))
        assert _outlook(self.dearer(remote=some("4"))).after == Holding(some("4"), some("24"))

    @pytest.mark.parametrize("remote", ["0", "-2"])
    def test_there_has_to_be_something_to_value(self, remote: str) -> None:
        assert decide_correction(self.dearer(remote=Decimal(remote))).unit_cost is None

    def test_less_than_one_of_the_currency_is_a_cost(self) -> None:
        assert decide_correction(self.dearer(purchase_cost=some("0.5"))).unit_cost == some("0.5")

    @pytest.mark.parametrize("remote", ["1", "0.5"])
    def test_a_single_one_is_something_to_value(self, remote: str) -> None:
        assert decide_correction(self.dearer(remote=Decimal(remote))).unit_cost == some("6")

    def test_an_arrival_that_a_shortage_swallows_leaves_nothing_to_value(self) -> None:
        short = self.dearer(remote=some("-1"), balance=Balance(shortage=some("3")))
        assert decide_correction(short) == Correction(some("2"), value=some("12"), unit_cost=None)

    def test_what_is_valued_so_already_is_left_alone(self) -> None:
        pair = self.dearer(balance=Balance(some("10"), some("60")))
        assert decide_correction(pair).is_nothing

    def test_a_revaluation_may_come_to_nothing(self) -> None:
        there = Holding(some("3"), some("18"))
        assert find_revaluation(there=there, unit_cost=some("6")) == 0
        assert find_revaluation(there=there, unit_cost=some("5")) == some("-3")


def test_a_pair_is_judged_at_once() -> None:
    assert judge(_pair("10", "10", "60")) is None
    pair = _pair("7", "10", "60")
    assert judge(pair) == Judgement(decide_correction(pair), _outlook(pair))
    for cost, code in (("5", "quantity_too_large"), ("999999", "value_too_large")):
        rich = replace(_pair("999999999", "0", "0"), purchase_cost=Decimal(cost))
        far = rich if cost != "5" else _pair("-999999999", "999999999", "1")
        assert judge(far) == TooLarge(code)
    dear = replace(_pair("1", "0.000001", "999999"), purchase_cost=None)
    assert judge(dear) == TooLarge("unit_cost_too_large")


def test_what_the_ledger_can_not_keep_is_refused() -> None:
    with pytest.raises(QuantityTooLarge):
        decide_correction(_pair("-999999999", "999999999", "1"))
    pair = replace(_pair("999999999", "0", "0"), purchase_cost=some("999999"))
    with pytest.raises(ValueTooLarge):
        decide_correction(pair)
    short = _pair("-999999999", "0", "0", shortage="999999998")
    assert _outlook(short).shortage == some("999999999")
    owed = [Effect(Counterpart.ADJUSTMENT, some("-10"))]
    shorter = replace(_pair("-999999994", "0", "0", shortage="5"), effects=owed)
    assert decide_correction(shorter).quantity == some("-999999999")
    assert judge(shorter) == TooLarge("quantity_too_large")


balances = st.one_of(
    holdings().map(lambda held: Balance(on_hand=held.quantity, value=held.value)),
    st.builds(Balance, shortage=exact("0", "10000")),
)


@given(
    balances,
    exact("-10000", "10000"),
    exact("0", "1000"),
    st.lists(st.builds(Effect, st.sampled_from(Counterpart), exact("-100", "100")), max_size=4),
    st.integers(0, 1),
)
def test_afterwards_both_sides_agree(
    balance: Balance, remote: Decimal, cost: Decimal, effects: list[Effect], built_units: int
) -> None:
    pair = Pair(
        remote=remote,
        purchase_cost=cost,
        followed_cost=some("5"),
        typed_cost=None,
        balance=balance,
        effects=effects,
        was_built=bool(built_units),
    )
    correction = decide_correction(pair)
    outlook = foresee(pair=pair, correction=correction)
    after = replace(
        pair,
        balance=Balance(outlook.after.quantity, outlook.after.value, outlook.shortage),
        effects=[*effects, Effect(Counterpart.BOOKS, correction.quantity)],
        followed_cost=cost,
    )
    assert after.expected == remote
    assert decide_correction(after).is_nothing
    assert not (outlook.after.quantity and outlook.shortage)


class TestGuard:
    """So much at once that a person looks first (SYNC-6)."""

    @pytest.mark.parametrize(
        ("change", "stock", "expected"),
        [
            ("1000", "0", False),
            ("1000.01", "0", True),
            ("1000.01", "5000.05", False),
            ("1000.01", "5000.04", True),
            ("20000", "100000", False),
            ("20000.01", "100000", True),
        ],
    )
    def test_more_than_a_fifth_of_the_value_and_more_than_a_thousand(
        self, change: str, stock: str, *, expected: bool
    ) -> None:
        guard = guard_corrections(
            value_change=Decimal(change), stock_value=Decimal(stock), emptied=0
        )
        assert guard == CorrectionGuard(holds_values=expected, holds_zeros=False)

    @pytest.mark.parametrize(("emptied", "expected"), [(10, False), (11, True)])
    def test_more_than_ten_emptied(self, emptied: int, *, expected: bool) -> None:
        guard = guard_corrections(value_change=some("0"), stock_value=some("0"), emptied=emptied)
        assert guard == CorrectionGuard(holds_values=False, holds_zeros=expected)

    def test_only_what_is_too_much_waits(self) -> None:
        value = Outlook(Holding(some("2"), some("8")), Holding(some("1"), some("4")), some("0"))
        zero = Outlook(Holding(some("2"), some("0")), Holding(), some("0"))
        both = Outlook(Holding(some("2"), some("8")), Holding(), some("0"))
        short = Outlook(Holding(), Holding(), some("1"))
        for values in (False, True):
            for zeros in (False, True):
                guard = CorrectionGuard(holds_values=values, holds_zeros=zeros)
                valued = HoldReason.VALUE if values else None
                emptied = HoldReason.EMPTIED if zeros else None
                assert find_hold(outlook=value, guard=guard) is valued
                assert find_hold(outlook=zero, guard=guard) is emptied
                assert find_hold(outlook=both, guard=guard) is (emptied or valued)
                assert find_hold(outlook=short, guard=guard) is None
