"""Writing down a plan while the books are read (SYNC-4).

A plan in the making keeps ids and counts, and fewer whole rows than two pages have (SYNC-9): what
pages come to is written down once it is `STEPS_AT_ONCE`, or after `QUIET_SECONDS`. Where one item
in a hundred changed, a transaction for each page would be most of the work. Every transaction is
fenced, and none is open while the books are asked.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

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
from partsemble.sync.rules.seen import SeenIds
from partsemble.sync.services.fenced import RunInHand, enter_state, fenced_transaction
from partsemble.sync.types import COUNTED_AS, RunState, StepKind

STEPS_AT_ONCE: Final = 250
"""As many as a transaction of the mirror has at least."""
QUIET_SECONDS: Final = 0.25
"""Often enough for a progress bar, and a thousand times as often as the lease needs."""


@dataclass(slots=True)
class Plan:
    """A plan in the making."""

    run: RunInHand
    book_rows: int
    mirrored: MirrorCount
    """As it was before; in an empty mirror nothing needs to be looked up."""
    confirmed: frozenset[str]
    """Ids of the items that a person has let be deactivated."""
    seen: SeenIds = field(default_factory=SeenIds)
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
    unwritten: list[PlannedStep] = field(default_factory=list)
    """Counted above, and not stored yet; so are the problems."""
    unwritten_problems: list[UnreadableItem] = field(default_factory=list)
    read_clock: Callable[[], float] = time.monotonic
    written_at: float = float("-inf")
    """By that clock."""

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
    """This will decide a page that was read, and store what it comes to, now or soon.

    Raises:
        SyncLockLost: if the lock was lost.
    """
    glance, mirrored_ids = _glance(plan, page)
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
    decided = _decide(plan, fresh, troubled, mirrored_ids)
    plan.known += len(glance.familiar)
    plan.skipped_unchanged += glance.skipped_unchanged + decided.skipped_unchanged
    for skipped in (glance.skipped_by_type, decided.skipped_by_type):
        plan.skipped_by_type.update({each.value: count for each, count in skipped.items()})
    _add_steps(plan, decided.steps)
    plan.unwritten_problems += troubled
    plan.problems += len(troubled)
    _write_if_due(plan)


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
    _add_steps(plan, plan_absences(mirrored=mirrored, known=known, confirmed=plan.confirmed))
    _write_if_due(plan)


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
        _write(plan)
        if plan.run.is_preview:
            counts = {COUNTED_AS[kind]: plan.steps[kind] for kind in StepKind}
            counts["deactivated"] -= plan.held_back
            ItemSync.objects.filter(id=plan.run.id).update(**ending, **counts)
        else:
            enter_state(run=plan.run, state=RunState.APPLYING, **ending)


def _glance(plan: Plan, page: ItemPage) -> tuple[Glance, Collection[str] | None]:
    """Find what is as it was by its fingerprint; in an empty mirror nothing is.

    Beside it the ids of the page that are mirrored, or None if looking did not tell.
    """
    types = plan.run.types
    if not plan.mirrored.all:
        return glance_at_page(glimpses=(), known={}, types=types), ()
    glimpses = page.glimpse()
    if not glimpses:
        return glance_at_page(glimpses=(), known={}, types=types), None
    fresh = [each for each in glimpses if each.external_id not in plan.seen]
    with business_scope(plan.run.business_id):
        known = find_fingerprints(
            connection_id=plan.run.connection_id,
            external_ids=[each.external_id for each in fresh],
        )
    return glance_at_page(glimpses=fresh, known=known, types=types), known


def _decide(
    plan: Plan,
    items: Sequence[Item],
    troubled: Sequence[UnreadableItem],
    mirrored_ids: Collection[str] | None,
) -> PagePlan:
    types, connection_id = plan.run.types, plan.run.connection_id
    ids = [each.external_id for each in items] + [each.external_id for each in troubled]
    if mirrored_ids is not None:
        ids = [each for each in ids if each in mirrored_ids]
    if not ids:
        return sort_page(observed=items, known={}, types=types)
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


def _add_steps(plan: Plan, steps: Sequence[PlannedStep]) -> None:
    plan.steps.update(each.kind for each in steps)
    plan.confirmed_steps += sum(each.is_confirmed for each in steps)
    plan.unwritten += steps


def _write_if_due(plan: Plan) -> None:
    unwritten = len(plan.unwritten) + len(plan.unwritten_problems)
    quiet = plan.read_clock() - plan.written_at
    if unwritten >= STEPS_AT_ONCE or quiet >= QUIET_SECONDS:
        with fenced_transaction(run=plan.run):
            _write(plan)
        plan.written_at = plan.read_clock()


def _write(plan: Plan) -> None:
    if plan.unwritten:
        _store_steps(plan, plan.unwritten)
        plan.unwritten = []
    if plan.unwritten_problems:
        _store_problems(plan.run, plan.unwritten_problems)
        plan.unwritten_problems = []
    _advance(plan)


def _store_steps(plan: Plan, steps: Sequence[PlannedStep]) -> None:
    """The ORM would write the document into the text of its statement, twice as long."""
    counts = Counter(each.kind for each in steps)
    values = {
        "business_id": plan.run.business_id,
        "run_id": plan.run.id,
        "first_sequence": plan.steps.total() - len(steps) + 1,
        "step_count": len(steps),
        "confirmed": sum(each.is_confirmed for each in steps),
        "names": write_names(steps),
        "steps": write_steps(steps),
        **{name: counts[kind] for kind, name in COUNTED_AS.items()},
    }
    insert_rows(model=PlanPage, columns=tuple(values), rows=[tuple(values.values())])


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
