"""One sync or build at a time per business, by a lease with a fence (LOCK-1 to LOCK-6, I7)."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.transaction import TransactionManagementError
from tests.support.cast import Cast

from partsemble.database.clock import DatabaseClock, read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import ScopeMissing, business_scope
from partsemble.identity.queries import list_activity
from partsemble.identity.services import record_activity
from partsemble.kernel.ids import BusinessId, UserId
from partsemble.locks import services
from partsemble.locks.errors import SyncLockHeld, SyncLockLost
from partsemble.locks.models import SyncLock
from partsemble.locks.queries import find_sync_lock
from partsemble.locks.services import confirm_fence, release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease

LEASE_SECONDS = 300
PATIENCE_SECONDS = 20


@pytest.fixture
def lamps(cast: Cast) -> BusinessId:
    return cast.owner.business.id


@pytest.fixture
def chairs(cast: Cast) -> BusinessId:
    return cast.stranger.business.id


def _holder(
    kind: HolderKind = HolderKind.ITEM_SYNC, label: str = "Olivia", user_id: UserId | None = None
) -> LockHolder:
    return LockHolder(kind=kind, holder_id=new_id(), label=label, user_id=user_id)


def _take(business_id: BusinessId, holder: LockHolder | None = None) -> SyncLease:
    return take_sync_lock(
        business_id=business_id, holder=holder or _holder(), lease_seconds=LEASE_SECONDS
    )


def _confirm(lease: SyncLease) -> None:
    with business_scope(lease.business_id), transaction.atomic():
        confirm_fence(lease=lease, lease_seconds=LEASE_SECONDS)


def _let_lease_end(business_id: BusinessId) -> None:
    with business_scope(business_id):
        SyncLock.objects.update(expires_at=DatabaseClock(plus_seconds=-0.01))


# ── Taking and releasing ─────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_a_free_lock_is_taken_and_seen(cast: Cast, lamps: BusinessId) -> None:
    assert find_sync_lock(business_id=lamps) is None
    holder = _holder(HolderKind.SALES_SYNC, "Ada", cast.accountant.user.id)
    lease = _take(lamps, holder)
    view = find_sync_lock(business_id=lamps)
    assert view is not None
    assert lease == SyncLease(business_id=lamps, fence=1, holder=holder)
    assert (view.kind, view.holder_id) == (HolderKind.SALES_SYNC, holder.holder_id)
    assert (view.label, view.user_id, view.fence) == ("Ada", cast.accountant.user.id, 1)
    assert (view.expires_at - view.since).total_seconds() == pytest.approx(LEASE_SECONDS, abs=1)
    assert abs((view.since - read_database_clock()).total_seconds()) < 2


@pytest.mark.django_db
@pytest.mark.parametrize("rival", HolderKind)
def test_a_held_lock_is_refused_with_what_holds_it(lamps: BusinessId, rival: HolderKind) -> None:
    lease = _take(lamps)
    before = find_sync_lock(business_id=lamps)
    assert before is not None
    with pytest.raises(SyncLockHeld) as refusal:
        _take(lamps, _holder(rival, "Bela"))
    assert refusal.value.facts == {
        "kind": HolderKind.ITEM_SYNC,
        "holder_id": lease.holder.holder_id,
        "label": "Olivia",
        "since": before.since,
        "expires_at": before.expires_at,
    }
    assert find_sync_lock(business_id=lamps) == before
    _confirm(lease)


@pytest.mark.django_db
def test_businesses_never_wait_for_each_other(lamps: BusinessId, chairs: BusinessId) -> None:
    ours, theirs = _take(lamps), _take(chairs)
    _confirm(ours)
    _confirm(theirs)
    release_sync_lock(lease=ours)
    assert find_sync_lock(business_id=chairs) is not None


@pytest.mark.django_db
def test_the_same_run_takes_over_from_itself_at_once(lamps: BusinessId) -> None:
    run = _holder()
    crashed = _take(lamps, run)
    before = find_sync_lock(business_id=lamps)
    again = _take(lamps, run)
    after = find_sync_lock(business_id=lamps)
    assert again.fence == crashed.fence + 1
    assert before is not None
    assert after is not None
    assert after.since == before.since
    assert after.expires_at >= before.expires_at
    with pytest.raises(SyncLockLost):
        _confirm(crashed)
    _confirm(again)


@pytest.mark.django_db
def test_an_expired_lock_is_free(lamps: BusinessId) -> None:
    lost = _take(lamps)
    _let_lease_end(lamps)
    assert find_sync_lock(business_id=lamps) is None
    heir = _holder(HolderKind.BUILD, "Bela")
    lease = _take(lamps, heir)
    view = find_sync_lock(business_id=lamps)
    assert lease.fence == lost.fence + 1
    assert view is not None
    assert (view.kind, view.label) == (HolderKind.BUILD, "Bela")
    assert abs((view.since - read_database_clock()).total_seconds()) < 2


@pytest.mark.django_db
def test_a_released_lock_is_free_and_its_fence_never_comes_again(lamps: BusinessId) -> None:
    fences = []
    for _ in range(3):
        lease = _take(lamps)
        fences.append(lease.fence)
        release_sync_lock(lease=lease)
        assert find_sync_lock(business_id=lamps) is None
    assert fences == [1, 2, 3]


@pytest.mark.django_db
def test_who_lost_the_lock_can_t_release_it(lamps: BusinessId) -> None:
    lost = _take(lamps)
    _let_lease_end(lamps)
    lease = _take(lamps)
    release_sync_lock(lease=lost)
    _confirm(lease)


@pytest.mark.django_db
def test_a_long_name_does_not_keep_anybody_from_working(lamps: BusinessId) -> None:
    _take(lamps, _holder(label="x" * 300))
    view = find_sync_lock(business_id=lamps)
    assert view is not None
    assert view.label == "x" * 200


# ── Confirming ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_confirming_extends_the_lease(lamps: BusinessId) -> None:
    lease = take_sync_lock(business_id=lamps, holder=_holder(), lease_seconds=5)
    _confirm(lease)
    view = find_sync_lock(business_id=lamps)
    assert view is not None
    assert (view.expires_at - read_database_clock()).total_seconds() > LEASE_SECONDS - 5


@pytest.mark.django_db
def test_an_expired_holder_is_refused_even_if_nobody_took_the_lock(lamps: BusinessId) -> None:
    lease = _take(lamps)
    _let_lease_end(lamps)
    with pytest.raises(SyncLockLost) as refusal:
        _confirm(lease)
    assert refusal.value.facts == {
        "kind": HolderKind.ITEM_SYNC,
        "holder_id": lease.holder.holder_id,
        "fence": 1,
    }
    assert find_sync_lock(business_id=lamps) is None


@pytest.mark.django_db
def test_a_late_holder_writes_nothing(lamps: BusinessId, cast: Cast) -> None:
    lost = _take(lamps)
    _let_lease_end(lamps)

    def write_late() -> None:
        with business_scope(lamps), transaction.atomic():
            _write(cast, "late")
            confirm_fence(lease=lost, lease_seconds=LEASE_SECONDS)

    with pytest.raises(SyncLockLost):
        write_late()
    assert _list_written(cast) == []


@pytest.mark.django_db(transaction=True)
def test_confirming_outside_a_transaction_is_refused(lamps: BusinessId) -> None:
    lease = _take(lamps)
    with pytest.raises(TransactionManagementError, match="the transaction that writes"):
        confirm_fence(lease=lease, lease_seconds=LEASE_SECONDS)


# ── A build: taken and released in one transaction ───────────────────────────────────────────


def _build(business_id: BusinessId, work: Callable[[SyncLease], None]) -> SyncLease:
    with business_scope(business_id), transaction.atomic():
        lease = _take(business_id, _holder(HolderKind.BUILD, "Bela"))
        work(lease)
        confirm_fence(lease=lease, lease_seconds=LEASE_SECONDS)
        release_sync_lock(lease=lease)
        return lease


@pytest.mark.django_db(transaction=True)
def test_a_build_leaves_no_lock_behind(lamps: BusinessId) -> None:
    fences = [_build(lamps, lambda _: None).fence for _ in range(2)]
    assert fences == [1, 2]
    assert find_sync_lock(business_id=lamps) is None


@pytest.mark.django_db(transaction=True)
def test_a_build_that_crashes_never_had_the_lock(lamps: BusinessId) -> None:
    def crash(_: SyncLease) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        _build(lamps, crash)
    assert find_sync_lock(business_id=lamps) is None
    assert _take(lamps).fence == 1


@pytest.mark.django_db(transaction=True)
def test_a_build_during_a_sync_is_refused_and_harms_nothing(lamps: BusinessId) -> None:
    lease = _take(lamps)
    with pytest.raises(SyncLockHeld) as refusal:
        _build(lamps, lambda _: None)
    assert refusal.value.facts["kind"] is HolderKind.ITEM_SYNC
    _confirm(lease)


@pytest.mark.django_db(transaction=True)
def test_two_builds_wait_for_each_other(lamps: BusinessId) -> None:
    inside: list[int] = []

    def work(lease: SyncLease) -> None:
        inside.append(lease.fence)
        time.sleep(0.05)
        inside.append(lease.fence)

    with ThreadPoolExecutor(4) as people:
        builds = [people.submit(_in_thread, lambda: _build(lamps, work)) for _ in range(8)]
        fences = sorted(build.result().fence for build in builds)
    assert fences == list(range(1, 9))
    assert inside == [fence for fence in range(1, 9) for _ in range(2)]


# ── Between confirming and committing ────────────────────────────────────────────────────────


def _in_thread[Answer](work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_the_lock_between_confirming_and_committing(
    lamps: BusinessId, cast: Cast
) -> None:
    """The lease is so short that it ends while the commit is awaited; the contender still waits."""
    lease = take_sync_lock(business_id=lamps, holder=_holder(), lease_seconds=1)
    with ThreadPoolExecutor(1) as people:
        with business_scope(lamps), transaction.atomic():
            _write(cast, "in time")
            confirm_fence(lease=lease, lease_seconds=LEASE_SECONDS)
            contender: Future[SyncLease] = people.submit(_in_thread, lambda: _take(lamps))
            time.sleep(1.2)
            assert not contender.done()
        with pytest.raises(SyncLockHeld) as refusal:
            contender.result(PATIENCE_SECONDS)
    assert refusal.value.facts["holder_id"] == lease.holder.holder_id
    assert _list_written(cast) == ["in time"]


@pytest.mark.django_db(transaction=True)
def test_who_confirms_while_somebody_takes_over_is_too_late(lamps: BusinessId, cast: Cast) -> None:
    lost = _take(lamps)
    _let_lease_end(lamps)

    def write_late() -> None:
        with business_scope(lamps), transaction.atomic():
            _write(cast, "late")
            confirm_fence(lease=lost, lease_seconds=LEASE_SECONDS)

    with ThreadPoolExecutor(1) as people:
        with business_scope(lamps), transaction.atomic():
            heir = _take(lamps)
            late = people.submit(_in_thread, write_late)
            time.sleep(0.3)
            assert not late.done() or late.exception() is not None
        with pytest.raises(SyncLockLost):
            late.result(PATIENCE_SECONDS)
    assert _list_written(cast) == []
    _confirm(heir)


@pytest.mark.django_db(transaction=True)
def test_many_want_the_lock_and_one_gets_it(lamps: BusinessId) -> None:
    together = threading.Barrier(6)

    def want() -> SyncLease | None:
        together.wait()
        try:
            return _take(lamps)
        except SyncLockHeld:
            return None

    for turn in range(1, 6):
        with ThreadPoolExecutor(6) as people:
            answers = [people.submit(_in_thread, want) for _ in range(6)]
            [lease] = [got for each in answers if (got := each.result()) is not None]
        assert lease.fence == turn
        release_sync_lock(lease=lease)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_ever_for_a_transaction_that_hangs(
    lamps: BusinessId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told by the server's clock on PostgreSQL, by the connection's timeout on SQLite."""
    monkeypatch.setattr(services, "TAKE_WAIT_SECONDS", 0.3)
    with ThreadPoolExecutor(1) as people:
        with business_scope(lamps), transaction.atomic():
            lease = _take(lamps, _holder(HolderKind.BUILD))
            contender = people.submit(_in_thread, lambda: _take(lamps))
            if connection.vendor == "postgresql":
                with pytest.raises(SyncLockHeld) as refusal:
                    contender.result(PATIENCE_SECONDS)
                assert refusal.value.facts["kind"] is HolderKind.BUILD
                assert refusal.value.facts["since"] is None
            release_sync_lock(lease=lease)
        if connection.vendor == "sqlite":
            assert contender.result(PATIENCE_SECONDS).fence == 2


@pytest.mark.django_db(transaction=True)
def test_a_holder_that_hangs_after_confirming_is_cut_off(lamps: BusinessId, cast: Cast) -> None:
    """PostgreSQL ends its session; on SQLite everybody waits, and then it is still the holder."""
    lease = _take(lamps)

    def write_and_hang() -> None:
        with business_scope(lamps), transaction.atomic():
            _write(cast, "hangs")
            confirm_fence(lease=lease, lease_seconds=0.3)
            time.sleep(1)

    with ThreadPoolExecutor(1) as people:
        hanging = people.submit(_in_thread, write_and_hang)
        if connection.vendor == "postgresql":
            with pytest.raises(DatabaseError):
                hanging.result(PATIENCE_SECONDS)
            assert _list_written(cast) == []
            _confirm(lease)
        else:
            hanging.result(PATIENCE_SECONDS)
            assert _list_written(cast) == ["hangs"]
            assert _take(lamps).fence == lease.fence + 1


# ── Whose lock it is ─────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_rows_are_behind_the_wall(lamps: BusinessId, chairs: BusinessId) -> None:
    _take(lamps)
    with pytest.raises(ScopeMissing):
        SyncLock.objects.count()
    with business_scope(chairs):
        assert SyncLock.objects.count() == 0
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM locks_synclock")
                assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_database_knows_the_kinds(lamps: BusinessId) -> None:
    _take(lamps)
    with (
        business_scope(lamps),
        pytest.raises(IntegrityError, match="synclock_kind_known"),
        transaction.atomic(),
    ):
        SyncLock.objects.update(kind="coffee_break")


def _write(cast: Cast, verb: str) -> None:
    record_activity(actor=cast.owner.actor, verb=verb, subject="test")


def _list_written(cast: Cast) -> list[str]:
    return [line.verb for line in list_activity(actor=cast.owner.actor)]
