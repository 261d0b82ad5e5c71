"""How a product's stock went, day by day, as a picture needs it (PROD-2).

Problem. A product may have three moves or a hundred thousand, and a picture has room for a few
hundred points. Sending all of them to be thinned out elsewhere costs seconds; taking every
hundredth loses the day on which the shelf was empty.

Decision. The database does it in one statement. It adds up the moves of each business date along
an index that holds all it needs, sums these from the beginning, cuts the days into at most
`STRETCHES`, and gives of each stretch the days that a picture can't do without: the last, those
with the lowest and the highest stock, and those with the lowest and the highest cost. So every
point is a real evening, and none that stands out is left out. Evenings are by business date, as
in `as_of`: whoever posts late changes the past.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connection

from partsemble.costing.amounts import derive_unit_cost
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.numbers import from_units
from partsemble.kernel.permissions import Permission
from partsemble.stock.models import StockMove

STRETCHES: Final = 60
"""Each gives five evenings at most; two months with something every day are shown whole."""

_READ: Final = """
WITH moved AS (
    SELECT occurred_on, SUM(quantity) AS quantity, SUM(value) AS value, SUM(shortage) AS shortage
    FROM stock_stockmove WHERE business_id = %s AND product_id = %s GROUP BY occurred_on
), evening AS (
    SELECT occurred_on, SUM(quantity) OVER days AS on_hand, SUM(value) OVER days AS worth,
        SUM(shortage) OVER days AS missing
    FROM moved WINDOW days AS (ORDER BY occurred_on)
), cut AS (
    SELECT evening.*, on_hand - missing AS level, worth * 1.0 / NULLIF(on_hand, 0) AS cost,
        COUNT(*) OVER () AS days, NTILE(%s) OVER (ORDER BY occurred_on) AS stretch
    FROM evening
), ranked AS (
    SELECT cut.*,
        ROW_NUMBER() OVER (PARTITION BY stretch ORDER BY occurred_on DESC) AS from_end,
        ROW_NUMBER() OVER (PARTITION BY stretch ORDER BY level, occurred_on) AS from_low,
        ROW_NUMBER() OVER (PARTITION BY stretch ORDER BY level DESC, occurred_on) AS from_high,
        ROW_NUMBER() OVER (PARTITION BY stretch ORDER BY cost, occurred_on) AS from_cheap,
        ROW_NUMBER() OVER (PARTITION BY stretch ORDER BY cost DESC, occurred_on) AS from_dear
    FROM cut
)
SELECT occurred_on, on_hand, worth, missing, days FROM ranked
WHERE 1 IN (from_end, from_low, from_high, from_cheap, from_dear) ORDER BY occurred_on
"""
"""Costs are only put in order by the inexact quotient; what is shown is derived exactly."""


@dataclass(frozen=True, slots=True)
class Evening:
    """What was there of a product in the evening of a business date."""

    day: date
    on_hand: Decimal
    value: Decimal
    """In the currency of the business."""
    shortage: Decimal
    """What was to be taken and was not there."""

    @property
    def level(self) -> Decimal:
        """This will be what was there, or below zero what was missing."""
        return self.on_hand - self.shortage

    @property
    def unit_cost(self) -> Decimal | None:
        """The average, half-up to six places; None where nothing was there (COST-1)."""
        if self.on_hand <= 0:
            return None
        return derive_unit_cost(quantity=self.on_hand, value=self.value)


@dataclass(frozen=True, slots=True)
class Course:
    """How stock went: evenings on which something had moved, oldest first."""

    evenings: tuple[Evening, ...]
    day_count: int
    """On how many days something moved; more than there are evenings, if some were left out."""


def read_course(*, actor: Actor, product_id: UUID) -> Course:
    """This will say how the stock of a product went, by at most some hundred evenings.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    key = StockMove._meta.get_field("id")
    whose = [key.get_db_prep_value(each, connection) for each in (actor.business_id, product_id)]
    with business_scope(actor.business_id), connection.cursor() as cursor:
        cursor.execute(_READ, [*whose, STRETCHES])
        rows = cursor.fetchall()
    return Course(
        evenings=tuple(
            Evening(_read_day(day), *(from_units(int(each)) for each in figures))
            for day, *figures, _ in rows
        ),
        day_count=int(rows[0][-1]) if rows else 0,
    )


def _read_day(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)
