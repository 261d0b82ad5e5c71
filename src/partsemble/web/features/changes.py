"""What a switch says before it is turned; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from partsemble.kernel.ids import ProductId
from partsemble.sync.queries.pairing import LinkedPair
from partsemble.words.figures import count_things, show_quantity

_PARTSEMBLE_LEADS: Final = (
    "A sync then touches no quantity and no cost of what is in stock; where your books count "
    "otherwise, its report says so."
)
_BOOKS_WIN_LATER: Final = (
    "but then your books win: the next sync brings what they count otherwise, also over what was "
    "counted here meanwhile, and what was done here is not owed to them any more."
)
_BOOKS_LEAD: Final = (
    "From then on quantities and costs follow your books: what they say wins. Both sides are taken "
    "to be even at that moment, and the next sync brings what your books count otherwise, each "
    "change as a stock transaction. What was done here before is not owed to your books any more."
)


@dataclass(frozen=True, slots=True)
class Takeover:
    """What it would mean if the books became the master of quantities."""

    company: str
    count: int
    """Of products that they count otherwise."""
    pairs: Sequence[LinkedPair]
    """The first of them."""


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One product that the books count otherwise now."""

    product_id: ProductId
    sku: str
    name: str
    ours: str
    books: str
    unit: str


@dataclass(frozen=True, slots=True)
class Change:
    """A switch, and what turning it means."""

    title: str
    action: str
    what: tuple[str, ...]
    differences: tuple[DifferenceLine, ...] = ()
    difference_title: str = ""
    """Empty if differences do not matter to this change."""


def describe_receiving(*, is_on: bool, is_sync: bool, takeover: Takeover | None) -> Change:
    """This will say what switching Receiving means.

    Arguments:
        is_on: whether it is on now.
        is_sync: whether quantities are kept in the books too.
        takeover: None if the books would not become the master of quantities.
    """
    if is_on:
        stays = "" if takeover else " What is in stock stays."
        what = f"Goods are not received here any more.{stays}"
        return _add_takeover(Change("Switch Receiving off", "Switch off", (what,)), takeover)
    if is_sync:
        what = f"Partsemble becomes the master of quantities. {_PARTSEMBLE_LEADS}"
        back = f"Nothing in stock changes now. You can switch it off again, {_BOOKS_WIN_LATER}"
    else:
        what = "Partsemble is the master of quantities, and stays it in Sync mode too."
        back = (
            "Nothing in stock changes now. You can switch it off again; in Sync mode your books "
            "would win then."
        )
    return Change("Switch Receiving on", "Switch on", (what, back))


def describe_mode(*, is_sync: bool, is_receiving: bool, takeover: Takeover | None) -> Change:
    """This will say what changing the mode of a connection means.

    Arguments:
        is_sync: whether quantities are kept in the books too now.
        is_receiving: whether Receiving is on.
        takeover: None if the books would not become the master of quantities.
    """
    if not is_sync:
        what = (
            "Quantities are kept in the items of your books too. Names, SKUs, prices and unit "
            "costs of linked products follow your books again."
        )
        change = Change("Change to Sync mode", "Keep quantities in the books too", (what,))
        return _add_takeover(change, takeover)
    what = f"Quantities are kept in Partsemble only. {_PARTSEMBLE_LEADS}"
    terms = (
        "Names, SKUs, prices and unit costs of linked products follow your books no longer. They "
        "stay as they are, and are changed here."
    )
    again = "You can change back; names, SKUs, prices and unit costs follow your books again then."
    back = again if is_receiving else f"You can change back, {_BOOKS_WIN_LATER}"
    action = "Keep quantities in Partsemble only"
    words = (what, terms, f"Nothing in stock changes now. {back}")
    return Change("Change to Partsemble-only mode", action, words)


def _add_takeover(change: Change, takeover: Takeover | None) -> Change:
    if takeover is None:
        return change
    products = count_things(takeover.count, noun="product")
    return replace(
        change,
        what=(*change.what, _BOOKS_LEAD),
        differences=tuple(map(_show, takeover.pairs)),
        difference_title=(
            f"As last read, {takeover.company} counts {products} otherwise, and would win:"
            if takeover.count
            else f"As last read, {takeover.company} counts every linked product as you do."
        ),
    )


def _show(pair: LinkedPair) -> DifferenceLine:
    balance = pair.pair.balance
    return DifferenceLine(
        product_id=pair.product_id,
        sku=pair.sku,
        name=pair.name,
        ours=show_quantity(balance.net),
        books=show_quantity(pair.pair.remote),
        unit=pair.unit,
    )
