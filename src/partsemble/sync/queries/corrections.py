"""What runs made of quantities that the books said otherwise, and how both stand now."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from partsemble.accounting.queries.connections import find_connection, look_up_connection
from partsemble.database.scope import business_scope
from partsemble.database.sums import join_sums, sum_millionths, sum_wholes
from partsemble.identity.queries import has_feature
from partsemble.identity.types import Feature
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ProductId, RunId
from partsemble.kernel.permissions import Permission
from partsemble.sync.correction_models import QuantityCorrection
from partsemble.sync.models import SyncProblem
from partsemble.sync.queries.pairing import LinkedPair, find_ground, iterate_pairs
from partsemble.sync.queries.runs import get_run, list_held_ids
from partsemble.sync.rules.corrections import are_books_master
from partsemble.sync.types import CorrectionState, CorrectionView

CORRECTION_PAGE: Final = 50
"""Lines of one page of a report."""

_COLUMNS: Final = (
    "quantity",
    "remote",
    "expected",
    "on_hand_before",
    "on_hand_after",
    "shortage_after",
    "value_before",
    "value_after",
    "entry_number",
    "cost_entry_number",
)


def list_corrections(
    *, actor: Actor, run_id: RunId, page: int = 1, state: CorrectionState | None = None
) -> tuple[tuple[CorrectionView, ...], bool]:
    """This will list what a run made of quantities and costs, by SKU, and tell whether more follow.

    Arguments:
        page: from 1.
        state: only those; None: all.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        rows = QuantityCorrection.objects.filter(run_id=run_id).select_related("product")
        if state is not None:
            rows = rows.filter(state=state.value)
        first = (max(1, page) - 1) * CORRECTION_PAGE
        found = rows.order_by("product__sku_key", "id")[first : first + CORRECTION_PAGE + 1]
        views = tuple(map(_view, found))
    return views[:CORRECTION_PAGE], len(views) > CORRECTION_PAGE


def list_corrections_after(
    *,
    actor: Actor,
    run_id: RunId,
    after: UUID | None,
    limit: int,
    state: CorrectionState | None = None,
) -> tuple[CorrectionView, ...]:
    """This will list what a run made of quantities and costs, in the order of products' ids.

    Arguments:
        after: the product at which the former answer ended; None: from the first.
        limit: most lines to give.
        state: only those; None: all.

    Raises:
        PermissionMissing: without *run syncs*.
        RunNotFound: if the business has no such run.
    """
    run = get_run(actor=actor, run_id=run_id)
    with business_scope(actor.business_id):
        rows = QuantityCorrection.objects.filter(run_id=run.id).select_related("product")
        if state is not None:
            rows = rows.filter(state=state.value)
        if after is not None:
            rows = rows.filter(product_id__gt=after)
        return tuple(map(_view, rows.order_by("product_id")[:limit]))


def sum_held_value(*, actor: Actor, run_id: RunId) -> Decimal:
    """This will say by how much all corrections that a run holds back would change the stock.

    In the currency of the business; below zero if the stock would be worth less.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        held = QuantityCorrection.objects.filter(run_id=run_id, state=CorrectionState.HELD.value)
        sums = held.aggregate(
            wholes_before=sum_wholes("value_before"),
            millionths_before=sum_millionths("value_before"),
            wholes_after=sum_wholes("value_after"),
            millionths_after=sum_millionths("value_after"),
        )
    before, after = (
        join_sums(wholes=sums[f"wholes_{when}"], millionths=sums[f"millionths_{when}"])
        for when in ("before", "after")
    )
    return after - before


def list_differences(*, actor: Actor, limit: int) -> tuple[tuple[LinkedPair, ...], int]:
    """This will say which products the books count otherwise now: the first of them, and how many.

    As far as the mirror knows: it is as the last sync read it.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    connection = find_connection(actor=actor)
    ground = None
    if connection is not None:
        ground = find_ground(
            business_id=actor.business_id, connection_id=connection.id, unseen=frozenset()
        )
    if ground is None:
        return (), 0
    first: list[LinkedPair] = []
    count = 0
    for pairs in iterate_pairs(ground=ground, actor=actor):
        differing = [each for each in pairs if each.pair.remote != each.pair.balance.net]
        first += differing[: limit - len(first)]
        count += len(differing)
    return tuple(first), count


def follows_books(*, business_id: BusinessId) -> bool:
    """This will tell whether quantities follow the books of a business (CONN-8)."""
    connection = look_up_connection(business_id=business_id)
    if connection is None:
        return False
    is_receiving = has_feature(business_id=business_id, feature=Feature.RECEIVING)
    return are_books_master(mode=connection.mode, is_receiving=is_receiving)


def list_held_products(*, run_id: RunId | None) -> frozenset[ProductId]:
    """This will give the products whose correction a run holds back, in the caller's scope."""
    rows = QuantityCorrection.objects.filter(run_id=run_id, state=CorrectionState.HELD.value)
    return frozenset(map(ProductId, rows.values_list("product_id", flat=True)))


def list_unseen_ids(*, run_id: RunId) -> frozenset[str]:
    """This will give the items of whose quantity a run knows nothing, in the caller's scope.

    They could not be read, or are said to be gone and wait for a person's word.
    """
    troubled = SyncProblem.objects.filter(run_id=run_id).exclude(external_id="")
    ids = frozenset(troubled.values_list("external_id", flat=True))
    return ids | list_held_ids(run_id=run_id)


def _view(row: QuantityCorrection) -> CorrectionView:
    figures = {name: getattr(row, name) for name in _COLUMNS}
    return CorrectionView(
        product_id=ProductId(row.product_id),
        sku=row.product.sku,
        name=row.product.name,
        unit=row.product.unit,
        state=CorrectionState(row.state),
        code=row.code,
        **figures,
    )
