"""One sync or build at a time per business, by a lease with a fence (LOCK-1 to LOCK-6, I7)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from tests.support.cast import Cast
from tests.support.locks import (
    LEASE_SECONDS,
    confirm,
    let_sync_lease_end,
    list_lines,
    make_holder,
    take,
    write_line,
)

from partsemble.database.clock import read_database_clock
from partsemble.database.scope import ScopeMissing, business_scope
from partsemble.kernel.ids import BusinessId
from partsemble.locks.errors import SyncLockHeld, SyncLockLost
from partsemble.locks.models import SyncLock
from partsemble.locks.queries import find_sync_lock
from partsemble.locks.services import confirm_fence, release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, SyncLease


@pytest.fixture
def lamps(cast: Cast) -> BusinessId:
    return cast.owner.business.id


@pytest.fixture
def chairs(cast: Cast) -> BusinessId:
    return cast.stranger.business.id


# ── Taking and releasing ─────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_a_free_lock_is_taken_and_seen(cast: Cast, lamps: BusinessId) -> None:
    assert find_sync_lock(business_id=lamps) is None
    holder = make_holder(HolderKind.SALES_SYNC, "Ada", cast.accountant.user.id)
    before = read_database_clock()
    lease = take(lamps, holder)
    view = find_sync_lock(business_id=lamps)
    assert view is not None
    assert lease == SyncLease(business_id=lamps, fence=1, holder=holder)
    assert (view.kind, view.holder_id) == (HolderKind.SALES_SYNC, holder.holder_id)
    assert (view.label, view.user_id, view.fence) == ("Ada", cast.accountant.user.id, 1)
    now, life = read_database_clock(), timedelta(seconds=LEASE_SECONDS)
    assert before <= view.since <= now
    assert before + life <= view.expires_at <= now + life


@pytest.mark.django_db
@pytest.mark.parametrize("rival", HolderKind)
def test_a_held_lock_is_refused_with_what_holds_it(lamps: BusinessId, rival: HolderKind) -> None:
    lease = take(lamps)
    before = find_sync_lock(business_id=lamps)
    assert before is not None
    with pytest.raises(SyncLockHeld) as refusal:
        take(lamps, make_holder(rival, "Bela"))
    assert refusal.value.facts == {
        "kind": HolderKind.ITEM_SYNC,
        "holder_id": lease.holder.holder_id,
        "label": "Olivia",
        "since": before.since,
        "expires_at": before.expires_at,
    }
    assert find_sync_lock(business_id=lamps) == before
    confirm(lease)


@pytest.mark.django_db
def test_businesses_never_wait_for_each_other(lamps: BusinessId, chairs: BusinessId) -> None:
    ours, theirs = take(lamps), take(chairs)
    confirm(ours)
    confirm(theirs)
    release_sync_lock(lease=ours)
    assert find_sync_lock(business_id=chairs) is not None


@pytest.mark.django_db
def test_the_same_run_takes_over_from_itself_at_once(lamps: BusinessId) -> None:
    run = make_holder()
    crashed = take(lamps, run)
    before = find_sync_lock(business_id=lamps)
    again = take(lamps, run)
    after = find_sync_lock(business_id=lamps)
    assert again.fence == crashed.fence + 1
    assert before is not None
    assert after is not None
    assert after.since == before.since
    assert after.expires_at >= before.expires_at
    with pytest.raises(SyncLockLost):
        confirm(crashed)
    confirm(again)


@pytest.mark.django_db
def test_an_expired_lock_is_free(lamps: BusinessId) -> None:
    lost = take(lamps)
    let_sync_lease_end(lamps)
    assert find_sync_lock(business_id=lamps) is None
    heir = make_holder(HolderKind.BUILD, "Bela")
    before = read_database_clock()
    lease = take(lamps, heir)
    view = find_sync_lock(business_id=lamps)
    assert lease.fence == lost.fence + 1
    assert view is not None
    assert (view.kind, view.label) == (HolderKind.BUILD, "Bela")
    assert before <= view.since <= read_database_clock()


@pytest.mark.django_db
def test_a_released_lock_is_free_and_its_fence_never_comes_again(lamps: BusinessId) -> None:
    fences = []
    for _ in range(3):
        lease = take(lamps)
        fences.append(lease.fence)
        release_sync_lock(lease=lease)
        assert find_sync_lock(business_id=lamps) is None
    assert fences == [1, 2, 3]


@pytest.mark.django_db
def test_a_released_lock_stays_free_when_the_clock_is_set_back(lamps: BusinessId) -> None:
    release_sync_lock(lease=take(lamps))
    with business_scope(lamps):
        (lock,) = SyncLock.objects.all()
        # What a clock that is an hour behind its former self would make of the instant.
        SyncLock.objects.update(expires_at=lock.expires_at + timedelta(hours=1))
    assert find_sync_lock(business_id=lamps) is None
    take(lamps)


@pytest.mark.django_db
def test_a_lease_of_before_the_clock_was_set_back_keeps_nobody_out(
    cast: Cast, lamps: BusinessId
) -> None:
    held = take(lamps)
    with business_scope(lamps):
        (lock,) = SyncLock.objects.all()
        SyncLock.objects.update(expires_at=lock.expires_at + timedelta(hours=1))
    # A holder that lives says so, and keeps it.
    with transaction.atomic():
        confirm_fence(lease=held, lease_seconds=LEASE_SECONDS)
    with pytest.raises(SyncLockHeld):
        take(lamps)
    with business_scope(lamps):
        SyncLock.objects.update(expires_at=lock.expires_at + timedelta(hours=1))
    assert find_sync_lock(business_id=lamps) is None
    take(lamps)
    with pytest.raises(SyncLockLost), transaction.atomic():
        confirm_fence(lease=held, lease_seconds=LEASE_SECONDS)


@pytest.mark.django_db
def test_who_lost_the_lock_can_t_release_it(lamps: BusinessId) -> None:
    lost = take(lamps)
    let_sync_lease_end(lamps)
    lease = take(lamps)
    release_sync_lock(lease=lost)
    confirm(lease)


@pytest.mark.django_db
def test_a_long_name_does_not_keep_anybody_from_working(lamps: BusinessId) -> None:
    take(lamps, make_holder(label="x" * 300))
    view = find_sync_lock(business_id=lamps)
    assert view is not None
    assert view.label == "x" * 200


# ── Confirming ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_confirming_extends_the_lease(lamps: BusinessId) -> None:
    lease = take_sync_lock(business_id=lamps, holder=make_holder(), lease_seconds=LEASE_SECONDS / 2)
    before, life = read_database_clock(), timedelta(seconds=LEASE_SECONDS)
    confirm(lease)
    view = find_sync_lock(business_id=lamps)
    assert view is not None
    assert before + life <= view.expires_at <= read_database_clock() + life


@pytest.mark.django_db
def test_an_expired_holder_is_refused_even_if_nobody_took_the_lock(lamps: BusinessId) -> None:
    lease = take(lamps)
    let_sync_lease_end(lamps)
    with pytest.raises(SyncLockLost) as refusal:
        confirm(lease)
    assert refusal.value.facts == {
        "kind": HolderKind.ITEM_SYNC,
        "holder_id": lease.holder.holder_id,
        "fence": 1,
    }
    assert find_sync_lock(business_id=lamps) is None


@pytest.mark.django_db
def test_a_late_holder_writes_nothing(lamps: BusinessId, cast: Cast) -> None:
    lost = take(lamps)
    let_sync_lease_end(lamps)

    def write_late() -> None:
        with business_scope(lamps), transaction.atomic():
            write_line(cast, "late")
            confirm_fence(lease=lost, lease_seconds=LEASE_SECONDS)

    with pytest.raises(SyncLockLost):
        write_late()
    assert list_lines(cast) == []


@pytest.mark.django_db(transaction=True)
def test_confirming_outside_a_transaction_is_refused(lamps: BusinessId) -> None:
    lease = take(lamps)
    with pytest.raises(TransactionManagementError, match="the transaction that writes"):
        confirm_fence(lease=lease, lease_seconds=LEASE_SECONDS)


# ── Whose lock it is ─────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_rows_are_behind_the_wall(lamps: BusinessId, chairs: BusinessId) -> None:
    take(lamps)
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
    take(lamps)
    with (
        business_scope(lamps),
        pytest.raises(IntegrityError, match="synclock_kind_known"),
        transaction.atomic(),
    ):
        SyncLock.objects.update(kind="coffee_break")
