"""What the page of a product shows of its stock."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from partsemble.catalog.types import ProductView
from partsemble.kernel.actor import Actor
from partsemble.stock.queries.course import read_course
from partsemble.stock.queries.entries import MoveFilter, list_moves
from partsemble.stock.types import Balance
from partsemble.web.stock.course import CoursePictures, draw_course
from partsemble.web.stock.lines import MoveLine, StockFigures, show_figures, show_move

NEWEST: Final = 10
"""Transactions on the page of a product; all of them have a page of their own."""


@dataclass(frozen=True, slots=True)
class ProductStock:
    """Figures, pictures and newest transactions of a product."""

    figures: StockFigures
    course: CoursePictures | None
    """None, if nothing ever moved."""
    rows: tuple[MoveLine, ...]
    has_more: bool


def show_product_stock(
    *, actor: Actor, product: ProductView, balance: Balance, today: date, currency: str
) -> ProductStock:
    """This will put what is there of a product, and how it came to that, into figures.

    Arguments:
        balance: what is there of it.
        today: the business's date now.
    """
    found = list_moves(actor=actor, wanted=MoveFilter(product_id=product.id))
    return ProductStock(
        figures=show_figures(balance),
        course=draw_course(
            read_course(actor=actor, product_id=product.id),
            until=today,
            unit=product.terms.unit,
            currency=currency,
        ),
        rows=tuple(map(show_move, found.rows[:NEWEST])),
        has_more=len(found.rows) > NEWEST,
    )
