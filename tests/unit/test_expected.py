"""What the books should show: work done here never changes it (SYNC-7, I11)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.costing.numbers import exact

from partsemble.stock.types import Counterpart
from partsemble.sync.rules.expected import Effect, expect_in_books

OWED = [
    Counterpart.SUPPLIER,
    Counterpart.PRODUCTION,
    Counterpart.CUSTOMER,
    Counterpart.ADJUSTMENT,
]
effects = st.lists(st.builds(Effect, st.sampled_from(Counterpart), exact("-1000", "1000")))


def _expect(on_hand: str, shortage: str, **moved: str) -> Decimal:
    return expect_in_books(
        on_hand=Decimal(on_hand),
        shortage=Decimal(shortage),
        effects=[Effect(Counterpart(name), Decimal(much)) for name, much in moved.items()],
    )


@pytest.mark.parametrize(
    ("on_hand", "shortage", "moved", "expected"),
    [
        ("0", "0", {}, "0"),
        ("40", "0", {}, "40"),
        ("40", "0", {"opening": "40"}, "40"),
        ("40", "0", {"opening": "50", "books": "-10"}, "40"),
        ("40", "0", {"opening": "50", "adjustment": "-10"}, "50"),
        ("40", "0", {"production": "-15", "supplier": "5"}, "50"),
        ("0", "3", {"books": "-13"}, "-3"),
        ("0", "3", {"customer": "-8"}, "5"),
        ("7", "0", {"supplier": "10", "books": "-13"}, "-3"),
    ],
)
def test_what_the_books_are_owed_is_not_there_yet(
    on_hand: str, shortage: str, moved: dict[str, str], expected: str
) -> None:
    assert _expect(on_hand, shortage, **moved) == Decimal(expected)


def test_every_other_end_of_a_move_is_one_or_the_other() -> None:
    for counterpart in Counterpart:
        moved = _expect("10", "0", **{counterpart.value: "10"})
        assert moved == (0 if counterpart in OWED else 10)


@given(exact("0", "1000"), effects, st.sampled_from(OWED), exact("-1000", "1000"))
def test_work_here_changes_nothing_there(
    on_hand: Decimal, moved: list[Effect], other_end: Counterpart, quantity: Decimal
) -> None:
    before = expect_in_books(on_hand=on_hand, shortage=Decimal(0), effects=moved)
    position = on_hand + quantity
    after = expect_in_books(
        on_hand=max(position, Decimal(0)),
        shortage=max(-position, Decimal(0)),
        effects=[*moved, Effect(other_end, quantity)],
    )
    assert after == before


@given(exact("0", "1000"), effects, exact("-1000", "1000"))
def test_what_the_books_say_is_expected_from_then_on(
    on_hand: Decimal, moved: list[Effect], remote: Decimal
) -> None:
    correction = remote - expect_in_books(on_hand=on_hand, shortage=Decimal(0), effects=moved)
    position = on_hand + correction
    after = expect_in_books(
        on_hand=max(position, Decimal(0)),
        shortage=max(-position, Decimal(0)),
        effects=[*moved, Effect(Counterpart.BOOKS, correction)],
    )
    assert after == remote
