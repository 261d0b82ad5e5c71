"""From exact values to amounts of a currency, event by event, without drift (COST-3).

Problem. Values have six places, an amount in the books has two. If each event is rounded by
itself, a thousand builds of 0.333333 post 330.00 while 333.33 of stock are gone, and nobody finds
the 3.33 again.

Observations.

* The sum that has been posted can be kept beside the sum that is true. Each event then posts what
  brings the one to the rounded other; so the books are never half a cent away from the truth, over
  any number of events. The sums belong together with what the amounts are posted to: a business
  and a role of account.
* An amount that was posted is a fact. A reversal takes back that very amount, not what the carry
  would come to today, and leaves the sums up to a cent apart. The next event makes that up by
  itself, because it posts towards the truth and not onwards from its last step.
* Making up must not turn an event round: a receipt of 0.01 that posts −0.01 would be right in sum
  and wrong on its page. So an amount never has the other sign than its value; what can't be made
  up with one event waits for the next.
* A document's sides have to balance, and roles that are rounded one by one do not. Whoever composes
  a document carries the roles of one side and posts their sum to the other, which then drifts no
  more than they do.

Left out. Interest in when a carry was posted: posting order is the order of the calls, and whoever
stores a carry locks it.
"""

from dataclasses import dataclass
from decimal import Decimal

from partsemble.costing.amounts import ZERO, check_value, round_amount


@dataclass(frozen=True, slots=True)
class Carry:
    """What the events of one business and account role came to so far."""

    exact: Decimal = ZERO
    """The sum of their values, six places."""
    posted: Decimal = ZERO
    """The sum of their amounts, in the places of the currency."""


@dataclass(frozen=True, slots=True)
class CarriedAmount:
    """The amount of one event, which is its own for ever, and the sums after it."""

    amount: Decimal
    carry: Carry


def carry_amount(*, carry: Carry, value: Decimal, places: int) -> CarriedAmount:
    """This will say what one event posts, so that all of them together stay true.

    Arguments:
        carry: before the event.
        value: of the event, signed, six places.
        places: of the currency.

    Raises:
        ValueTooLarge: if the sums reach their limit.
    """
    exact = check_value(carry.exact + value)
    due = round_amount(exact, places=places) - carry.posted
    amount = max(due, ZERO) if value > 0 else min(due, ZERO) if value < 0 else ZERO
    return CarriedAmount(amount=amount, carry=Carry(exact=exact, posted=carry.posted + amount))


def carry_back(*, carry: Carry, value: Decimal, amount: Decimal) -> CarriedAmount:
    """This will take an event back with the very amount that it posted.

    Arguments:
        carry: before the reversal.
        value: of the event that is reversed.
        amount: that it posted.
    """
    sums = Carry(exact=carry.exact - value, posted=carry.posted - amount)
    return CarriedAmount(amount=-amount, carry=sums)
