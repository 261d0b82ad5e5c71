"""Bringing the mirror in step with a finished plan, so that twice is the same as once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.db.models import F

from partsemble.accounting.mirror import KnownItem
from partsemble.accounting.queries.items import find_known_items
from partsemble.accounting.services.items import (
    ItemChange,
    ItemCreation,
    change_items,
    create_items,
    prepare_changes,
    prepare_creations,
)
from partsemble.database.bulk import BulkWrite, iterate_ahead, iterate_chunks
from partsemble.database.ids import new_id, new_ids
from partsemble.database.scope import business_scope
from partsemble.sync.models import ItemSync, PlanPage
from partsemble.sync.rules.deciding import PlannedStep, decide
from partsemble.sync.rules.guarding import is_held
from partsemble.sync.rules.plans import read_steps
from partsemble.sync.services.fenced import RunInHand, fenced_transaction
from partsemble.sync.services.following import ChangedItem, follow_changed_items
from partsemble.sync.types import COUNTED_AS, SkipReason


class _PlanOutdated(Exception):
    """The mirror is not as the plan knew it; the chunk is rolled back and planned again."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some steps, made ready for one transaction."""

    steps: Sequence[PlannedStep]
    """All of them, also those that are passed over."""
    counts: Counter[str]
    creations: BulkWrite
    changes: BulkWrite
    changed: Sequence[ChangedItem]
    expected: tuple[int, int]
    """Rows that are created and changed if the mirror is as the plan knew it."""


class _Page(NamedTuple):
    """A page of the plan as it is stored, and how many of its steps are applied already."""

    document: bytes
    skipped: int


def apply_plan(*, run: RunInHand) -> None:
    """This will apply every step that is not applied yet, in order, in short transactions.

    One page of the plan is in memory at a time, on PostgreSQL two (SYNC-9). Each transaction
    moves the run's position together with the rows, so a crash leaves every applied item correct
    and the next worker goes on behind it (SYNC-11). Steps that are held back are passed over
    (SYNC-6).

    Raises:
        SyncLockLost: if the lock was lost; nothing was written after that.
    """
    position, is_holding = _read_position(run)
    make = partial(_make_chunks, run, is_holding=is_holding)
    for chunk in iterate_ahead(_iterate_pages(run, position), make=make):
        end = position + len(chunk.steps)
        try:
            with fenced_transaction(run=run):
                _apply(run, chunk, end)
        except _PlanOutdated:
            for sequence, step in enumerate(chunk.steps, start=position + 1):
                with fenced_transaction(run=run):
                    if is_held(step=step, is_holding=is_holding):
                        _move_on(run, sequence, Counter())
                    else:
                        _plan_again(run, step, sequence)
        position = end


def _read_position(run: RunInHand) -> tuple[int, bool]:
    with business_scope(run.business_id):
        rows = ItemSync.objects.filter(id=run.id).values_list("applied_steps", "is_holding")
        return rows.get()


def _pass_over(steps: Sequence[PlannedStep], *, is_holding: bool) -> Sequence[PlannedStep]:
    if not is_holding:
        return steps
    return [each for each in steps if not is_held(step=each, is_holding=is_holding)]


def _iterate_pages(run: RunInHand, position: int) -> Iterator[_Page]:
    """Give each page from the one that holds the step behind the position."""
    while True:
        with business_scope(run.business_id):
            pages = PlanPage.objects.filter(run_id=run.id, first_sequence__lte=position + 1)
            page = pages.order_by("-first_sequence").first()
        if page is None or (skipped := position + 1 - page.first_sequence) >= page.step_count:
            return
        yield _Page(document=bytes(page.steps), skipped=skipped)
        position = page.first_sequence + page.step_count - 1


def _make_chunks(run: RunInHand, page: _Page, *, is_holding: bool) -> Iterator[_Chunk]:
    steps = read_steps(page.document)[page.skipped :]
    return iterate_chunks(steps, prepare=partial(_prepare, run, is_holding=is_holding))


def _prepare(run: RunInHand, chunk: Sequence[PlannedStep], *, is_holding: bool) -> _Chunk:
    steps = _pass_over(chunk, is_holding=is_holding)
    new = [each.item for each in steps if each.known is None]
    creations = [
        ItemCreation(id=row_id, item=item)
        for row_id, item in zip(new_ids(len(new)), new, strict=True)
    ]
    changes = [_change(each.known, each) for each in steps if each.known is not None]
    return _Chunk(
        steps=chunk,
        counts=Counter(COUNTED_AS[each.kind] for each in steps),
        creations=prepare_creations(
            business_id=run.business_id, connection_id=run.connection_id, creations=creations
        ),
        changes=prepare_changes(business_id=run.business_id, changes=changes),
        changed=[ChangedItem(each.id, each.item) for each in changes],
        expected=(len(creations), len(changes)),
    )


def _apply(run: RunInHand, chunk: _Chunk, position: int) -> None:
    if (chunk.creations.execute(), chunk.changes.execute()) != chunk.expected:
        raise _PlanOutdated
    if chunk.changed:
        follow_changed_items(run=run, items=chunk.changed)
    _move_on(run, position, chunk.counts)


def _change(known: KnownItem, step: PlannedStep) -> ItemChange:
    return ItemChange(id=known.id, known_digest=known.digest, item=step.item)


def _plan_again(run: RunInHand, step: PlannedStep, sequence: int) -> None:
    external_id = step.item.external_id
    known = find_known_items(connection_id=run.connection_id, external_ids=[external_id]).get(
        external_id
    )
    decision = decide(observed=step.item, known=known, types=run.types)
    if isinstance(decision, SkipReason):
        _move_on(run, sequence, Counter({"skipped_unchanged": 1}))
        return
    if known is None:
        create_items(
            business_id=run.business_id,
            connection_id=run.connection_id,
            creations=[ItemCreation(id=new_id(), item=step.item)],
        )
    else:
        change_items(business_id=run.business_id, changes=[_change(known, step)])
        follow_changed_items(run=run, items=[ChangedItem(known.id, step.item)])
    _move_on(run, sequence, Counter({COUNTED_AS[decision]: 1}))


def _move_on(run: RunInHand, position: int, counted: Counter[str]) -> None:
    ItemSync.objects.filter(id=run.id).update(
        applied_steps=position,
        **{column: F(column) + number for column, number in counted.items()},
    )
