"""Exact numbers as property tests draw them."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from partsemble.costing.amounts import extend_value
from partsemble.costing.holding import EMPTY, Holding, arrive


def exact(least: str, most: str) -> SearchStrategy[Decimal]:
    """This will draw numbers of six places."""
    return st.decimals(Decimal(least), Decimal(most), places=6)


quantities = exact("0.000001", "1000000")
unit_costs = exact("0", "100000")
values = exact("-1000000", "1000000")


@st.composite
def holdings(draw: st.DrawFn) -> Holding:
    """This will draw what arrivals leave behind."""
    quantity, unit_cost = draw(quantities), draw(unit_costs)
    value = extend_value(quantity=quantity, unit_cost=unit_cost)
    return arrive(holding=EMPTY, quantity=quantity, value=value).after


def some(number: str) -> Decimal:
    """This will write a number as a document would."""
    return Decimal(number)
