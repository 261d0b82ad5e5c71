"""Asking for a run, and choosing what runs read."""

from collections.abc import Collection
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from partsemble.accounting.documents import ItemType
from partsemble.accounting.errors import NotConnected
from partsemble.accounting.provider import Reconnect
from partsemble.accounting.queries.budget import demand_reads, find_read_budget
from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.types import ConnectionState
from partsemble.database.clock import read_database_clock
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
from partsemble.sync.errors import (
    NoSuchPreview,
    NothingHeldBack,
    NoTypesChosen,
    RunNameTaken,
    RunNotFound,
)
from partsemble.sync.models import ItemSync, SyncSettings
from partsemble.sync.queries.runs import (
    find_history,
    find_open_run,
    get_item_types,
    has_run,
)
from partsemble.sync.rules.modes import order_reading
from partsemble.sync.services.running import give_up_item_sync
from partsemble.sync.types import CHOOSABLE_TYPES, OPEN_STATES, RunState, StartMode, Trigger

RUN_ITEMS_JOB: Final = "sync.items"
PREVIEW_ITEMS_JOB: Final = "sync.preview"
PEOPLE_S_TRIGGERS = frozenset({Trigger.PERSON, Trigger.COMMAND, Trigger.API})
"""Behind which somebody waits for the run."""


def start_item_sync(
    *,
    actor: Actor,
    trigger: Trigger,
    run_id: RunId | None = None,
    mode: StartMode = StartMode.AUTOMATIC,
    applies: RunId | None = None,
    confirms: RunId | None = None,
) -> RunId:
    """This will take the sync lock for a new run and hand the run to a worker (SYNC-1).

    The lock is taken here, and not when a worker gets round to it, so that a second attempt is
    refused while the person who makes it is still looking (LOCK-5).

    Arguments:
        actor: who asks.
        trigger: through which door.
        run_id: the run's name, chosen before the first attempt; a run of that name is given
            back instead of starting another.
        mode: whether everything is to be read in any case (SYNC-10).
        applies: the preview that was looked at before; the books are read again, and the report
            says what differs from it (SYNC-4).
        confirms: the run whose held-back steps a person lets through (SYNC-6).

    Raises:
        PermissionMissing: without *run syncs*.
        NotConnected: if there are no books to read.
        NoSuchPreview: if `applies` is no finished preview of these books.
        NothingHeldBack: if `confirms` holds nothing back.
        RunNotFound: if the business has no run of either name.
        RunNameTaken: if the name is another business's run's.
        ReadsSpent: if this month's reads are needed for something else.
        SyncLockHeld: if a sync or build of this business is under way, or a run still waits for a
            worker, however long ago its lease ended.
    """
    actor.demand(Permission.RUN_SYNC)
    if run_id is not None and has_run(business_id=actor.business_id, run_id=run_id):
        return run_id
    run = _make_run(actor, trigger, run_id, mode)
    _name_forerunners(run, applies, confirms)
    end_abandoned_run(business_id=actor.business_id)
    return _open(actor, run, RUN_ITEMS_JOB)


def start_item_preview(
    *,
    actor: Actor,
    trigger: Trigger,
    run_id: RunId | None = None,
    mode: StartMode = StartMode.AUTOMATIC,
) -> RunId:
    """This will have a plan made that shows what a sync would do, and does nothing (SYNC-4).

    It takes no lock and can be made beside a sync. One preview of a business is made at a time;
    while one is open, that one is given back.

    Arguments:
        actor: who asks.
        trigger: through which door.
        run_id: the preview's name, as for `start_item_sync`.
        mode: whether everything is to be read in any case.

    Raises:
        PermissionMissing: without *run syncs*.
        NotConnected: if there are no books to read.
        RunNameTaken: if the name is another business's run's.
    """
    actor.demand(Permission.RUN_SYNC)
    if run_id is not None and has_run(business_id=actor.business_id, run_id=run_id):
        return run_id
    run = _make_run(actor, trigger, run_id, mode)
    run.is_preview = True
    end_abandoned_run(business_id=actor.business_id, is_preview=True)
    open_run = find_open_run(business_id=actor.business_id, is_preview=True)
    return open_run or _open(actor, run, PREVIEW_ITEMS_JOB)


def _make_run(actor: Actor, trigger: Trigger, run_id: RunId | None, mode: StartMode) -> ItemSync:
    connection = look_up_connection(business_id=actor.business_id)
    if connection is None:
        raise NotConnected
    if connection.state is not ConnectionState.ACTIVE:
        raise Reconnect(company=connection.company_name)
    demand_reads(business_id=actor.business_id, is_person=trigger in PEOPLE_S_TRIGGERS)
    types = get_item_types(business_id=actor.business_id)
    budget = find_read_budget(business_id=actor.business_id)
    with business_scope(actor.business_id):
        order = order_reading(
            history=find_history(connection_id=connection.id),
            is_full_asked=mode is StartMode.FULL,
            types=frozenset(types),
            now=read_database_clock(),
            may_read_all=budget is None or budget.stage.may_read_all,
        )
    return ItemSync(
        id=run_id or new_id(),
        business_id=actor.business_id,
        connection_id=connection.id,
        trigger=trigger,
        user_id=actor.user_id,
        actor_label=actor.label,
        state=RunState.QUEUED,
        types=sorted(types),
        mode=order.mode,
        full_reason=order.reason,
        since=order.since,
    )


def _name_forerunners(run: ItemSync, applies: RunId | None, confirms: RunId | None) -> None:
    """Note which runs a person looked at before they asked for this one."""
    named = {each for each in (applies, confirms) if each is not None}
    with business_scope(BusinessId(run.business_id)):
        rows = {RunId(row.id): row for row in ItemSync.objects.filter(id__in=named)}
    for each in named - rows.keys():
        raise RunNotFound(run_id=each)
    for row in rows.values():
        if row.connection_id != run.connection_id or row.state != RunState.FINISHED:
            raise NoSuchPreview if row.id == applies else NothingHeldBack
    if applies is not None and not rows[applies].is_preview:
        raise NoSuchPreview
    if confirms is not None and not _holds_back(rows[confirms]):
        raise NothingHeldBack
    run.applied_preview_id, run.confirmed_run_id = applies, confirms


def _holds_back(row: ItemSync) -> bool:
    return bool(row.held_back or row.held_corrections) and row.is_plan_kept


def _open(actor: Actor, run: ItemSync, job: str) -> RunId:
    try:
        with business_scope(actor.business_id), transaction.atomic():
            if not run.is_preview:
                _take_lock(actor, run)
            _store(actor, run, job)
    except IntegrityError as error:
        # The same attempt was made twice at once, and the other was first; or the name is taken
        # where nobody of this business may look.
        if has_run(business_id=actor.business_id, run_id=RunId(run.id)):
            return RunId(run.id)
        open_run = find_open_run(business_id=actor.business_id, is_preview=run.is_preview)
        if run.is_preview and open_run is not None:
            return open_run
        raise RunNameTaken(run_id=run.id) from error
    return RunId(run.id)


def _take_lock(actor: Actor, run: ItemSync) -> None:
    holder = LockHolder(
        kind=HolderKind.ITEM_SYNC, holder_id=run.id, label=actor.label, user_id=actor.user_id
    )
    take_sync_lock(
        business_id=actor.business_id,
        holder=holder,
        lease_seconds=settings.PARTSEMBLE_SYNC_LOCK_SECONDS,
    )
    _demand_no_other_open_run(run)


def _store(actor: Actor, run: ItemSync, job: str) -> None:
    run.save(force_insert=True)
    enqueue_job(
        name=job,
        business_id=actor.business_id,
        user_id=actor.user_id,
        actor_label=actor.label,
        payload={"run": str(run.id)},
        dedupe_key=_name_job(job, RunId(run.id)),
    )
    subject = "item sync preview" if run.is_preview else "item sync"
    record_activity(actor=actor, verb="started", subject=subject, subject_id=run.id)


def end_abandoned_run(*, business_id: BusinessId, is_preview: bool = False) -> None:
    """This will end a run that no job will ever carry on, because its workers kept dying.

    Arguments:
        business_id: whose run.
        is_preview: whether a preview is meant, and not a sync.

    Raises:
        SyncLockHeld: if something else holds the lock, which then has its say first.
    """
    run_id = find_open_run(business_id=business_id, is_preview=is_preview)
    if run_id is None:
        return
    key = _name_job(PREVIEW_ITEMS_JOB if is_preview else RUN_ITEMS_JOB, run_id)
    if find_open_job(business_id=business_id, dedupe_key=key) is None:
        give_up_item_sync(business_id=business_id, run_id=run_id)


def _demand_no_other_open_run(run: ItemSync) -> None:
    """Refuse while one is open whose lease ended unattended: the next worker will carry it on."""
    rows = ItemSync.objects.filter(state__in=OPEN_STATES, is_preview=False)
    row = rows.exclude(id=run.id).first()
    if row is not None:
        raise SyncLockHeld(
            kind=HolderKind.ITEM_SYNC,
            holder_id=row.id,
            label=row.actor_label,
            since=row.queued_at,
            expires_at=None,
        )


def _name_job(job: str, run_id: RunId) -> str:
    """Give the key under which a run has at most one open job."""
    return f"{job}:{run_id}"


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
