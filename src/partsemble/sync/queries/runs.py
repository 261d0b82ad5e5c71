"""Reading runs, their problems, and settings."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import F, Q

from partsemble.accounting.documents import ItemType
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ConnectionId, RunId
from partsemble.kernel.permissions import Permission
from partsemble.sync.due_models import HeardChange
from partsemble.sync.errors import RunNotFound
from partsemble.sync.models import ItemSync, PlanPage, SyncProblem, SyncSettings
from partsemble.sync.rules import plans
from partsemble.sync.rules.guarding import is_held
from partsemble.sync.rules.modes import FinishedRun, History
from partsemble.sync.types import (
    DEFAULT_TYPES,
    OPEN_STATES,
    CorrectionCounts,
    Counts,
    FullReason,
    Problem,
    ReadMode,
    RunState,
    RunView,
    Trigger,
)

PROBLEM_LIMIT: Final = 200
"""Problems that a report shows; the count says how many there are."""
RUN_LIMIT: Final = 20
HEARING_SECONDS: Final = 60
"""Far more than a notification takes from its time to its commit."""


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
        return view_run(row=row)


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


def find_held_run(*, actor: Actor) -> RunView | None:
    """This will show the newest finished sync if it holds something back, else None (SYNC-6).

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        rows = ItemSync.objects.filter(is_preview=False, state=RunState.FINISHED)
        row = rows.order_by("-finished_at").first()
        if row is None or not (row.held_back or row.held_corrections):
            return None
        return view_run(row=row)


class RunPosition(NamedTuple):
    """Where a run stands among the runs, newest first."""

    queued_at: datetime
    id: UUID


def list_runs(
    *,
    actor: Actor,
    limit: int = RUN_LIMIT,
    after: RunPosition | None = None,
    is_preview: bool = False,
) -> tuple[RunView, ...]:
    """This will list runs, newest first.

    Arguments:
        limit: most rows to give.
        after: where the former answer ended; None: from the newest.
        is_preview: whether previews are meant, and not syncs.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        found = ItemSync.objects.filter(is_preview=is_preview).order_by("-queued_at", "-id")
        if after is not None:
            found = found.filter(queued_at__lte=after.queued_at).filter(
                Q(queued_at__lt=after.queued_at) | Q(id__lt=after.id)
            )
        return tuple(view_run(row=row) for row in found[:limit])


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


def find_history(*, connection_id: ConnectionId) -> History:
    """This will say what the runs of a connection came to, inside the caller's scope (SYNC-10).

    It belongs to the connection and not to the business, so it survives a reconnect and is never
    used for another company's books.
    """
    runs = ItemSync.objects.filter(connection_id=connection_id, is_preview=False)
    finished = runs.filter(state=RunState.FINISHED).order_by("-finished_at")
    last = finished.first()
    full = finished.filter(mode=ReadMode.FULL).first()
    unfinished = runs.exclude(state=RunState.FINISHED).filter(mode=ReadMode.FULL)
    if full is not None:
        unfinished = unfinished.filter(queued_at__gt=full.queued_at)
    return History(
        last=_view_finished(last),
        last_full=_view_finished(full),
        has_unfinished_full=unfinished.exists(),
    )


def find_last_book_rows(*, connection_id: ConnectionId) -> int | None:
    """This will say how many rows the books had when the last finished run read them.

    It runs inside the caller's scope.
    """
    row = _find_last_finished(connection_id)
    return None if row is None else row.book_rows


def list_open_ids(*, connection_id: ConnectionId, confirmed_run_id: RunId | None) -> frozenset[str]:
    """This will give the items that any run has to read, whether or not they changed.

    They are what the last finished run left held back or troubled, what a person confirmed, and
    what the provider has said to be gone since that run began, which a change may not show; it
    runs inside the caller's scope.
    """
    last = _find_last_finished(connection_id)
    if last is None:
        return list_held_ids(run_id=confirmed_run_id)
    problems = SyncProblem.objects.filter(run_id=last.id).exclude(external_id="")
    gone = HeardChange.objects.filter(heard_at__gte=_since(last)).exclude(gone_id="")
    return (
        list_held_ids(run_id=RunId(last.id))
        | list_held_ids(run_id=confirmed_run_id)
        | frozenset(problems.values_list("external_id", flat=True))
        | frozenset(gone.values_list("gone_id", flat=True))
    )


def _since(last: ItemSync) -> datetime:
    # What was heard just before a run began may have been stored just after it looked.
    return (last.started_at or last.queued_at) - timedelta(seconds=HEARING_SECONDS)


def list_held_ids(*, run_id: RunId | None) -> frozenset[str]:
    """This will give the items whose deactivation a run holds back, inside the caller's scope."""
    pages = PlanPage.objects.filter(
        run_id=run_id, run__is_holding=True, deactivated__gt=F("confirmed")
    )
    return frozenset(
        step.item.external_id
        for document in pages.values_list("steps", flat=True).iterator()
        for step in plans.list_steps(bytes(document))
        if is_held(step=step, is_holding=True)
    )


def find_open_run(*, business_id: BusinessId, is_preview: bool = False) -> RunId | None:
    """This will give the run (or preview) that is waiting or under way, if one is."""
    with business_scope(business_id):
        rows = ItemSync.objects.filter(state__in=OPEN_STATES, is_preview=is_preview)
        found = rows.values_list("id", flat=True).first()
    return None if found is None else RunId(found)


def _find_last_finished(connection_id: ConnectionId) -> ItemSync | None:
    rows = ItemSync.objects.filter(
        connection_id=connection_id, is_preview=False, state=RunState.FINISHED
    )
    return rows.order_by("-finished_at").first()


def _view_finished(row: ItemSync | None) -> FinishedRun | None:
    if row is None or row.finished_at is None:
        return None
    return FinishedRun(
        types=frozenset(row.types),
        layout=row.layout,
        is_whole=row.is_whole,
        finished_at=row.finished_at,
        observed_at=row.observed_at,
        open_items=row.held_back + row.problem_count,
    )


def view_run(*, row: ItemSync) -> RunView:
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
        mode=ReadMode(row.mode),
        full_reason=FullReason(row.full_reason),
        since=row.since,
        is_preview=row.is_preview,
        applied_preview=_name_run(row.applied_preview_id),
        confirmed_run=_name_run(row.confirmed_run_id),
        is_plan_kept=row.is_plan_kept,
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
            held_back=row.held_back,
            problems=row.problem_count,
        ),
        followed=row.followed,
        corrections=CorrectionCounts(
            applied=row.corrected,
            held_back=row.held_corrections,
            refused=row.refused_corrections,
            differing=row.differing,
        ),
        skipped_by_type=row.skipped_by_type,
        failure_code=row.failure_code,
        failure_facts=row.failure_facts,
    )


def _name_run(run_id: UUID | None) -> RunId | None:
    return None if run_id is None else RunId(run_id)
