"""What is taken as a cost while none is there."""

from decimal import Decimal

import pytest
from tests.unit.costing.numbers import some

from partsemble.costing.holding import EMPTY, Holding
from partsemble.costing.reference import (
    ReferenceCost,
    ReferenceSource,
    choose_reference_cost,
    remember_unit_cost,
)


@pytest.mark.parametrize(
    ("last", "item", "typed", "cost", "source"),
    [
        ("5.33", "6", "7", "5.33", ReferenceSource.LAST_COST),
        (None, "6", "7", "6", ReferenceSource.ITEM),
        ("0", "6", "7", "6", ReferenceSource.ITEM),
        ("-1", "6", "7", "6", ReferenceSource.ITEM),
        (None, None, "7", "7", ReferenceSource.TYPED),
        (None, "0", "7", "7", ReferenceSource.TYPED),
        (None, None, None, "0", ReferenceSource.NONE),
        ("0", "0", "0", "0", ReferenceSource.NONE),
        (None, None, "0.000001", "0.000001", ReferenceSource.TYPED),
    ],
)
def test_the_first_that_is_more_than_zero(
    last: str | None, item: str | None, typed: str | None, cost: str, source: ReferenceSource
) -> None:
    chosen = choose_reference_cost(
        last_unit_cost=None if last is None else Decimal(last),
        purchase_cost=None if item is None else Decimal(item),
        typed_cost=None if typed is None else Decimal(typed),
    )
    assert chosen == ReferenceCost(unit_cost=Decimal(cost), source=source)


def test_the_last_cost_outlives_the_last_unit() -> None:
    full = Holding(quantity=some("2"), value=some("10.66"))
    free = Holding(quantity=some("2"), value=some("0"))
    last = remember_unit_cost(last_unit_cost=None, holding=full)
    assert last == some("5.33")
    assert remember_unit_cost(last_unit_cost=last, holding=EMPTY) == some("5.33")
    assert remember_unit_cost(last_unit_cost=last, holding=free) == some("5.33")
    assert remember_unit_cost(last_unit_cost=None, holding=EMPTY) is None
