"""Reading the books and writing down, page by page, what the mirror needs (SYNC-4)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models.functions import Now

from partsemble.accounting.documents import Item, ItemPage, ItemType, UnreadableItem
from partsemble.accounting.provider import AccountingProvider
from partsemble.accounting.queries.books import iterate_item_pages
from partsemble.accounting.queries.items import (
    find_known_items,
    get_mirrored_items,
    has_mirrored_items,
)
from partsemble.database.bulk import insert_rows
from partsemble.database.scope import business_scope
from partsemble.sync.models import NAME_LENGTH, ItemSync, PlanPage, SyncProblem
from partsemble.sync.rules.deciding import PagePlan, PlannedStep, explain_steps, sort_page
from partsemble.sync.rules.plans import write_names, write_steps
from partsemble.sync.services.fenced import RunInHand, enter_state, fenced_transaction
from partsemble.sync.types import COUNTED_AS, RunState


@dataclass(slots=True)
class _Reading:
    """What has been read so far; ids and counts only, never whole rows (SYNC-9)."""

    is_first: bool
    """Whether the mirror of the connection is empty, so that nothing needs to be looked up."""
    seen: set[str] = field(default_factory=set)
    rows: int = 0
    planned: int = 0
    skipped_unchanged: int = 0
    skipped_by_type: Counter[str] = field(default_factory=Counter)
    problems: int = 0
    observed_at: datetime | None = None

    def add(self, page: ItemPage, plan: PagePlan, problems: int) -> None:
        """This will count a page in."""
        self.rows += page.row_count
        self.planned += len(plan.steps)
        self.skipped_unchanged += plan.skipped_unchanged
        for item_type, count in plan.skipped_by_type.items():
            self.skipped_by_type[item_type.value] += count
        self.problems += problems
        self.observed_at = self.observed_at or page.observed_at


def read_books(*, run: RunInHand, provider: AccountingProvider, types: frozenset[ItemType]) -> None:
    """This will read every item and store the plan, replacing a half-written one.

    Pages are read ahead and outside any transaction; each is written under the fence. After the
    last page the run is ready to be applied.

    Raises:
        ProviderError: if a page can't be read; what is stored is a half plan, never applied.
        SyncLockLost: if the lock was lost; nothing was written after that.
    """
    total = provider.count_items()
    _begin(run, total)
    with business_scope(run.business_id):
        is_first = not has_mirrored_items(connection_id=run.connection_id)
    reading = _Reading(is_first=is_first)
    for page in iterate_item_pages(provider=provider, total=total):
        _store_page(run, page, types, reading)
    with fenced_transaction(run=run):
        enter_state(run=run, state=RunState.APPLYING)


def _begin(run: RunInHand, total: int) -> None:
    with fenced_transaction(run=run):
        PlanPage.objects.filter(run_id=run.id).delete()
        SyncProblem.objects.filter(run_id=run.id).delete()
        enter_state(
            run=run,
            state=RunState.READING,
            started_at=Now(),
            total_rows=total,
            read_rows=0,
            planned_steps=0,
            skipped_unchanged=0,
            skipped_by_type={},
            problem_count=0,
            observed_at=None,
        )


def _store_page(
    run: RunInHand, page: ItemPage, types: frozenset[ItemType], reading: _Reading
) -> None:
    # A page that drifted shows an item again; the first sight counts.
    fresh = [item for item in page.items if item.external_id not in reading.seen]
    troubled = [each for each in page.unreadable if each.external_id not in reading.seen]
    reading.seen.update(item.external_id for item in fresh)
    reading.seen.update(each.external_id for each in troubled)
    plan = _plan_page(run, fresh, types, reading)
    first_sequence = reading.planned + 1
    reading.add(page, plan, len(troubled))
    with fenced_transaction(run=run):
        _store_steps(run, plan.steps, first_sequence)
        _store_problems(run, troubled)
        _advance(run, reading)


def _plan_page(
    run: RunInHand, items: Sequence[Item], types: frozenset[ItemType], reading: _Reading
) -> PagePlan:
    if reading.is_first:
        return sort_page(observed=items, known={}, types=types)
    with business_scope(run.business_id):
        known = find_known_items(
            connection_id=run.connection_id, external_ids=[each.external_id for each in items]
        )
        plan = sort_page(observed=items, known=known, types=types)
        changed = [each.item.external_id for each in plan.steps if each.known is not None]
        mirrored = (
            get_mirrored_items(connection_id=run.connection_id, external_ids=changed)
            if changed
            else {}
        )
    return replace(plan, steps=explain_steps(steps=plan.steps, mirrored=mirrored))


def _store_steps(run: RunInHand, steps: Sequence[PlannedStep], first_sequence: int) -> None:
    if not steps:
        return
    counts = Counter(COUNTED_AS[each.kind] for each in steps)
    PlanPage(
        business_id=run.business_id,
        run_id=run.id,
        first_sequence=first_sequence,
        step_count=len(steps),
        names=write_names(steps),
        steps=write_steps(steps),
        **{name: counts[name] for name in COUNTED_AS.values()},
    ).save(force_insert=True)


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


def _advance(run: RunInHand, reading: _Reading) -> None:
    ItemSync.objects.filter(id=run.id).update(
        read_rows=reading.rows,
        planned_steps=reading.planned,
        skipped_unchanged=reading.skipped_unchanged,
        skipped_by_type=dict(reading.skipped_by_type),
        problem_count=reading.problems,
        observed_at=reading.observed_at,
    )
