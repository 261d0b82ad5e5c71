"""Reading what waits to be synced, and when syncs start by themselves."""

from datetime import datetime
from typing import Final

from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.types import ConnectionState, ConnectionView
from partsemble.database.scope import business_scope
from partsemble.jobs.queries import find_schedule
from partsemble.jobs.types import Daily
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, RunId, UserId
from partsemble.kernel.permissions import Permission
from partsemble.sync.due_models import AutomaticSync, WaitingSync
from partsemble.sync.types import AutomaticSyncView, Door, Rhythm, Trigger, WaitingSyncView

SCHEDULED_JOB: Final = "sync.scheduled"
USUAL_HOUR: Final = 3
"""When a workshop sleeps, and its bookkeeper too."""


def get_automatic_sync(*, actor: Actor, connection: ConnectionView | None) -> AutomaticSyncView:
    """This will show when the business's items are synced without anybody asking (SYNC-1).

    Arguments:
        connection: the business's, as `find_connection` gives it.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    schedule = find_schedule(business_id=actor.business_id, name=SCHEDULED_JOB)
    rhythm, hour = Rhythm.OFF, USUAL_HOUR
    if schedule is not None:
        rhythm = Rhythm.HOURLY
        if isinstance(schedule.recurrence, Daily):
            rhythm, hour = Rhythm.DAILY, schedule.recurrence.hour
    return AutomaticSyncView(
        rhythm=rhythm,
        hour=hour,
        next_at=None if schedule is None else schedule.next_at,
        is_paused=not _is_open(connection),
        follows_changes=does_follow_changes(business_id=actor.business_id),
    )


def find_next_scheduled_sync(*, business_id: BusinessId) -> datetime | None:
    """This will say when the next scheduled sync starts; None without one, or while it is paused.

    It is paused while there are no books to read (CONN-4).
    """
    schedule = find_schedule(business_id=business_id, name=SCHEDULED_JOB)
    if schedule is None or not has_open_books(business_id=business_id):
        return None
    return schedule.next_at


def find_waiting_sync(*, actor: Actor) -> WaitingSyncView | None:
    """This will show the sync that a person asked to run when it is free to, or None (LOCK-5).

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    waiting = list_waiting_syncs(business_id=actor.business_id)
    return next((each for each in waiting if each.door is Door.PERSON), None)


def list_waiting_syncs(*, business_id: BusinessId) -> tuple[WaitingSyncView, ...]:
    """This will list what waits at each door of the business, who asked first coming first."""
    with business_scope(business_id):
        return tuple(
            view_waiting_sync(row=row) for row in WaitingSync.objects.order_by("asked_at", "id")
        )


def does_follow_changes(*, business_id: BusinessId) -> bool:
    """This will tell whether the business wants a sync when its books say that they changed."""
    with business_scope(business_id):
        return AutomaticSync.objects.filter(follows_changes=True).exists()


def has_open_books(*, business_id: BusinessId) -> bool:
    """This will tell whether there are books that can be read now, as far as we know."""
    return _is_open(look_up_connection(business_id=business_id))


def _is_open(connection: ConnectionView | None) -> bool:
    return connection is not None and connection.state is ConnectionState.ACTIVE


def view_waiting_sync(*, row: WaitingSync) -> WaitingSyncView:
    """This will show a row of what waits."""
    return WaitingSyncView(
        run_id=RunId(row.id),
        door=Door(row.door),
        trigger=Trigger(row.trigger),
        actor_label=row.actor_label,
        user_id=None if row.user_id is None else UserId(row.user_id),
        is_full=row.is_full,
        asked_at=row.asked_at,
        ready_at=row.ready_at,
    )
