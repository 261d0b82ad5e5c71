"""What a plan that nobody has applied makes of the items that corrections look at (SYNC-4)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, cast
from uuid import UUID

from django.db.models import F

from partsemble.accounting.queries.figures import ItemFigures, count_read_item
from partsemble.catalog.queries import ProductFilter, select_products
from partsemble.kernel.ids import RunId
from partsemble.sync.models import ItemSync, PlanPage
from partsemble.sync.rules.deciding import PlannedStep
from partsemble.sync.rules.following import read_books_terms
from partsemble.sync.rules.guarding import is_held
from partsemble.sync.rules.plans import read_steps


class ForeseenItem(NamedTuple):
    """An item as the mirror will have it, and the cost that its product will follow."""

    figures: ItemFigures | None
    """None: the books count it no longer."""
    typed_cost: Decimal | None
    """None: as it is."""


def foresee_items(*, run_id: RunId) -> dict[UUID, ForeseenItem]:
    """This will give those items of stocked products that a plan changes, by their rows.

    It runs inside the caller's scope. What is held back stays as it is and is left out.
    """
    foreseen: dict[UUID, ForeseenItem] = {}
    for steps in iterate_planned(run_id=run_id):
        for item_id in _keep_linked(list(steps)):
            foreseen[item_id] = _foresee(item_id, steps[item_id])
    return foreseen


def iterate_planned(*, run_id: RunId) -> Iterator[Mapping[UUID, PlannedStep]]:
    """This will give a plan's changes of known items by their rows, a page at a time.

    It runs inside the caller's scope. What is held back stays as it is and is left out.
    """
    is_holding = ItemSync.objects.values_list("is_holding", flat=True).get(id=run_id)
    pages = PlanPage.objects.filter(run_id=run_id, created__lt=F("step_count"))
    for document in pages.values_list("steps", flat=True).iterator():
        yield {
            each.known.id: each
            for each in read_steps(bytes(document))
            if each.known is not None and not is_held(step=each, is_holding=is_holding)
        }


def _keep_linked(item_ids: Sequence[UUID]) -> Sequence[UUID]:
    rows = select_products(wanted=ProductFilter(is_active=None, is_linked=True, is_stocked=True))
    linked = rows.filter(accounting_item_id__in=item_ids)
    return cast("Sequence[UUID]", linked.values_list("accounting_item_id", flat=True))


def _foresee(item_id: UUID, step: PlannedStep) -> ForeseenItem:
    said = read_books_terms(step.item)
    return ForeseenItem(
        figures=count_read_item(item_id=item_id, item=step.item),
        typed_cost=cast("Decimal | None", said.get("unit_cost")),
    )
