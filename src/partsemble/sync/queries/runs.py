"""Reading runs, their problems, and settings."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Q

from partsemble.accounting.documents import ItemType
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, RunId
from partsemble.kernel.permissions import Permission
from partsemble.sync.errors import RunNotFound
from partsemble.sync.models import ItemSync, SyncProblem, SyncSettings
from partsemble.sync.types import (
    DEFAULT_TYPES,
    OPEN_STATES,
    Counts,
    Problem,
    RunState,
    RunView,
    Trigger,
)

PROBLEM_LIMIT: Final = 200
"""Problems that a report shows; the count says how many there are."""
RUN_LIMIT: Final = 20


def get_item_types(*, business_id: BusinessId) -> frozenset[ItemType]:
    """This will give the item types that the business wants read (SYNC-2)."""
    with business_scope(business_id):
        chosen = SyncSettings.objects.values_list("item_types", flat=True).first()
    return DEFAULT_TYPES if chosen is None else frozenset(map(ItemType, chosen))


def get_run(*, actor: Actor, run_id: RunId) -> RunView:
    """This will show one run, live or as a report.

    Raises:
        PermissionMissing: without *run syncs*.
        RunNotFound: if the business has no such run.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        row = ItemSync.objects.filter(id=run_id).first()
        if row is None:
            raise RunNotFound(run_id=run_id)
        return _view_run(row)


def has_run(*, business_id: BusinessId, run_id: RunId) -> bool:
    """This will tell whether the business has a run of that name."""
    with business_scope(business_id):
        return ItemSync.objects.filter(id=run_id).exists()


def find_last_run(*, actor: Actor) -> RunView | None:
    """This will show the newest run, or None before the first.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    return next(iter(list_runs(actor=actor, limit=1)), None)


class RunPosition(NamedTuple):
    """Where a run stands among the runs, newest first."""

    queued_at: datetime
    id: UUID


def list_runs(
    *, actor: Actor, limit: int = RUN_LIMIT, after: RunPosition | None = None
) -> tuple[RunView, ...]:
    """This will list runs, newest first.

    Arguments:
        limit: most rows to give.
        after: where the former answer ended; None: from the newest.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        found = ItemSync.objects.order_by("-queued_at", "-id")
        if after is not None:
            found = found.filter(queued_at__lte=after.queued_at).filter(
                Q(queued_at__lt=after.queued_at) | Q(id__lt=after.id)
            )
        return tuple(_view_run(row) for row in found[:limit])


def list_problems(*, actor: Actor, run_id: RunId) -> tuple[Problem, ...]:
    """This will list the items that a run could not mirror, up to a limit.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        rows = SyncProblem.objects.filter(run_id=run_id).order_by("id")[:PROBLEM_LIMIT]
        return tuple(
            Problem(
                external_id=row.external_id, name=row.name, code=row.code, sentence=row.sentence
            )
            for row in rows
        )


def find_open_run(*, business_id: BusinessId) -> RunId | None:
    """This will give the run that is waiting or under way, if one is."""
    with business_scope(business_id):
        found = ItemSync.objects.filter(state__in=OPEN_STATES).values_list("id", flat=True).first()
    return None if found is None else RunId(found)


def _view_run(row: ItemSync) -> RunView:
    """This will show a row of the runs."""
    return RunView(
        id=RunId(row.id),
        state=RunState(row.state),
        trigger=Trigger(row.trigger),
        actor_label=row.actor_label,
        queued_at=row.queued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        types=frozenset(row.types),
        total_rows=row.total_rows,
        read_rows=row.read_rows,
        planned_steps=row.planned_steps,
        applied_steps=row.applied_steps,
        counts=Counts(
            created=row.created,
            updated=row.updated,
            deactivated=row.deactivated,
            reactivated=row.reactivated,
            skipped_unchanged=row.skipped_unchanged,
            skipped_type=sum(row.skipped_by_type.values()),
            problems=row.problem_count,
        ),
        skipped_by_type=row.skipped_by_type,
        failure_code=row.failure_code,
        failure_facts=row.failure_facts,
    )
