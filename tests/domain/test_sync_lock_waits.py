"""Holders and contenders of the sync lock at the same moment (LOCK-4, LOCK-6, I7)."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from tests.support.cast import Cast
from tests.support.locks import (
    LEASE_SECONDS,
    confirm,
    in_thread,
    let_sync_lease_end,
    list_lines,
    make_holder,
    take,
    write_line,
)

from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId
from partsemble.locks import services
from partsemble.locks.errors import SyncLockHeld, SyncLockLost
from partsemble.locks.queries import find_sync_lock
from partsemble.locks.services import confirm_fence, release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, SyncLease

PATIENCE_SECONDS = 60
SHORT_SECONDS = 5
"""A lease that ends soon, and not while a busy machine gets through three statements."""


@pytest.fixture
def lamps(cast: Cast) -> BusinessId:
    return cast.owner.business.id


# ── A build: taken and released in one transaction ───────────────────────────────────────────


def _build(business_id: BusinessId, work: Callable[[SyncLease], None]) -> SyncLease:
    with business_scope(business_id), transaction.atomic():
        lease = take(business_id, make_holder(HolderKind.BUILD, "Bela"))
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
    assert take(lamps).fence == 1


@pytest.mark.django_db(transaction=True)
def test_a_build_during_a_sync_is_refused_and_harms_nothing(lamps: BusinessId) -> None:
    lease = take(lamps)
    with pytest.raises(SyncLockHeld) as refusal:
        _build(lamps, lambda _: None)
    assert refusal.value.facts["kind"] is HolderKind.ITEM_SYNC
    confirm(lease)


@pytest.mark.django_db(transaction=True)
def test_two_builds_wait_for_each_other(lamps: BusinessId) -> None:
    inside: list[int] = []

    def work(lease: SyncLease) -> None:
        inside.append(lease.fence)
        time.sleep(0.05)
        inside.append(lease.fence)

    with ThreadPoolExecutor(4) as people:
        builds = [people.submit(in_thread, lambda: _build(lamps, work)) for _ in range(8)]
        fences = sorted(build.result().fence for build in builds)
    assert fences == list(range(1, 9))
    assert inside == [fence for fence in range(1, 9) for _ in range(2)]


# ── Between confirming and committing ────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_the_lock_between_confirming_and_committing(
    lamps: BusinessId, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is so short that it ends while the commit is awaited; the contender still waits."""
    monkeypatch.setattr(services, "TAKE_WAIT_SECONDS", PATIENCE_SECONDS)
    lease = take_sync_lock(business_id=lamps, holder=make_holder(), lease_seconds=SHORT_SECONDS)
    with ThreadPoolExecutor(1) as people:
        with business_scope(lamps), transaction.atomic():
            write_line(cast, "in time")
            confirm_fence(lease=lease, lease_seconds=LEASE_SECONDS)
            contender: Future[SyncLease] = people.submit(in_thread, lambda: take(lamps))
            time.sleep(SHORT_SECONDS + 0.2)
            assert not contender.done()
        with pytest.raises(SyncLockHeld) as refusal:
            contender.result(PATIENCE_SECONDS)
    assert refusal.value.facts["holder_id"] == lease.holder.holder_id
    assert list_lines(cast) == ["in time"]


@pytest.mark.django_db(transaction=True)
def test_who_confirms_while_somebody_takes_over_is_too_late(lamps: BusinessId, cast: Cast) -> None:
    lost = take(lamps)
    let_sync_lease_end(lamps)

    def write_late() -> None:
        with business_scope(lamps), transaction.atomic():
            write_line(cast, "late")
            confirm_fence(lease=lost, lease_seconds=LEASE_SECONDS)

    with ThreadPoolExecutor(1) as people:
        with business_scope(lamps), transaction.atomic():
            heir = take(lamps)
            late = people.submit(in_thread, write_late)
            time.sleep(0.3)
            assert not late.done() or late.exception() is not None
        with pytest.raises(SyncLockLost):
            late.result(PATIENCE_SECONDS)
    assert list_lines(cast) == []
    confirm(heir)


@pytest.mark.django_db(transaction=True)
def test_many_want_the_lock_and_one_gets_it(lamps: BusinessId) -> None:
    together = threading.Barrier(6)

    def want() -> SyncLease | None:
        together.wait()
        try:
            return take(lamps)
        except SyncLockHeld:
            return None

    for turn in range(1, 6):
        with ThreadPoolExecutor(6) as people:
            answers = [people.submit(in_thread, want) for _ in range(6)]
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
            lease = take(lamps, make_holder(HolderKind.BUILD))
            contender = people.submit(in_thread, lambda: take(lamps))
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
    lease = take(lamps)

    def write_and_hang() -> None:
        with business_scope(lamps), transaction.atomic():
            write_line(cast, "hangs")
            confirm_fence(lease=lease, lease_seconds=0.3)
            time.sleep(1)

    with ThreadPoolExecutor(1) as people:
        hanging = people.submit(in_thread, write_and_hang)
        if connection.vendor == "postgresql":
            with pytest.raises(DatabaseError):
                hanging.result(PATIENCE_SECONDS)
            assert list_lines(cast) == []
            confirm(lease)
        else:
            hanging.result(PATIENCE_SECONDS)
            assert list_lines(cast) == ["hangs"]
            assert take(lamps).fence == lease.fence + 1
