"""Bringing quantities and costs in step with the books, or saying where they differ (SYNC-7).

A run comes here when the mirror follows the books, still under the sync lock. So the mirror *is*
what this run read, and stays so while it is compared. What people do meanwhile is another matter:
adjustments go on beside a sync. So everything is decided twice. First over all products, without
holding any, to find the few that differ and to see how much would change altogether; then for each
of those again, with its balance held, and that is what is posted.

Nothing here needs a position to go on from: a product that was corrected is expected to be as the
books say, and one line a product and run keeps what was done. Only the verdict on mass changes is
kept with the run, because what is already applied would weigh nothing the second time.

A preview goes the same way and comes to the same lines (SYNC-4): it looks at the items as its plan
will leave them, holds nothing, and where a sync posts it writes down what is foreseen.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Final

from django.db.models import Count

from partsemble.accounting.documents import ItemType
from partsemble.costing.amounts import ZERO
from partsemble.database.counting import count_grown_tables
from partsemble.database.scope import business_scope
from partsemble.identity.services import record_activity
from partsemble.kernel.ids import ProductId
from partsemble.stock.queries.balances import find_balances, sum_stock_value
from partsemble.stock.services.posting import hold_balances
from partsemble.sync.correction_models import QuantityCorrection
from partsemble.sync.models import ItemSync
from partsemble.sync.queries.corrections import (
    follows_books,
    list_held_products,
    list_unseen_ids,
)
from partsemble.sync.queries.foreseeing import foresee_items
from partsemble.sync.queries.pairing import (
    Ground,
    LinkedPair,
    find_ground,
    iterate_pairs,
    list_links,
    pair_links,
)
from partsemble.sync.rules.corrections import Judgement, TooLarge, judge
from partsemble.sync.rules.deciding import is_wanted
from partsemble.sync.rules.guarding import CorrectionGuard, find_hold, guard_corrections
from partsemble.sync.services.anchoring import set_anchors
from partsemble.sync.services.correction_entries import (
    ReportLine,
    Ruled,
    keep_lines,
    make_anchor,
    post_corrections,
)
from partsemble.sync.services.fenced import RunInHand, fenced_transaction
from partsemble.sync.types import CorrectionState, HoldReason

CHUNK_SIZE: Final = 100
"""Products that one transaction corrects: their balances are held until its end."""


def correct_quantities(*, run: RunInHand) -> None:
    """This will bring linked products in step with their items, or say that they differ.

    While the books are the master of quantities, each difference becomes one stock entry of the
    run, and a changed purchase cost another (SYNC-7); what changes too much at once waits for a
    person (SYNC-6). Otherwise differences are reported and nothing is touched (SYNC-8). A preview
    only writes down what a sync would do (SYNC-4).

    Raises:
        SyncLockLost: if the lock was lost; nothing was written after that.
        JobLost: the same for a preview and its job.
    """
    if run.is_preview:
        _begin_anew(run)
    if not is_wanted(item_type=ItemType.INVENTORY, types=run.types):
        return
    ground = _find_ground(run)
    if ground is None:
        return
    count_grown_tables()
    if follows_books(business_id=run.business_id):
        _bring_in_step(run, ground)
    else:
        _report(run, ground)
    _count(run)


def _begin_anew(run: RunInHand) -> None:
    """What a preview foresaw before it broke off may not hold any longer."""
    with fenced_transaction(run=run):
        QuantityCorrection.objects.filter(run_id=run.id).delete()
        ItemSync.objects.filter(id=run.id).update(holds_values=None, holds_zeros=None)


def _find_ground(run: RunInHand) -> Ground | None:
    with business_scope(run.business_id):
        unseen = list_unseen_ids(run_id=run.id)
        foreseen = foresee_items(run_id=run.id) if run.is_preview else {}
    ground = find_ground(
        business_id=run.business_id, connection_id=run.connection_id, unseen=unseen
    )
    return ground and replace(ground, foreseen=foreseen)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What waits for a person, and for which products a person has spoken."""

    guard: CorrectionGuard
    confirmed: frozenset[ProductId]

    def find_hold(self, ruled: Ruled) -> HoldReason | None:
        """Why a correction waits; None: it does not."""
        if ruled.product_id in self.confirmed:
            return None
        return find_hold(outlook=ruled.judgement.outlook, guard=self.guard)


def _bring_in_step(run: RunInHand, ground: Ground) -> None:
    with business_scope(run.business_id):
        confirmed = list_held_products(run_id=run.confirmed_run_id)
    guard, product_ids = _weigh(run, ground, confirmed)
    for chunk in batched(product_ids, CHUNK_SIZE):
        with fenced_transaction(run=run):
            count_grown_tables()
            _correct(run, ground, chunk, _Verdict(guard, confirmed))


def _weigh(
    run: RunInHand, ground: Ground, confirmed: frozenset[ProductId]
) -> tuple[CorrectionGuard, list[ProductId]]:
    """Find the products that are not in step, and which corrections are too much at once."""
    found: list[ProductId] = []
    change, emptied = ZERO, 0
    with business_scope(run.business_id):
        stock_value = sum_stock_value()
    for pairs in iterate_pairs(ground=ground, actor=run.actor):
        in_step = []
        for linked in pairs:
            judgement = judge(linked.pair)
            if judgement is None:
                in_step.append(linked)
                continue
            found.append(linked.product_id)
            if isinstance(judgement, Judgement) and linked.product_id not in confirmed:
                change += judgement.outlook.value_change
                emptied += judgement.outlook.empties
        if not run.is_preview:
            _follow_costs(run, in_step)
    guard = guard_corrections(value_change=change, stock_value=stock_value, emptied=emptied)
    return _settle_guard(run, guard), found


def _follow_costs(run: RunInHand, pairs: Sequence[LinkedPair]) -> None:
    """Remember purchase costs that changed without anything here to be valued by them."""
    if stale := [make_anchor(linked=each) for each in pairs if each.has_other_cost]:
        with fenced_transaction(run=run):
            set_anchors(business_id=run.business_id, anchors=stale)


def _settle_guard(run: RunInHand, guard: CorrectionGuard) -> CorrectionGuard:
    """Keep the verdict with the run, and give the one that was kept first."""
    with fenced_transaction(run=run):
        rows = ItemSync.objects.filter(id=run.id)
        rows.filter(holds_values=None).update(
            holds_values=guard.holds_values, holds_zeros=guard.holds_zeros
        )
        holds_values, holds_zeros = rows.values_list("holds_values", "holds_zeros").get()
    return CorrectionGuard(holds_values=bool(holds_values), holds_zeros=bool(holds_zeros))


def _correct(
    run: RunInHand, ground: Ground, product_ids: Sequence[ProductId], verdict: _Verdict
) -> None:
    """Decide again with the balances held, post, and keep what was done; or would be."""
    links = list_links(product_ids=product_ids)
    look = find_balances if run.is_preview else hold_balances
    balances = look(actor=run.actor, product_ids=[each.product_id for each in links])
    lines: list[ReportLine] = []
    free: list[Ruled] = []
    for linked in pair_links(ground=ground, links=links, balances=balances):
        judgement = judge(linked.pair)
        if isinstance(judgement, TooLarge):
            lines.append(ReportLine.of_refusal(linked, judgement.code))
        elif judgement is not None:
            ruled = Ruled(linked, judgement)
            if hold := verdict.find_hold(ruled):
                lines.append(ReportLine.of_outlook(ruled, CorrectionState.HELD, hold))
            else:
                free.append(ruled)
    if run.is_preview:
        lines += [ReportLine.of_outlook(each, CorrectionState.APPLIED) for each in free]
    else:
        lines += post_corrections(run=run, ruled=free)
    keep_lines(run=run, lines=lines)


def _report(run: RunInHand, ground: Ground) -> None:
    """Say what differs, and leave it as it is (SYNC-8)."""
    for pairs in iterate_pairs(ground=ground, actor=run.actor):
        if lines := list(_list_differing(pairs)):
            with fenced_transaction(run=run):
                keep_lines(run=run, lines=lines)


def _list_differing(pairs: Sequence[LinkedPair]) -> Iterator[ReportLine]:
    for linked in pairs:
        if linked.pair.remote != linked.pair.expected:
            yield ReportLine(linked, CorrectionState.REPORTED, linked.pair.balance)


def _count(run: RunInHand) -> None:
    """Count the lines of the report; the activity log hears of them with the first count."""
    with fenced_transaction(run=run):
        lines = QuantityCorrection.objects.filter(run_id=run.id).order_by()
        counted = Counter(dict(lines.values_list("state").annotate(count=Count("id"))))
        applied = counted[CorrectionState.APPLIED.value]
        rows = ItemSync.objects.filter(id=run.id)
        if applied and not run.is_preview and rows.filter(corrected=0).exists():
            record_activity(
                actor=run.actor,
                verb="corrected",
                subject="stock",
                subject_id=run.id,
                subject_label=f"{applied} product{'s' if applied > 1 else ''}",
            )
        rows.update(
            corrected=applied,
            held_corrections=counted[CorrectionState.HELD.value],
            refused_corrections=counted[CorrectionState.REFUSED.value],
            differing=counted[CorrectionState.REPORTED.value],
        )
