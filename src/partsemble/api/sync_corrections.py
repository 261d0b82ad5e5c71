"""What a run made of quantities and costs, product by product (SYNC-7, SYNC-8)."""

from typing import Final
from uuid import UUID

from ninja import Router

from partsemble.api.access import ApiRequest, Token
from partsemble.api.paging import PAGE_SIZE, Cursor, Limit, Page, make_page, read_cursor
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.wire import Number, Shape
from partsemble.kernel.ids import RunId
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries.corrections import list_corrections_after
from partsemble.sync.types import CorrectionState, CorrectionView

router = Router(tags=["item-syncs"])

LIST: Final = "item-syncs.corrections"


class QuantityCorrection(Shape):
    """One product whose item said something else than expected."""

    product_id: UUID
    sku: str
    state: CorrectionState
    code: str
    """Why it could not be corrected, or waits for a person; empty otherwise."""
    quantity: Number
    """Of the books, less what was expected there."""
    remote: Number
    expected: Number
    on_hand_before: Number
    on_hand_after: Number
    shortage_after: Number
    value_before: Number
    value_after: Number
    entry_number: int | None
    """Of the stock entry that moved the quantity."""
    cost_entry_number: int | None
    """Of the stock entry that changed the cost."""


@router.get(
    "{run_id}/corrections",
    auth=Token(needs=Permission.RUN_SYNC),
    response={200: Page[QuantityCorrection], EVERYWHERE | {404}: Problem},
)
def list_sync_corrections(
    request: ApiRequest,
    *,
    run_id: UUID,
    state: CorrectionState | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_SIZE,
) -> Page[QuantityCorrection]:
    """This will list the products whose quantity or cost the run corrected or found to differ.

    Those of a preview say what a sync would do; they have no entries. Lines of old runs are tidied
    away with their changes; the run keeps their counts.
    """
    name = f"{LIST}.{run_id}.{state or ''}"
    found = list_corrections_after(
        actor=request.actor,
        run_id=RunId(run_id),
        after=read_cursor(cursor, name=name, kind=UUID),
        limit=limit + 1,
        state=state,
    )
    return make_page(found, limit=limit, show=_show, name=name, locate=lambda each: each.product_id)


def _show(line: CorrectionView) -> QuantityCorrection:
    figures = {name: getattr(line, name) for name in QuantityCorrection.model_fields}
    return QuantityCorrection(**figures)
