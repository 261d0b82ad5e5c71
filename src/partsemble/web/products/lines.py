"""Products as lists show them, and what a person asks of the list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import QueryDict

from partsemble.catalog.queries import (
    ProductFilter,
    ProductOrder,
    list_products_after,
)
from partsemble.catalog.types import ProductPosition, ProductType, ProductView
from partsemble.kernel.actor import Actor
from partsemble.stock.queries.balances import find_balances
from partsemble.stock.queries.low import list_low_products_after
from partsemble.stock.types import NOTHING_THERE, Balance
from partsemble.web.downloads import Cell
from partsemble.web.lists import read_page
from partsemble.words.figures import NONE, show_money, show_quantity
from partsemble.words.products import PRODUCT_FIELD_WORDS, PRODUCT_TYPE_WORDS

PART_ROWS: Final = 1_000
"""Rows of a download that are read at a time."""

LOW: Final = "low"

TYPE_CHOICES: Final = (
    ("", "All types"),
    *((each.value, PRODUCT_TYPE_WORDS[each]) for each in ProductType),
)
SHOW_CHOICES: Final = (
    ("", "In use"),
    ("low", "Low or short"),
    ("unlinked", "Not linked"),
    ("gone", "Item inactive in the books"),
    ("inactive", "Not in use"),
    ("all", "All"),
)
"""What a list shows besides what it is searched for; each is one narrowing of the filter."""

DOWNLOAD_HEAD: Final = (
    *PRODUCT_FIELD_WORDS.values(),
    "On hand",
    "In use",
    "Linked",
)


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One line of the list as it is shown."""

    id: UUID
    sku: str
    name: str
    type: str
    unit: str
    price: str
    cost: str
    on_hand: str
    short: str
    """What was taken and was not there; empty: nothing."""
    is_low: bool
    is_stocked: bool
    is_active: bool
    is_linked: bool
    is_item_active: bool


def read_filter(query: QueryDict) -> ProductFilter:
    """This will read what a person wants to see from an address; nonsense is left out."""
    product_type, sort, show = query.get("type", ""), query.get("sort", ""), query.get("show", "")
    name = sort.removeprefix("-")
    return ProductFilter(
        search=query.get("q", "").strip(),
        type=ProductType(product_type) if product_type in set(ProductType) else None,
        is_linked=False if show == "unlinked" else None,
        is_active={"inactive": False, "all": None}.get(show, True),
        is_item_active=False if show == "gone" else None,
        order=ProductOrder(name) if name in set(ProductOrder) else ProductOrder.NAME,
        is_descending=sort.startswith("-"),
        page=read_page(query),
    )


def show_line(product: ProductView, *, balance: Balance = NOTHING_THERE) -> ProductLine:
    """This will put a product into words and figures.

    Arguments:
        balance: what is there of it.
    """
    terms = product.terms
    point = terms.reorder_point
    return ProductLine(
        id=product.id,
        sku=terms.sku,
        name=terms.name,
        type=PRODUCT_TYPE_WORDS[terms.type],
        unit=terms.unit,
        price=show_money(terms.selling_price),
        cost=show_money(terms.unit_cost),
        on_hand=show_quantity(balance.on_hand) if terms.is_stocked else NONE,
        short=show_quantity(balance.shortage) if balance.shortage else "",
        is_low=terms.is_stocked and point is not None and balance.on_hand <= point,
        is_stocked=terms.is_stocked,
        is_active=product.is_active,
        is_linked=product.accounting_item_id is not None,
        is_item_active=product.is_item_active,
    )


def list_cells(*, actor: Actor, wanted: ProductFilter, show: str) -> Iterator[tuple[Cell, ...]]:
    """This will read what a download holds, in order of SKU and part by part."""
    after: ProductPosition | None = None
    read = list_low_products_after if show == LOW else list_products_after
    while part := read(actor=actor, wanted=wanted, after=after, limit=PART_ROWS):
        balances = find_balances(actor=actor, product_ids=[each.id for each in part])
        for each in part:
            there = balances.get(each.id, NOTHING_THERE)
            said = (getattr(each.terms, field) for field in PRODUCT_FIELD_WORDS)
            yield (
                *(
                    PRODUCT_TYPE_WORDS[cell] if isinstance(cell, ProductType) else cell
                    for cell in said
                ),
                there.on_hand if each.terms.is_stocked else None,
                each.is_active,
                each.accounting_item_id is not None,
            )
        after = part[-1].position
