"""What is expected in the books: the one place that says it (SYNC-7, REC-1). Pure.

Problem. A product has 40 on its shelf here and 50 in the books. Were ten lost there, or taken here
and not told to the books yet? A sync that guesses wrong undoes somebody's work, and the next one
undoes it again.

Observations.

* The quantity that matters on our side is what is on hand less what is short: a shortage is
  goods that left without having been there, and the books count below zero for the same reason.
  So an entry counts by its *effect*: the quantity it moved less the shortage it left. Filling a
  shortage later moves goods and lowers the shortage alike: it has no effect, and need not be asked
  on whose behalf it was.
* Every effect was either told to us by the books (a sync's correction, sales that were read), or
  was in both from the beginning (an opening, what lies before the start line of the connection
  or the anchor of the link), or happened here first. Of the last kind the books know what was
  exported, and are owed the rest.
* So the books should show our quantity less the effects that they are owed. Whatever else they
  show, happened there.

Decision. A function of sums by counterpart. An effect is owed if it lies after the line and its
counterpart is neither BOOKS nor OPENING. Exports will take away from this what is posted, here and
nowhere else.

What follows (I11). Work here changes both terms alike, so it never changes the expectation, and a
sync can never take it for a difference. After a correction the expectation is what the books said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from partsemble.costing.amounts import ZERO
from partsemble.stock.types import Counterpart

IN_BOOKS: Final = frozenset({Counterpart.BOOKS, Counterpart.OPENING})
"""Other ends of moves that the books told us, or that both sides began with."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What the moves of one product with one counterpart came to since the line was drawn."""

    counterpart: Counterpart
    quantity: Decimal
    """What they moved, less the shortage that they left."""


def expect_in_books(*, on_hand: Decimal, shortage: Decimal, effects: Iterable[Effect]) -> Decimal:
    """This will say which quantity of a product the books should show (SYNC-7).

    Arguments:
        on_hand: here and now, in the product's unit.
        shortage: what is missing here, zero or more.
        effects: of all moves after the start line and the link's anchor.
    """
    return on_hand - shortage - sum_owed(effects)


def sum_owed(effects: Iterable[Effect]) -> Decimal:
    """This will say what of that the books have not been told."""
    return sum((each.quantity for each in effects if each.counterpart not in IN_BOOKS), ZERO)
