"""Comparing what rows say with the products as they are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Final

from partsemble.catalog.queries import find_products_by_sku
from partsemble.catalog.types import ProductView, fold_sku
from partsemble.files.rules.planning import (
    RowPlan,
    SaidRow,
    Surroundings,
    list_twins,
    plan_row,
)
from partsemble.files.types import Column
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import ProductId
from partsemble.stock.queries.balances import find_balances
from partsemble.sync.queries.linking import find_owned_fields

PART_ROWS: Final = 1_000
"""Rows that are compared with products at a time."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What some rows are compared with."""

    keys: Mapping[int, str]
    twins: Mapping[int, int]
    known: Mapping[str, ProductView]
    owned: Mapping[ProductId, frozenset[str]]
    heads: Mapping[Column, str]
    remaining: Collection[ProductId]

    def plan(self, row: SaidRow) -> RowPlan:
        """This will say what becomes of one of the rows."""
        product = self.known.get(self.keys.get(row.number, ""))
        around = Surroundings(
            known=product,
            owned=self.owned.get(product.id, frozenset()) if product else frozenset(),
            twin=self.twins.get(row.number),
            heads=self.heads,
            remains=product is not None and product.id in self.remaining,
        )
        return plan_row(row=row, around=around)


def plan_all(
    *,
    actor: Actor,
    said: Sequence[SaidRow],
    heads: Mapping[Column, str],
) -> Iterator[list[tuple[SaidRow, RowPlan]]]:
    """This will say what becomes of the rows of a file, part by part.

    Arguments:
        said: all rows, in the order of the file.
        heads: what the file calls its columns.
    """
    keys = {each.number: fold_sku(str(sku)) for each in said if (sku := each.said.get(Column.SKU))}
    twins = list_twins(keys)
    for rows in batched(said, PART_ROWS):
        wanted = {keys[each.number] for each in rows if each.number in keys}
        known = find_products_by_sku(actor=actor, sku_keys=wanted)
        owned = find_owned_fields(actor=actor, products=list(known.values()))
        leaving = [
            known[keys[each.number]].id
            for each in rows
            if each.said.get(Column.IS_STOCKED) is False and keys.get(each.number) in known
        ]
        remaining = {
            product_id
            for product_id, there in find_balances(actor=actor, product_ids=leaving).items()
            if there.on_hand or there.shortage
        }
        part = _Part(keys, twins, known, owned, heads, remaining)
        yield [(each, part.plan(each)) for each in rows]
