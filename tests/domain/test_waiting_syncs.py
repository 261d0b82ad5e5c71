"""Syncs that wait for the lock, for their hour, or for the books (SYNC-1, LOCK-5, CONN-4)."""

from datetime import timedelta

import pytest
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.jobs import act_at_once, let_jobs_come, let_schedule_come, make_waiting_ready

from partsemble.accounting.errors import NotConnected
from partsemble.accounting.models import Connection
from partsemble.accounting.provider import Reconnect
from partsemble.accounting.queries.connections import find_connection
from partsemble.accounting.services.connections import disconnect
from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.models import Membership
from partsemble.identity.queries import list_activity
from partsemble.identity.types import Role
from partsemble.jobs.queries import find_open_job
from partsemble.jobs.schedules import enqueue_scheduled_jobs
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import PermissionMissing
from partsemble.locks.errors import SyncLockHeld
from partsemble.locks.models import SyncLock
from partsemble.locks.services import release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease
from partsemble.sync.queries import list_runs
from partsemble.sync.queries.waiting import (
    SCHEDULED_JOB,
    find_next_scheduled_sync,
    find_waiting_sync,
    get_automatic_sync,
    list_waiting_syncs,
)
from partsemble.sync.services.schedule import choose_automatic_sync, take_scheduled_turn
from partsemble.sync.services.waiting import (
    DUE_JOB,
    Asking,
    ask_for_sync_when_free,
    call_off_waiting_sync,
    make_system_actor,
    start_waiting_sync,
    wait_for_sync,
)
from partsemble.sync.types import AutomaticSyncView, Door, Rhythm, RunState, RunView, Trigger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _pointed(settings: Settings, emulator: Emulator) -> None:
    point_at(settings, emulator)


@pytest.fixture
def owner(cast: Cast) -> Actor:
    connect(cast.owner)
    return cast.owner.actor


def show_automatic(actor: Actor) -> AutomaticSyncView:
    return get_automatic_sync(actor=actor, connection=find_connection(actor=actor))


def take_lock(actor: Actor) -> SyncLease:
    return take_sync_lock(
        business_id=actor.business_id,
        holder=LockHolder(kind=HolderKind.SALES_SYNC, holder_id=new_id(), label="Sally"),
        lease_seconds=300,
    )


def set_rhythm(actor: Actor, rhythm: Rhythm, hour: int = 3) -> None:
    choose_automatic_sync(actor=actor, rhythm=rhythm, hour=hour, follows_changes=False)


def hear_of_change(actor: Actor) -> None:
    told = make_system_actor(business_id=actor.business_id, trigger=Trigger.WEBHOOK)
    wait_for_sync(asking=Asking(door=Door.CHANGES, trigger=Trigger.WEBHOOK, actor=told))


def work(actor: Actor) -> tuple[RunView, ...]:
    drain_jobs()
    return list_runs(actor=actor)


# ── Run when free ────────────────────────────────────────────────────────────────────────────


def test_what_waits_for_the_lock_starts_when_it_is_free(owner: Actor) -> None:
    lease = take_lock(owner)
    asked = ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)
    assert work(owner) == ()
    waiting = find_waiting_sync(actor=owner)
    assert waiting == asked
    assert (asked.actor_label, asked.is_full) == (owner.label, False)
    job = find_open_job(business_id=owner.business_id, dedupe_key=DUE_JOB)
    assert job is not None
    assert job.run_at - read_database_clock() < timedelta(seconds=3)
    release_sync_lock(lease=lease)
    let_jobs_come(owner.business_id)
    [run] = work(owner)
    assert (run.id, run.state, run.trigger) == (asked.run_id, RunState.FINISHED, Trigger.PERSON)
    assert run.actor_label == owner.label
    assert find_waiting_sync(actor=owner) is None


def test_it_starts_also_when_the_lease_of_a_crashed_holder_ends(owner: Actor) -> None:
    take_lock(owner)
    ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)
    assert work(owner) == ()
    with business_scope(owner.business_id):
        SyncLock.objects.update(expires_at=read_database_clock() - timedelta(seconds=1))
    let_jobs_come(owner.business_id)
    assert len(work(owner)) == 1


def test_it_starts_at_once_if_nothing_is_in_its_way(owner: Actor) -> None:
    ask_for_sync_when_free(actor=owner, trigger=Trigger.API)
    [run] = work(owner)
    assert (run.state, run.trigger) == (RunState.FINISHED, Trigger.API)


def test_a_business_remembers_one_however_often_it_is_asked(owner: Actor, cast: Cast) -> None:
    lease = take_lock(owner)
    first = ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)
    again = ask_for_sync_when_free(
        actor=cast.accountant.actor, trigger=Trigger.PERSON, is_full=True
    )
    assert first.run_id == again.run_id
    waiting = find_waiting_sync(actor=owner)
    assert waiting == again
    assert (waiting.actor_label, waiting.is_full) == (owner.label, True)
    release_sync_lock(lease=lease)
    assert len(work(owner)) == 1


def test_calling_it_off(owner: Actor) -> None:
    lease = take_lock(owner)
    ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)
    hear_of_change(owner)
    assert call_off_waiting_sync(actor=owner)
    assert not call_off_waiting_sync(actor=owner)
    assert [each.door for each in list_waiting_syncs(business_id=owner.business_id)] == [
        Door.CHANGES
    ]
    assert list_activity(actor=owner)[0].verb == "called off"
    release_sync_lock(lease=lease)
    assert work(owner) == ()


def test_who_may_not_run_syncs_may_not_ask_or_call_off(owner: Actor, cast: Cast) -> None:
    builder = cast.builder.actor
    for attempt in (
        lambda: ask_for_sync_when_free(actor=builder, trigger=Trigger.PERSON),
        lambda: call_off_waiting_sync(actor=builder),
        lambda: find_waiting_sync(actor=builder),
    ):
        with pytest.raises(PermissionMissing):
            attempt()


def test_of_somebody_who_left_nothing_is_started(owner: Actor, cast: Cast) -> None:
    lease = take_lock(owner)
    ask_for_sync_when_free(actor=cast.accountant.actor, trigger=Trigger.PERSON)
    with business_scope(owner.business_id):
        Membership.objects.filter(user_id=cast.accountant.user.id).update(role=Role.BUILDER)
    release_sync_lock(lease=lease)
    assert work(owner) == ()
    assert list_waiting_syncs(business_id=owner.business_id) == ()


def test_without_books_there_is_nothing_to_wait_for(cast: Cast) -> None:
    with pytest.raises(NotConnected):
        ask_for_sync_when_free(actor=cast.owner.actor, trigger=Trigger.PERSON)


def test_another_business_knows_nothing_of_it(owner: Actor, cast: Cast) -> None:
    take_lock(owner)
    ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)
    assert find_waiting_sync(actor=cast.stranger.actor) is None
    assert not call_off_waiting_sync(actor=cast.stranger.actor)
    assert find_waiting_sync(actor=owner) is not None


def test_of_many_workers_that_see_the_lock_free_one_starts(owner: Actor) -> None:
    ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)

    def start() -> int:
        try:
            start_waiting_sync(business_id=owner.business_id)
        except SyncLockHeld:
            return 0
        return 1

    assert sum(act_at_once(4, start)) >= 1
    assert len(list_runs(actor=owner)) == 1
    assert list_waiting_syncs(business_id=owner.business_id) == ()


def test_who_asks_while_another_s_sync_starts_is_not_forgotten(owner: Actor) -> None:
    """However the two meet: one run serves both, or the second waits for the first."""
    for _ in range(5):

        def ask_and_start() -> int:
            ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)
            try:
                start_waiting_sync(business_id=owner.business_id)
            except SyncLockHeld:
                return 0
            return 1

        act_at_once(3, ask_and_start)
        for _ in range(3):
            let_jobs_come(owner.business_id)
            drain_jobs()
        assert list_waiting_syncs(business_id=owner.business_id) == ()
        assert all(run.state is RunState.FINISHED for run in list_runs(actor=owner))


# ── Changes ──────────────────────────────────────────────────────────────────────────────────


def test_changes_gather_and_lead_to_one_sync(owner: Actor) -> None:
    for _ in range(3):
        before = read_database_clock()
        hear_of_change(owner)
    [waiting] = list_waiting_syncs(business_id=owner.business_id)
    wait = timedelta(seconds=30)
    assert before + wait <= waiting.ready_at <= read_database_clock() + wait
    assert work(owner) == ()
    make_waiting_ready(owner.business_id)
    let_jobs_come(owner.business_id)
    [run] = work(owner)
    assert (run.trigger, run.actor_label) == (Trigger.WEBHOOK, "QuickBooks")
    assert list_activity(actor=owner)[0].actor_label == "QuickBooks"


def test_a_person_s_sync_serves_the_changes_too(owner: Actor) -> None:
    hear_of_change(owner)
    ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)
    [run] = work(owner)
    assert run.trigger is Trigger.PERSON
    assert list_waiting_syncs(business_id=owner.business_id) == ()


# ── Schedules ────────────────────────────────────────────────────────────────────────────────


def test_syncs_start_by_themselves_only_if_somebody_wants_it(owner: Actor) -> None:
    automatic = show_automatic(owner)
    assert (automatic.rhythm, automatic.next_at, automatic.is_paused) == (Rhythm.OFF, None, False)
    assert not automatic.follows_changes
    assert find_next_scheduled_sync(business_id=owner.business_id) is None


@pytest.mark.parametrize(("rhythm", "hours"), [(Rhythm.HOURLY, 1), (Rhythm.DAILY, 25)])
def test_a_scheduled_sync_runs_in_the_name_of_the_schedule(
    owner: Actor, rhythm: Rhythm, hours: int
) -> None:
    set_rhythm(owner, rhythm, hour=5)
    automatic = show_automatic(owner)
    assert (automatic.rhythm, automatic.hour) == (rhythm, 5 if rhythm is Rhythm.DAILY else 3)
    next_at = find_next_scheduled_sync(business_id=owner.business_id)
    assert next_at is not None
    assert next_at == automatic.next_at
    assert next_at - read_database_clock() <= timedelta(hours=hours)
    let_schedule_come(owner.business_id, name=SCHEDULED_JOB)
    assert enqueue_scheduled_jobs() == 1
    [run] = work(owner)
    assert (run.trigger, run.actor_label) == (Trigger.SCHEDULE, "Schedule")
    assert run.state is RunState.FINISHED


def test_a_schedule_is_taken_back(owner: Actor) -> None:
    set_rhythm(owner, Rhythm.HOURLY)
    set_rhythm(owner, Rhythm.OFF)
    assert show_automatic(owner).rhythm is Rhythm.OFF
    assert enqueue_scheduled_jobs() == 0


def test_choosing_is_for_who_manages_the_connection(owner: Actor, cast: Cast) -> None:
    with pytest.raises(PermissionMissing):
        set_rhythm(cast.builder.actor, Rhythm.HOURLY)
    with pytest.raises(NotConnected):
        set_rhythm(cast.stranger.actor, Rhythm.HOURLY)
    choose_automatic_sync(actor=owner, rhythm=Rhythm.DAILY, hour=0, follows_changes=True)
    assert show_automatic(owner).follows_changes
    assert list_activity(actor=owner)[0].subject_label == "daily and when the books change"


def test_a_scheduled_sync_waits_for_the_lock_without_noise(owner: Actor) -> None:
    lease = take_lock(owner)
    for _ in range(3):
        take_scheduled_turn(business_id=owner.business_id)
        let_jobs_come(owner.business_id)
        assert work(owner) == ()
    job = find_open_job(business_id=owner.business_id, dedupe_key=DUE_JOB)
    assert job is not None
    assert (job.attempts, job.last_error) == (0, "")
    release_sync_lock(lease=lease)
    let_jobs_come(owner.business_id)
    assert [run.trigger for run in work(owner)] == [Trigger.SCHEDULE]


def test_while_the_connection_is_expired_schedules_pause_and_then_catch_up_once(
    owner: Actor, cast: Cast
) -> None:
    set_rhythm(owner, Rhythm.HOURLY)
    with business_scope(owner.business_id):
        Connection.objects.update(state="expired")
    assert find_next_scheduled_sync(business_id=owner.business_id) is None
    assert show_automatic(owner).is_paused
    for _ in range(3):
        let_schedule_come(owner.business_id, name=SCHEDULED_JOB)
        assert enqueue_scheduled_jobs() == 1
        assert work(owner) == ()
    with pytest.raises(Reconnect):
        start_waiting_sync(business_id=owner.business_id)
    assert find_open_job(business_id=owner.business_id, dedupe_key=DUE_JOB) is None
    connect(cast.owner)
    assert [run.trigger for run in work(owner)] == [Trigger.SCHEDULE]
    assert not show_automatic(owner).is_paused
    assert find_next_scheduled_sync(business_id=owner.business_id) is not None


def test_what_waits_survives_a_disconnection(owner: Actor, cast: Cast) -> None:
    lease = take_lock(owner)
    ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)
    disconnect(actor=owner)
    release_sync_lock(lease=lease)
    assert work(owner) == ()
    connect(cast.owner)
    assert len(work(owner)) == 1
