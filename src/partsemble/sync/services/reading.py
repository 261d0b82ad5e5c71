"""Reading the books and writing down, page by page, what the mirror needs (SYNC-4)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from django.db.models import F
from django.db.models.functions import Now

from partsemble.accounting.documents import Item, ItemPage, ItemType, UnreadableItem
from partsemble.accounting.provider import AccountingProvider
from partsemble.accounting.queries.books import iterate_item_pages
from partsemble.accounting.queries.items import find_known_items, get_mirrored_items
from partsemble.database.bulk import insert_rows, iterate_chunks
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.sync.models import NAME_LENGTH, ItemSync, SyncProblem, SyncStep
from partsemble.sync.rules import PagePlan, PlannedStep, explain_steps, sort_page
from partsemble.sync.services.fenced import RunInHand, enter_state, fenced_transaction
from partsemble.sync.types import RunState

_STEP_COLUMNS: Final = (
    "business_id",
    "run_id",
    "sequence",
    "kind",
    "external_id",
    "name",
    "item_id",
    "known_digest",
    "observed",
    "changes",
)
_encode: Final = msgspec.json.Encoder(decimal_format="string").encode


@dataclass(slots=True)
class _Reading:
    """What has been read so far; ids only, never whole rows (SYNC-9)."""

    seen: set[str] = field(default_factory=set)
    planned: int = 0


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
    reading = _Reading()
    for page in iterate_item_pages(provider=provider, total=total):
        _store_page(run, page, types, reading)
    with fenced_transaction(run=run):
        enter_state(run=run, state=RunState.APPLYING)


def _begin(run: RunInHand, total: int) -> None:
    with fenced_transaction(run=run):
        SyncStep.objects.filter(run_id=run.id).delete()
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
    with business_scope(run.business_id):
        known = find_known_items(
            connection_id=run.connection_id, external_ids=[each.external_id for each in fresh]
        )
        plan = sort_page(observed=fresh, known=known, types=types)
        steps = explain_steps(steps=plan.steps, mirrored=_get_mirrored(run, plan.steps))
    for chunk in iterate_chunks(steps):
        with fenced_transaction(run=run):
            _store_steps(run, chunk, reading.planned)
        reading.planned += len(chunk)
    with fenced_transaction(run=run):
        _store_problems(run, troubled)
        _advance(run, page, plan, len(troubled))


def _get_mirrored(run: RunInHand, steps: Sequence[PlannedStep]) -> dict[str, Item]:
    known = [step.item.external_id for step in steps if step.known is not None]
    return get_mirrored_items(connection_id=run.connection_id, external_ids=known) if known else {}


def _store_steps(run: RunInHand, steps: Sequence[PlannedStep], already: int) -> None:
    insert_rows(
        model=SyncStep,
        columns=_STEP_COLUMNS,
        rows=[
            (
                run.business_id,
                run.id,
                already + position,
                step.kind.value,
                step.item.external_id,
                step.item.full_name[:NAME_LENGTH],
                step.known.id if step.known else new_id(),
                step.known.digest if step.known else "",
                _encode(step.item).decode(),
                _encode(step.changes).decode(),
            )
            for position, step in enumerate(steps, start=1)
        ],
    )


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


def _advance(run: RunInHand, page: ItemPage, plan: PagePlan, problems: int) -> None:
    row = ItemSync.objects.get(id=run.id)
    skipped = Counter(row.skipped_by_type)
    skipped.update({each.value: count for each, count in plan.skipped_by_type.items()})
    ItemSync.objects.filter(id=run.id).update(
        read_rows=F("read_rows") + page.row_count,
        planned_steps=F("planned_steps") + len(plan.steps),
        skipped_unchanged=F("skipped_unchanged") + plan.skipped_unchanged,
        skipped_by_type=dict(skipped),
        problem_count=F("problem_count") + problems,
        observed_at=row.observed_at or page.observed_at,
    )
