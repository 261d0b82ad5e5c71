"""Bringing the mirror in step with a finished plan, so that twice is the same as once."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec
from django.db.models import F

from partsemble.accounting.documents import Item, ItemType
from partsemble.accounting.queries.items import find_known_items
from partsemble.accounting.services.items import (
    ItemChange,
    ItemCreation,
    change_items,
    create_items,
)
from partsemble.database.bulk import iterate_chunks
from partsemble.database.scope import business_scope
from partsemble.sync.models import ItemSync, SyncStep
from partsemble.sync.rules import decide
from partsemble.sync.services.fenced import RunInHand, fenced_transaction
from partsemble.sync.types import SkipReason, StepKind

STEPS_AT_ONCE: Final = 1000
"""Whole steps held in memory; the plan itself stays in the database (SYNC-9)."""

_COUNTED_AS: Final = {
    StepKind.CREATE: "created",
    StepKind.UPDATE: "updated",
    StepKind.DEACTIVATE: "deactivated",
    StepKind.REACTIVATE: "reactivated",
}
_decode: Final = msgspec.json.Decoder(Item).decode


class _PlanOutdated(Exception):
    """The mirror is not as the plan knew it; the chunk is rolled back and planned again."""


def apply_plan(*, run: RunInHand, types: frozenset[ItemType]) -> None:
    """This will apply every step that is not applied yet, in order, in short transactions.

    Each transaction moves the run's position together with the rows, so a crash leaves every
    applied item correct and the next worker goes on behind it (SYNC-11).

    Raises:
        SyncLockLost: if the lock was lost; nothing was written after that.
    """
    while steps := _next_steps(run):
        for chunk in iterate_chunks(steps):
            try:
                with fenced_transaction(run=run):
                    _apply(run, chunk)
            except _PlanOutdated:
                for step in chunk:
                    with fenced_transaction(run=run):
                        _plan_again(run, step, types)


def _next_steps(run: RunInHand) -> list[SyncStep]:
    with business_scope(run.business_id):
        position = ItemSync.objects.values_list("applied_steps", flat=True).get(id=run.id)
        return list(
            SyncStep.objects.filter(
                run_id=run.id, sequence__gt=position, sequence__lte=position + STEPS_AT_ONCE
            ).order_by("sequence")
        )


def _apply(run: RunInHand, steps: Sequence[SyncStep]) -> None:
    creations = [
        ItemCreation(id=step.item_id, item=_decode(step.observed))
        for step in steps
        if step.kind == StepKind.CREATE
    ]
    changes = [
        ItemChange(id=step.item_id, known_digest=step.known_digest, item=_decode(step.observed))
        for step in steps
        if step.kind != StepKind.CREATE
    ]
    created = create_items(
        business_id=run.business_id, connection_id=run.connection_id, creations=creations
    )
    changed = change_items(business_id=run.business_id, changes=changes)
    if (created, changed) != (len(creations), len(changes)):
        raise _PlanOutdated
    _move_on(run, steps[-1], Counter(_COUNTED_AS[StepKind(step.kind)] for step in steps))


def _plan_again(run: RunInHand, step: SyncStep, types: frozenset[ItemType]) -> None:
    item = _decode(step.observed)
    known = find_known_items(connection_id=run.connection_id, external_ids=[item.external_id]).get(
        item.external_id
    )
    decision = decide(observed=item, known=known, types=types)
    if isinstance(decision, SkipReason):
        _move_on(run, step, Counter({"skipped_unchanged": 1}))
        return
    if known is None:
        create_items(
            business_id=run.business_id,
            connection_id=run.connection_id,
            creations=[ItemCreation(id=step.item_id, item=item)],
        )
    else:
        change_items(
            business_id=run.business_id,
            changes=[ItemChange(id=known.id, known_digest=known.digest, item=item)],
        )
    _move_on(run, step, Counter({_COUNTED_AS[decision]: 1}))


def _move_on(run: RunInHand, last: SyncStep, counted: Counter[str]) -> None:
    ItemSync.objects.filter(id=run.id).update(
        applied_steps=last.sequence,
        **{column: F(column) + number for column, number in counted.items()},
    )
