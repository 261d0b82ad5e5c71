"""What entries come to, without a database: stories, and any history there can be (I1, I2, I5)."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsemble.kernel.errors import InvalidInput
from partsemble.kernel.ids import ProductId
from partsemble.stock.errors import NotEnoughStock
from partsemble.stock.rules import (
    Move,
    OpenShortage,
    Settled,
    Shelf,
    check_lines,
    settle_lines,
    settle_reversal,
)
from partsemble.stock.types import (
    LINES_LIMIT,
    NOTHING_THERE,
    Balance,
    Counterpart,
    EntryKind,
    Line,
)

BOLT, NUT = ProductId(UUID(int=1)), ProductId(UUID(int=2))
NOTHING = (Decimal(0), Decimal(0), Decimal(0))
SKUS = {BOLT: "BOLT-8", NUT: "NUT-8"}


class Book:
    """A ledger in memory that adds everything up by itself."""

    def __init__(self) -> None:
        self.balances: dict[ProductId, Balance] = {}
        self.entries: list[Settled] = []

    def look(self) -> Shelf:
        """A shelf of what is there, and of what is missing according to the moves."""
        shortages: dict[ProductId, list[OpenShortage]] = {}
        for product_id, balance in self.balances.items():
            if balance.shortage:
                missing = OpenShortage(Counterpart.BOOKS, balance.shortage)
                shortages[product_id] = [missing]
        return Shelf(balances=dict(self.balances), shortages=shortages, skus=SKUS)

    def post(self, *lines: Line, kind: EntryKind = EntryKind.ADJUSTMENT) -> Settled:
        """This will post lines and give the entry that was asked for."""
        shelf = self.look()
        return self._keep(settle_lines(kind=kind, lines=lines, shelf=shelf), shelf, kind)

    def reverse(self, entry: Settled) -> Settled:
        """This will take an entry back."""
        shelf = self.look()
        settled = settle_reversal(moves=entry.moves, shelf=shelf)
        return self._keep(settled, shelf, EntryKind.REVERSAL)

    def _keep(self, settled: tuple[Settled, ...], shelf: Shelf, kind: EntryKind) -> Settled:
        self.balances = shelf.balances
        self.entries += settled
        (asked,) = (each for each in settled if each.kind is kind)
        return asked

    def audit(self) -> None:
        """Sums are balances, after every single move; nothing is negative or worth nothing."""
        sums: dict[ProductId, Balance] = {}
        for move in (move for entry in self.entries for move in entry.moves):
            before = sums.get(move.product_id, NOTHING_THERE)
            after = Balance(
                on_hand=before.on_hand + move.quantity,
                value=before.value + move.value,
                shortage=before.shortage + move.shortage,
                last_unit_cost=move.after.last_unit_cost,
            )
            assert move.after == after
            assert after.on_hand >= 0
            assert after.shortage >= 0
            assert after.value >= 0 if after.on_hand else after.value == 0
            assert move.quantity or move.value or move.shortage
            sums[move.product_id] = after
        assert {key: sums.get(key, NOTHING_THERE) for key in self.balances} == self.balances
        assert all(not each.shortage or not each.on_hand for each in self.balances.values())


def arrival(quantity: str, value: str, product_id: ProductId = BOLT) -> Line:
    return Line(product_id, Counterpart.SUPPLIER, Decimal(quantity), Decimal(value))


def taking(quantity: str, *, may_fall_short: bool = False, product_id: ProductId = BOLT) -> Line:
    return Line(product_id, Counterpart.BOOKS, -Decimal(quantity), may_fall_short=may_fall_short)


def sum_up(*entries: Settled) -> dict[ProductId, tuple[Decimal, Decimal, Decimal]]:
    left: dict[ProductId, tuple[Decimal, Decimal, Decimal]] = {}
    for move in (move for entry in entries for move in entry.moves):
        quantity, value, shortage = left.get(move.product_id, NOTHING)
        left[move.product_id] = (
            quantity + move.quantity,
            value + move.value,
            shortage + move.shortage,
        )
    return left


def test_lines_of_one_product_follow_each_other() -> None:
    book = Book()
    entry = book.post(arrival("10", "50"), arrival("10", "70"), taking("5"), taking("15"))
    assert [move.value for move in entry.moves] == [50, 70, -30, -90]
    book.audit()


def test_a_shortage_is_filled_in_the_order_of_those_who_wait() -> None:
    shelf = Shelf(
        balances={BOLT: Balance(shortage=Decimal(7))},
        shortages={
            BOLT: [
                OpenShortage(Counterpart.BOOKS, Decimal(4)),
                OpenShortage(Counterpart.CUSTOMER, Decimal(3)),
            ]
        },
        skus=SKUS,
    )
    _, fill = settle_lines(kind=EntryKind.ADJUSTMENT, lines=[arrival("6", "9")], shelf=shelf)
    assert [f"{each.counterpart} {each.quantity:.0f} {each.value:.0f}" for each in fill.moves] == [
        "books -4 -6",
        "customer -2 -3",
    ]
    assert shelf.balances[BOLT].shortage == 1


def test_what_is_all_missing_moves_no_goods() -> None:
    book = Book()
    entry = book.post(taking("3", may_fall_short=True), kind=EntryKind.SYNC)
    (move,) = entry.moves
    assert not move.quantity
    assert not move.value
    assert move.shortage == 3
    book.audit()


def test_a_reversal_gives_back_before_it_takes() -> None:
    book = Book()
    book.post(arrival("4", "8"))
    entry = book.post(taking("4"), arrival("1", "8", NUT))
    reversal = book.reverse(entry)
    assert [each.product_id for each in reversal.moves] == [BOLT, NUT]
    assert sum_up(entry, reversal) == {BOLT: NOTHING, NUT: NOTHING}
    book.audit()


@pytest.mark.parametrize("count", [0, LINES_LIMIT + 1])
def test_an_entry_has_lines_and_not_too_many(count: int) -> None:
    with pytest.raises(InvalidInput):
        check_lines([arrival("1", "1")] * count)


@pytest.mark.parametrize(
    "line",
    [
        Line(BOLT, Counterpart.BOOKS, Decimal(1)),
        Line(BOLT, Counterpart.BOOKS, Decimal(1), Decimal(-1)),
        Line(BOLT, Counterpart.BOOKS, Decimal(-1), Decimal(1)),
        Line(BOLT, Counterpart.BOOKS, Decimal(0), Decimal(0)),
        Line(BOLT, Counterpart.BOOKS, Decimal(0)),
    ],
)
def test_a_line_that_makes_no_sense_is_a_mistake_of_ours(line: Line) -> None:
    with pytest.raises(AssertionError):
        check_lines([line])


quantities = st.integers(1, 20_000_000).map(lambda units: Decimal(units).scaleb(-6))
values = st.integers(0, 900_000_000).map(lambda units: Decimal(units).scaleb(-6))
products = st.sampled_from([BOLT, NUT])
lines = st.one_of(
    st.builds(Line, products, st.just(Counterpart.SUPPLIER), quantities, values),
    st.builds(
        Line,
        products,
        st.just(Counterpart.BOOKS),
        quantities.map(lambda each: -each),
        st.none(),
        st.booleans(),
    ),
)
steps = st.lists(
    st.one_of(st.lists(lines, min_size=1, max_size=4), st.integers(0, 30)), max_size=25
)


def is_free_of_shortage(move: Move) -> bool:
    return not move.shortage


@settings(max_examples=200, deadline=None)
@given(steps)
def test_any_history_of_entries_and_reversals_adds_up(history: list[list[Line] | int]) -> None:
    book = Book()
    asked: list[Settled] = []
    for step in history:
        before = dict(book.balances)
        try:
            if isinstance(step, list):
                asked.append(book.post(*step))
            elif step < len(asked) and all(map(is_free_of_shortage, asked[step].moves)):
                entry = asked.pop(step)
                reversal = book.reverse(entry)
                assert set(sum_up(entry, reversal).values()) == {NOTHING}
        except NotEnoughStock:
            assert book.balances == before
        book.audit()
