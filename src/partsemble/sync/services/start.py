"""Asking for a run, and choosing what runs read."""

from collections.abc import Collection

from django.conf import settings
from django.db import IntegrityError, transaction

from partsemble.accounting.documents import ItemType
from partsemble.accounting.errors import NotConnected
from partsemble.accounting.provider import Reconnect
from partsemble.accounting.queries.budget import demand_reads
from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.types import ConnectionState
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.services import record_activity
from partsemble.jobs.queries import find_open_job
from partsemble.jobs.services import enqueue_job
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, RunId
from partsemble.kernel.permissions import Permission
from partsemble.locks.errors import SyncLockHeld
from partsemble.locks.services import take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder
from partsemble.sync.errors import NoTypesChosen
from partsemble.sync.models import ItemSync, SyncSettings
from partsemble.sync.queries import find_open_run, get_item_types, has_run
from partsemble.sync.services.running import give_up_item_sync
from partsemble.sync.types import CHOOSABLE_TYPES, OPEN_STATES, RunState, Trigger

RUN_ITEMS_JOB = "sync.items"
PEOPLE_S_TRIGGERS = frozenset({Trigger.PERSON, Trigger.COMMAND, Trigger.API})
"""Behind which somebody waits for the run."""


def start_item_sync(*, actor: Actor, trigger: Trigger, run_id: RunId | None = None) -> RunId:
    """This will take the sync lock for a new run and hand the run to a worker (SYNC-1).

    The lock is taken here, and not when a worker gets round to it, so that a second attempt is
    refused while the person who makes it is still looking (LOCK-5).

    Arguments:
        actor: who asks.
        trigger: through which door.
        run_id: the run's name, chosen before the first attempt; a run of that name is given
            back instead of starting another.

    Raises:
        PermissionMissing: without *run syncs*.
        NotConnected: if there are no books to read.
        ReadsSpent: if this month's reads are needed for something else.
        SyncLockHeld: if a sync or build of this business is under way, or a run still waits for a
            worker, however long ago its lease ended.
    """
    actor.demand(Permission.RUN_SYNC)
    if run_id is not None and has_run(business_id=actor.business_id, run_id=run_id):
        return run_id
    connection = look_up_connection(business_id=actor.business_id)
    if connection is None:
        raise NotConnected
    if connection.state is not ConnectionState.ACTIVE:
        raise Reconnect(company=connection.company_name)
    demand_reads(business_id=actor.business_id, is_person=trigger in PEOPLE_S_TRIGGERS)
    end_abandoned_run(business_id=actor.business_id)
    run = ItemSync(
        id=run_id or new_id(),
        business_id=actor.business_id,
        connection_id=connection.id,
        trigger=trigger,
        user_id=actor.user_id,
        actor_label=actor.label,
        state=RunState.QUEUED,
        types=sorted(get_item_types(business_id=actor.business_id)),
    )
    try:
        with business_scope(actor.business_id), transaction.atomic():
            _open_run(actor, run)
    except IntegrityError:
        # The same attempt was made twice at once, and the other was first.
        if not has_run(business_id=actor.business_id, run_id=RunId(run.id)):
            raise
    return RunId(run.id)


def _open_run(actor: Actor, run: ItemSync) -> None:
    holder = LockHolder(
        kind=HolderKind.ITEM_SYNC, holder_id=run.id, label=actor.label, user_id=actor.user_id
    )
    take_sync_lock(
        business_id=actor.business_id,
        holder=holder,
        lease_seconds=settings.PARTSEMBLE_SYNC_LOCK_SECONDS,
    )
    _demand_no_other_open_run(run)
    run.save(force_insert=True)
    enqueue_job(
        name=RUN_ITEMS_JOB,
        business_id=actor.business_id,
        user_id=actor.user_id,
        actor_label=actor.label,
        payload={"run": str(run.id)},
        dedupe_key=_name_job(RunId(run.id)),
    )
    record_activity(actor=actor, verb="started", subject="item sync", subject_id=run.id)


def end_abandoned_run(*, business_id: BusinessId) -> None:
    """This will end a run that no job will ever carry on, because its workers kept dying.

    Raises:
        SyncLockHeld: if something else holds the lock, which then has its say first.
    """
    run_id = find_open_run(business_id=business_id)
    if run_id is None:
        return
    if find_open_job(business_id=business_id, dedupe_key=_name_job(run_id)) is None:
        give_up_item_sync(business_id=business_id, run_id=run_id)


def _demand_no_other_open_run(run: ItemSync) -> None:
    """Refuse while one is open whose lease ended unattended: the next worker will carry it on."""
    row = ItemSync.objects.filter(state__in=OPEN_STATES).exclude(id=run.id).first()
    if row is not None:
        raise SyncLockHeld(
            kind=HolderKind.ITEM_SYNC,
            holder_id=row.id,
            label=row.actor_label,
            since=row.queued_at,
            expires_at=None,
        )


def _name_job(run_id: RunId) -> str:
    """Give the key under which a run has at most one open job."""
    return f"{RUN_ITEMS_JOB}:{run_id}"


def choose_item_types(*, actor: Actor, types: Collection[ItemType]) -> None:
    """This will set which item types the next runs read (SYNC-2).

    Raises:
        PermissionMissing: without *manage connection*.
        NoTypesChosen: if there is none among them.
    """
    actor.demand(Permission.MANAGE_CONNECTION)
    chosen = [each for each in CHOOSABLE_TYPES if each in set(types)]
    if not chosen:
        raise NoTypesChosen
    with business_scope(actor.business_id), transaction.atomic():
        SyncSettings.objects.update_or_create(
            business_id=actor.business_id, defaults={"item_types": chosen}
        )
        record_activity(
            actor=actor, verb="chose", subject="item types", subject_label=", ".join(chosen)
        )
