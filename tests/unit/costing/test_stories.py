"""What an accountant would work out with a pencil, line by line."""

from decimal import Decimal

from partsemble.costing.amounts import extend_value, round_amount
from partsemble.costing.carrying import Carry, carry_amount, carry_back
from partsemble.costing.holding import EMPTY, Holding, arrive, revalue, take
from partsemble.costing.reference import ReferenceSource, choose_reference_cost, remember_unit_cost
from partsemble.costing.shortages import fill_shortages


def _buy(holding: Holding, quantity: str, at: str) -> Holding:
    value = extend_value(quantity=Decimal(quantity), unit_cost=Decimal(at))
    return arrive(holding=holding, quantity=Decimal(quantity), value=value).after


def _reads(holding: Holding, quantity: str, value: str, unit_cost: str | None) -> None:
    """This will compare a holding with the line that the accountant wrote, to the cent."""
    assert holding.quantity == Decimal(quantity)
    assert round_amount(holding.value, places=2) == Decimal(value)
    shown = holding.unit_cost
    assert (None if shown is None else str(round_amount(shown, places=2))[:-4]) == unit_cost


def test_a_year_of_aluminium_profile() -> None:
    """Bought twice, used, counted, used up: at the end the shelf and its value are empty."""
    shelf = _buy(EMPTY, "100", at="5.00")
    _reads(shelf, "100", "500.00", "5.00")

    shelf = _buy(shelf, "50", at="6.00")
    _reads(shelf, "150", "800.00", "5.33")

    used = take(holding=shelf, quantity=Decimal(70))
    assert round_amount(-used.value, places=2) == Decimal("373.33")
    shelf = used.after
    _reads(shelf, "80", "426.67", "5.33")

    shelf = _buy(shelf, "20", at="7.10")
    _reads(shelf, "100", "568.67", "5.69")

    missing = take(holding=shelf, quantity=Decimal("0.5"))
    assert round_amount(-missing.value, places=2) == Decimal("2.84")
    shelf = missing.after

    dearer = revalue(holding=shelf, unit_cost=Decimal("6.00"))
    assert round_amount(dearer.value, places=2) == Decimal("31.18")
    shelf = dearer.after
    _reads(shelf, "99.5", "597.00", "6.00")

    last = take(holding=shelf, quantity=Decimal("99.5"))
    assert last.value == Decimal(-597)
    _reads(last.after, "0", "0.00", None)


def test_sold_before_it_came() -> None:
    """Five on the shelf, eight sold, ten bought: three of them are gone before they are in."""
    shelf = _buy(EMPTY, "5", at="4.00")
    gone = take(holding=shelf, quantity=Decimal(5))
    assert gone.after == EMPTY
    short = Decimal(8) - Decimal(5)

    last = remember_unit_cost(last_unit_cost=None, holding=shelf)
    estimate = choose_reference_cost(
        last_unit_cost=last, purchase_cost=Decimal("4.50"), typed_cost=None
    )
    assert estimate.source is ReferenceSource.LAST_COST
    assert extend_value(quantity=short, unit_cost=estimate.unit_cost) == Decimal(12)

    bought = Holding(quantity=Decimal(10), value=Decimal("47.00"))
    filling = fill_shortages(shortages=[short], arrival=bought)
    assert filling.fills == (Holding(quantity=Decimal(3), value=Decimal("14.10")),)
    _reads(filling.rest, "7", "32.90", "4.70")


def test_a_month_of_screws_in_the_books() -> None:
    """Each build uses 1.234567 of screws: the account follows to the cent, all month long."""
    carry, posted = Carry(), []
    for _ in range(1_000):
        event = carry_amount(carry=carry, value=Decimal("1.234567"), places=2)
        carry = event.carry
        posted.append(event.amount)
    assert set(posted) == {Decimal("1.23"), Decimal("1.24")}
    assert sum(posted) == Decimal("1234.57")
    assert 1_000 * Decimal("1.23") == Decimal("1230.00"), "what rounding each by itself would post"

    undone = carry_back(carry=carry, value=Decimal("1.234567"), amount=posted[0])
    assert undone.amount == -posted[0]
    again = carry_amount(carry=undone.carry, value=Decimal("1.234567"), places=2)
    assert again.carry.posted == Decimal("1234.57")
