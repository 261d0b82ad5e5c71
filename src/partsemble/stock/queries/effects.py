"""What moved since a line that is drawn for each product: what comparing with the books needs."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import F, Sum
from django.db.models.expressions import Combinable

from partsemble.kernel.ids import BusinessId, ProductId
from partsemble.kernel.numbers import from_units
from partsemble.stock.models import EntryCounter, StockMove
from partsemble.stock.types import Counterpart

_SUM: Final = """
WITH line (product_id, number) AS (VALUES {rows})
SELECT move.product_id, move.counterpart, SUM(move.quantity - move.shortage)
FROM stock_stockmove AS move
JOIN line ON line.product_id = move.product_id AND move.number > line.number
WHERE move.business_id = %s
GROUP BY move.product_id, move.counterpart
ORDER BY move.product_id, move.counterpart
"""


class EffectSum(NamedTuple):
    """What the moves of a product with one counterpart came to."""

    counterpart: Counterpart
    quantity: Decimal
    """What they moved, less the shortage that they left: filling one has no effect."""


def sum_effects(
    *, business_id: BusinessId, after: Mapping[ProductId, int]
) -> dict[ProductId, list[EffectSum]]:
    """This will sum what moved of products, by counterpart, inside the caller's scope (SYNC-7).

    Arguments:
        after: for each product the number of the last entry that does not count any more; some
            hundreds of products. Those of which nothing moved are left out of the answer.
    """
    if not after:
        return {}
    key = StockMove._meta.get_field("id")
    values = [
        value
        for product_id, number in after.items()
        for value in (key.get_db_prep_value(product_id, connection), number)
    ]
    found: dict[ProductId, list[EffectSum]] = {}
    with connection.cursor() as cursor:
        rows = ", ".join(["(%s, %s)"] * len(after))
        business = key.get_db_prep_value(business_id, connection)
        cursor.execute(_SUM.format(rows=rows), [*values, business])
        for product_id, counterpart, units in cursor.fetchall():
            effect = EffectSum(Counterpart(counterpart), from_units(int(units)))
            found.setdefault(ProductId(key.to_python(product_id)), []).append(effect)
    return found


def list_effects_after(*, product_id: ProductId, after: Combinable) -> list[EffectSum]:
    """This will sum the same of one product, behind an entry whose number the database finds.

    Arguments:
        after: an expression for that number.
    """
    moved = StockMove.objects.filter(product_id=product_id, number__gt=after).order_by()
    sums = moved.values_list("counterpart").annotate(effect=Sum(F("quantity") - F("shortage")))
    return [EffectSum(Counterpart(counterpart), effect) for counterpart, effect in sums]


def get_last_number() -> int:
    """This will give the number of the last entry, 0 before the first, in the caller's scope."""
    return EntryCounter.objects.values_list("last_number", flat=True).first() or 0


def find_built_products(*, product_ids: Collection[ProductId]) -> frozenset[ProductId]:
    """This will find the products that were ever built here, inside the caller's scope."""
    rows = StockMove.objects.filter(
        product_id__in=product_ids, counterpart=Counterpart.PRODUCTION.value, quantity__gt=0
    )
    return frozenset(map(ProductId, rows.values_list("product_id", flat=True).distinct()))
