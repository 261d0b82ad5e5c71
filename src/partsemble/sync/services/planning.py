"""Writing down a plan, a page of it for each page that is read (SYNC-4).

A plan in the making keeps ids and counts, never whole rows (SYNC-9). Every transaction is fenced,
and none is open while the books are asked.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models.functions import Now

from partsemble.accounting.documents import Item, ItemPage, UnreadableItem
from partsemble.accounting.queries.items import (
    find_fingerprints,
    find_known_items,
    get_mirrored_items,
)
from partsemble.accounting.queries.mirror_counts import MirrorCount, count_mirrored
from partsemble.database.bulk import insert_rows
from partsemble.database.scope import business_scope
from partsemble.sync.models import NAME_LENGTH, ItemSync, PlanPage, SyncProblem
from partsemble.sync.queries.runs import list_held_ids
from partsemble.sync.rules.deciding import (
    Glance,
    PagePlan,
    PlannedStep,
    explain_steps,
    glance_at_page,
    is_wanted,
    plan_absences,
    sort_page,
)
from partsemble.sync.rules.guarding import should_hold
from partsemble.sync.rules.modes import LAYOUT
from partsemble.sync.rules.plans import write_names, write_steps
from partsemble.sync.services.fenced import RunInHand, enter_state, fenced_transaction
from partsemble.sync.types import COUNTED_AS, RunState, StepKind


@dataclass(slots=True)
class Plan:
    """A plan in the making."""

    run: RunInHand
    book_rows: int
    mirrored: MirrorCount
    """As it was before; in an empty mirror nothing needs to be looked up."""
    confirmed: frozenset[str]
    """Ids of the items that a person has let be deactivated."""
    seen: set[str] = field(default_factory=set)
    known: int = 0
    """How many mirrored items were seen."""
    rows: int = 0
    has_folders: bool = False
    """Whether rows came that are no items: categories."""
    former_paths: set[str] = field(default_factory=set)
    """Paths that items had and have no longer."""
    is_whole: bool = True
    observed_at: datetime | None = None
    steps: Counter[StepKind] = field(default_factory=Counter)
    confirmed_steps: int = 0
    skipped_unchanged: int = 0
    skipped_by_type: Counter[str] = field(default_factory=Counter)
    problems: int = 0

    @property
    def is_holding(self) -> bool:
        """This will tell whether so much would be deactivated that a person has to look."""
        return should_hold(deactivations=self._unconfirmed, active_items=self.mirrored.active)

    @property
    def held_back(self) -> int:
        """This will count the steps that wait for a person."""
        return self._unconfirmed if self.is_holding else 0

    @property
    def _unconfirmed(self) -> int:
        return self.steps[StepKind.DEACTIVATE] - self.confirmed_steps


def begin_plan(*, run: RunInHand, book_rows: int) -> Plan:
    """This will throw away a half-written plan and begin anew.

    Arguments:
        run: which then is *reading*.
        book_rows: how many rows the books have, of all types and states.

    Raises:
        SyncLockLost: if the lock was lost.
    """
    with fenced_transaction(run=run):
        PlanPage.objects.filter(run_id=run.id).delete()
        SyncProblem.objects.filter(run_id=run.id).delete()
        enter_state(
            run=run,
            state=RunState.READING,
            started_at=Now(),
            mode=run.mode,
            full_reason=run.full_reason,
            since=run.since,
            layout=LAYOUT,
            book_rows=book_rows,
            total_rows=book_rows if run.since is None else None,
            observed_at=None,
        )
        plan = Plan(
            run=run,
            book_rows=book_rows,
            mirrored=count_mirrored(connection_id=run.connection_id),
            confirmed=list_held_ids(run_id=run.confirmed_run_id),
        )
        _advance(plan)
    return plan


def add_page(*, plan: Plan, page: ItemPage) -> None:
    """This will decide a page that was read, and store what it comes to.

    Raises:
        SyncLockLost: if the lock was lost.
    """
    glance = _glance(plan, page)
    opened = page.open_rows(but=glance.familiar)
    # A page that drifted shows an item again; the first sight counts.
    fresh = [each for each in opened.items if each.external_id not in plan.seen]
    troubled = [each for each in opened.unreadable if each.external_id not in plan.seen]
    plan.seen.update(glance.familiar)
    plan.seen.update(each.external_id for each in fresh)
    plan.seen.update(each.external_id for each in troubled if each.external_id)
    plan.rows += page.row_count
    plan.has_folders |= page.row_count > (
        len(glance.familiar) + len(opened.items) + len(opened.unreadable)
    )
    plan.observed_at = plan.observed_at or page.observed_at
    decided = _decide(plan, fresh, troubled)
    plan.known += len(glance.familiar)
    plan.skipped_unchanged += glance.skipped_unchanged + decided.skipped_unchanged
    for skipped in (glance.skipped_by_type, decided.skipped_by_type):
        plan.skipped_by_type.update({each.value: count for each, count in skipped.items()})
    plan.problems += len(troubled)
    with fenced_transaction(run=plan.run):
        _store_steps(plan, decided.steps)
        _store_problems(plan.run, troubled)
        _advance(plan)


def add_absences(*, plan: Plan, external_ids: Collection[str]) -> None:
    """This will plan the end of those items that are active here and not in the books.

    Items whose types are not read stay as they are (SYNC-6).

    Raises:
        SyncLockLost: if the lock was lost.
    """
    if not external_ids:
        return
    connection_id = plan.run.connection_id
    with business_scope(plan.run.business_id):
        known = find_known_items(connection_id=connection_id, external_ids=external_ids)
        active = [external_id for external_id, row in known.items() if row.is_active]
        found = get_mirrored_items(connection_id=connection_id, external_ids=active)
    types = plan.run.types
    mirrored = {
        external_id: item
        for external_id, item in found.items()
        if is_wanted(item_type=item.type, types=types)
    }
    plan.seen.update(known)
    plan.known += len(known)
    plan.skipped_unchanged += len(known) - len(mirrored)
    steps = plan_absences(mirrored=mirrored, known=known, confirmed=plan.confirmed)
    with fenced_transaction(run=plan.run):
        _store_steps(plan, steps)
        _advance(plan)


def finish_plan(*, plan: Plan) -> None:
    """This will close the plan: count what was not read, and hold back what is too much.

    A sync then is *applying*. A preview stays as it is; its counts say what would be done.

    Raises:
        SyncLockLost: if the lock was lost.
    """
    unread = plan.mirrored.all - plan.known
    plan.skipped_unchanged += max(0, unread)
    ending: dict[str, object] = {
        "is_whole": plan.is_whole,
        "is_holding": plan.is_holding,
        "held_back": plan.held_back,
    }
    with fenced_transaction(run=plan.run):
        _advance(plan)
        if plan.run.is_preview:
            counts = {COUNTED_AS[kind]: plan.steps[kind] for kind in StepKind}
            counts["deactivated"] -= plan.held_back
            ItemSync.objects.filter(id=plan.run.id).update(**ending, **counts)
        else:
            enter_state(run=plan.run, state=RunState.APPLYING, **ending)


def _glance(plan: Plan, page: ItemPage) -> Glance:
    """Find what is as it was by its fingerprint; in an empty mirror nothing is."""
    if not plan.mirrored.all:
        return glance_at_page(glimpses=(), known={}, types=plan.run.types)
    fresh = [each for each in page.glimpse() if each.external_id not in plan.seen]
    with business_scope(plan.run.business_id):
        known = find_fingerprints(
            connection_id=plan.run.connection_id,
            external_ids=[each.external_id for each in fresh],
        )
    return glance_at_page(glimpses=fresh, known=known, types=plan.run.types)


def _decide(plan: Plan, items: Sequence[Item], troubled: Sequence[UnreadableItem]) -> PagePlan:
    types, connection_id = plan.run.types, plan.run.connection_id
    if not plan.mirrored.all or not (items or troubled):
        return sort_page(observed=items, known={}, types=types)
    ids = [each.external_id for each in items] + [each.external_id for each in troubled]
    with business_scope(plan.run.business_id):
        known = find_known_items(connection_id=connection_id, external_ids=ids)
        decided = sort_page(observed=items, known=known, types=types)
        changed = [each.item.external_id for each in decided.steps if each.known is not None]
        mirrored = (
            get_mirrored_items(connection_id=connection_id, external_ids=changed) if changed else {}
        )
    plan.known += len(known)
    steps = explain_steps(steps=decided.steps, mirrored=mirrored, confirmed=plan.confirmed)
    plan.former_paths.update(
        mirrored[each.item.external_id].full_name for each in steps if "full_name" in each.changes
    )
    return replace(decided, steps=steps)


def _store_steps(plan: Plan, steps: Sequence[PlannedStep]) -> None:
    if not steps:
        return
    counts = Counter(each.kind for each in steps)
    confirmed = sum(each.is_confirmed for each in steps)
    PlanPage(
        business_id=plan.run.business_id,
        run_id=plan.run.id,
        first_sequence=plan.steps.total() + 1,
        step_count=len(steps),
        confirmed=confirmed,
        names=write_names(steps),
        steps=write_steps(steps),
        **{name: counts[kind] for kind, name in COUNTED_AS.items()},
    ).save(force_insert=True)
    plan.steps += counts
    plan.confirmed_steps += confirmed


def _store_problems(run: RunInHand, troubled: Sequence[UnreadableItem]) -> None:
    insert_rows(
        model=SyncProblem,
        columns=("business_id", "run_id", "external_id", "name", "code", "sentence"),
        rows=[
            (
                run.business_id,
                run.id,
                each.external_id,
                each.name[:NAME_LENGTH],
                each.code,
                each.sentence,
            )
            for each in troubled
        ],
    )


def _advance(plan: Plan) -> None:
    ItemSync.objects.filter(id=plan.run.id).update(
        read_rows=plan.rows,
        planned_steps=plan.steps.total(),
        skipped_unchanged=plan.skipped_unchanged,
        skipped_by_type=dict(plan.skipped_by_type),
        problem_count=plan.problems,
        observed_at=plan.observed_at,
    )
