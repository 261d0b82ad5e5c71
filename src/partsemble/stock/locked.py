"""Rows that a posting holds until its transaction ends, always in this order.

First the balances of all products that move, by primary key; then the counter of the business.
Two postings of one business thereby never wait for each other crosswise, as long as a transaction
that posts more than once holds the balances of all of it beforehand.
"""

from collections.abc import Collection
from typing import Final

from django.db import connection

from partsemble.costing.amounts import ZERO
from partsemble.database.bulk import insert_rows
from partsemble.kernel.ids import BusinessId, ProductId
from partsemble.stock.models import EntryCounter, StockBalance
from partsemble.stock.types import Balance

BALANCE_COLUMNS: Final = ("on_hand", "value", "shortage", "last_unit_cost")
"""In the order of `Balance`."""

_COUNT_ON: Final = """
INSERT INTO stock_entrycounter AS counter (business_id, last_number) VALUES (%s, %s)
ON CONFLICT (business_id) DO UPDATE SET last_number = counter.last_number + excluded.last_number
RETURNING last_number
"""


def lock_balances(
    *, business_id: BusinessId, product_ids: Collection[ProductId]
) -> dict[ProductId, Balance]:
    """This will hold the balances of products, and say what they are.

    A product that never moved gets its row now, so that there is something to hold.

    Arguments:
        business_id: whose; its scope is entered and a transaction is open.
        product_ids: of products of that business.
    """
    ordered = sorted(set(product_ids))
    known = set(StockBalance.objects.filter(pk__in=ordered).values_list("pk", flat=True))
    insert_rows(
        model=StockBalance,
        columns=("product_id", "business_id", "on_hand", "value", "shortage", "number"),
        rows=[(each, business_id, ZERO, ZERO, ZERO, 0) for each in ordered if each not in known],
        ignore_conflicts=True,
    )
    rows = StockBalance.objects.select_for_update().filter(pk__in=ordered).order_by("pk")
    return {
        ProductId(product_id): Balance(*figures)
        for product_id, *figures in rows.values_list("product_id", *BALANCE_COLUMNS)
    }


def take_numbers(*, business_id: BusinessId, count: int) -> int:
    """This will take the next numbers of a business's entries and give the first of them."""
    with connection.cursor() as cursor:
        field = EntryCounter._meta.get_field("business")
        cursor.execute(_COUNT_ON, [field.get_db_prep_value(business_id, connection), count])
        (last,) = cursor.fetchone()
    return int(last) - count + 1
