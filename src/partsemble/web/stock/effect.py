"""What an adjustment that is being typed would come to, in words; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from partsemble.stock.types import Balance
from partsemble.words.figures import show_money, show_quantity, show_value


@dataclass(frozen=True, slots=True)
class Step:
    """A figure before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Effect:
    """A sentence: its beginning, the figures that change, its end."""

    lead: str
    steps: tuple[Step, ...]
    end: str


def tell_effect(*, before: Balance, after: Balance, currency: str) -> Effect:
    """This will say what becomes of a product's stock.

    Arguments:
        currency: ISO 4217 code of the business's currency.
    """
    if after.on_hand == before.on_hand and after.shortage != before.shortage:
        return Effect(
            lead="Fills the open shortage: ",
            steps=(_step_shortage(before, after),),
            end=f". On hand stays {show_quantity(after.on_hand)}.",
        )
    return Effect(lead="", steps=tuple(_list_steps(before, after)), end=f" {currency}.")


def _list_steps(before: Balance, after: Balance) -> Iterator[Step]:
    yield Step("On hand", show_quantity(before.on_hand), show_quantity(after.on_hand))
    if after.shortage != before.shortage:
        yield _step_shortage(before, after)
    if after.unit_cost != before.unit_cost:
        yield Step("unit cost", show_money(before.unit_cost), show_money(after.unit_cost))
    yield Step("worth", show_value(before.value), show_value(after.value))


def _step_shortage(before: Balance, after: Balance) -> Step:
    return Step("short", show_quantity(before.shortage), show_quantity(after.shortage))
