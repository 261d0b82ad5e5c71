"""Syncs that wait: asking for one, calling it off, and starting it when its time has come.

Problem. A schedule comes due, the books say that they changed, or a person asks while the lock is
somebody else's. Each must lead to a sync soon, none to two, and nothing may be lost to a crash,
to an expired connection, or to a request that arrives in the moment in which another is served.

Decision. What waits is a row per door (`WaitingSync`), written together with the job `sync.due`,
which the business has once. The job locks the rows, and starts one run for all of them in the
same transaction that takes them away. Who asks meanwhile waits for that and then opens a new row,
and has marked the job, which looks again. While the sync lock is held the job comes back every few
seconds, so it starts soon after a release and also after a lease that ended by itself. While there
are no books to read the job ends and the rows stay; connecting again enqueues it anew.

What was left out: waking the job when the lock is released. The lock lies below and knows nobody
who waits; looking every two seconds while a person waits costs a read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from partsemble.accounting.errors import NotConnected
from partsemble.accounting.queries.budget import find_read_budget
from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.types import ReadStage
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.identity.errors import BusinessNotFound
from partsemble.identity.queries import get_actor_by_id
from partsemble.identity.services import record_activity
from partsemble.jobs.services import enqueue_job
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import PermissionMissing
from partsemble.kernel.ids import BusinessId
from partsemble.kernel.permissions import Permission
from partsemble.sync.due_models import LABEL_LENGTH, WaitingSync
from partsemble.sync.locked import lock_waiting_syncs
from partsemble.sync.models import ItemSync
from partsemble.sync.queries.waiting import list_waiting_syncs, view_waiting_sync
from partsemble.sync.rules.waiting import ChosenSync, choose_sync, find_quiet_instant
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Door, StartMode, Trigger, WaitingSyncView

DUE_JOB: Final = "sync.due"
OPEN_ATTEMPTS: Final = 20
"""How often what waits at a door may be started just between our insert and our look."""
SPARING_HOURS: Final = 20
"""Once a day, with some room for a day that begins a little earlier (CONN-9)."""
SPARING_SECONDS: Final = 3_600.0
"""Between two looks whether the day is over."""
_LABELS: Final = {Trigger.SCHEDULE: "Schedule", Trigger.WEBHOOK: "QuickBooks"}
"""Who asked, where nobody did."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for at a door."""

    door: Door
    trigger: Trigger
    actor: Actor
    is_full: bool = False


def make_system_actor(*, business_id: BusinessId, trigger: Trigger) -> Actor:
    """This will make the actor of a run that no person asked for; it may run syncs and no more."""
    return Actor(
        business_id=business_id,
        user_id=None,
        label=_LABELS[trigger],
        permissions=frozenset({Permission.RUN_SYNC}),
    )


def ask_for_sync_when_free(
    *, actor: Actor, trigger: Trigger, is_full: bool = False
) -> WaitingSyncView:
    """This will remember that a person wants a sync as soon as none is in its way (LOCK-5).

    A business remembers one: asking again joins it, and a full one stays full.

    Returns:
        What waits now, with the run that it will be; that exists once it has started.

    Raises:
        PermissionMissing: without *run syncs*.
        NotConnected: if there are no books.
    """
    actor.demand(Permission.RUN_SYNC)
    if look_up_connection(business_id=actor.business_id) is None:
        raise NotConnected
    return wait_for_sync(
        asking=Asking(door=Door.PERSON, trigger=trigger, actor=actor, is_full=is_full)
    )


def call_off_waiting_sync(*, actor: Actor) -> bool:
    """This will forget what persons asked to run when free, and tell whether there was anything.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id), transaction.atomic():
        found, _ = WaitingSync.objects.filter(door=Door.PERSON).delete()
        if found:
            record_activity(actor=actor, verb="called off", subject="waiting item sync")
    return bool(found)


def wait_for_sync(*, asking: Asking) -> WaitingSyncView:
    """This will let a sync wait at a door, or join the one that waits there.

    Changes gather there for a while; the others are ready at once.
    """
    business_id = asking.actor.business_id
    with business_scope(business_id), transaction.atomic():
        now = read_database_clock()
        row = _open_or_join(asking, now)
        enqueue_job(
            name=DUE_JOB,
            business_id=business_id,
            user_id=asking.actor.user_id,
            actor_label=asking.actor.label,
            dedupe_key=DUE_JOB,
            run_at=row.ready_at,
        )
    return view_waiting_sync(row=row)


def look_again(*, business_id: BusinessId) -> None:
    """This will have what waits in the business looked at soon; nothing if nothing waits."""
    if list_waiting_syncs(business_id=business_id):
        enqueue_job(
            name=DUE_JOB, business_id=business_id, actor_label="Partsemble", dedupe_key=DUE_JOB
        )


def start_waiting_sync(*, business_id: BusinessId) -> float | None:
    """This will start the one sync that does what all that wait have asked for.

    Returns:
        In how many seconds something is ready that is not yet; None if nothing waits any more.

    Raises:
        SyncLockHeld: if something else of this business is under way; all go on waiting.
        NotConnected: if there are no books; all go on waiting for somebody to connect them.
        Reconnect: the same if the connection has expired (CONN-4).
        ReadsSpent: if this month's reads are kept for something else (CONN-9); all go on waiting.
    """
    with business_scope(business_id), transaction.atomic():
        now = read_database_clock()
        waiting = [view_waiting_sync(row=row) for row in lock_waiting_syncs()]
        chosen = choose_sync(waiting=waiting, now=now)
        if chosen is None:
            return min(((each.ready_at - now).total_seconds() for each in waiting), default=None)
        actor = _find_actor(business_id, chosen.asked)
        if actor is None:
            WaitingSync.objects.filter(id=chosen.asked.run_id).delete()
            return 0.0
        if _must_spare_reads(business_id, chosen, now):
            return SPARING_SECONDS
        _start(actor, chosen)
        WaitingSync.objects.all().delete()
    return None


def is_person_waiting(*, business_id: BusinessId) -> bool:
    """This will tell whether somebody looks forward to a sync at this moment."""
    return any(each.door is Door.PERSON for each in list_waiting_syncs(business_id=business_id))


def _must_spare_reads(business_id: BusinessId, chosen: ChosenSync, now: datetime) -> bool:
    """Tell whether what nobody waits for has had its turn of the day, when that is all there is."""
    if chosen.asked.door is Door.PERSON:
        return False
    budget = find_read_budget(business_id=business_id)
    if budget is None or budget.stage is not ReadStage.DAILY:
        return False
    since = now - timedelta(hours=SPARING_HOURS)
    return ItemSync.objects.filter(queued_at__gt=since).exists()


def _start(actor: Actor, chosen: ChosenSync) -> None:
    start_item_sync(
        actor=actor,
        trigger=chosen.asked.trigger,
        run_id=chosen.asked.run_id,
        mode=StartMode.FULL if chosen.is_full else StartMode.AUTOMATIC,
    )


def _find_actor(business_id: BusinessId, asked: WaitingSyncView) -> Actor | None:
    if asked.user_id is None:
        return make_system_actor(business_id=business_id, trigger=asked.trigger)
    try:
        actor = get_actor_by_id(user_id=asked.user_id, business_id=business_id)
        actor.demand(Permission.RUN_SYNC)
    except (BusinessNotFound, PermissionMissing):
        # They left, or may do it no more, since they asked.
        return None
    return actor


def _open_or_join(asking: Asking, now: datetime) -> WaitingSync:
    fresh = _open(asking, now)
    for _ in range(OPEN_ATTEMPTS):
        WaitingSync.objects.bulk_create([fresh], ignore_conflicts=True)
        row = next((each for each in lock_waiting_syncs() if each.door == asking.door), None)
        if row is not None:
            if row.id != fresh.id:
                _join(row, asking, now)
            return row
    raise RuntimeError("what waits is started faster than one can join it")


def _open(asking: Asking, now: datetime) -> WaitingSync:
    is_change = asking.door is Door.CHANGES
    return WaitingSync(
        business_id=asking.actor.business_id,
        door=asking.door,
        trigger=asking.trigger,
        user_id=asking.actor.user_id,
        actor_label=asking.actor.label[:LABEL_LENGTH],
        is_full=asking.is_full,
        asked_at=now,
        ready_at=find_quiet_instant(first_at=now, now=now) if is_change else now,
    )


def _join(row: WaitingSync, asking: Asking, now: datetime) -> None:
    row.is_full |= asking.is_full
    if asking.door is Door.CHANGES:
        row.ready_at = find_quiet_instant(first_at=row.asked_at, now=now)
    row.save(update_fields=["is_full", "ready_at"])
