"""Taking, confirming and releasing the sync lock."""

from datetime import UTC, datetime
from typing import Final

from django.db import OperationalError, connection, models
from django.db.transaction import TransactionManagementError

from partsemble.database.clock import DatabaseClock
from partsemble.database.scope import business_scope
from partsemble.database.waiting import limit_idleness, limited_waiting
from partsemble.kernel.ids import BusinessId
from partsemble.locks.errors import SyncLockHeld, SyncLockLost
from partsemble.locks.locked import take_row
from partsemble.locks.models import SyncLock
from partsemble.locks.queries import view_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease

TAKE_WAIT_SECONDS: Final = 10.0
"""How long to wait for a transaction that holds the row: a build takes a fraction of a second,
and a person should not look at a blank page for longer."""
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When released leases ended."""
_LOCK_NOT_AVAILABLE: Final = "55P03"
"""PostgreSQL's word for: the row's lock did not come in time."""


def take_sync_lock(
    *, business_id: BusinessId, holder: LockHolder, lease_seconds: float
) -> SyncLease:
    """This will take the business's lock for a holder, with a new fence (LOCK-2).

    The same holder takes it from itself at once, which is how a run goes on after a crash
    (LOCK-3). Inside a transaction the lock is taken when that commits, and released with it if
    the caller does so (LOCK-6); take it before touching other rows.

    Arguments:
        business_id: whose lock.
        holder: who wants it.
        lease_seconds: how long it lasts without a sign of life.

    Raises:
        SyncLockHeld: if somebody else holds it.
    """
    with business_scope(business_id):
        limit_idleness(lease_seconds)
        try:
            with limited_waiting(TAKE_WAIT_SECONDS):
                row = take_row(business_id=business_id, holder=holder, lease_seconds=lease_seconds)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                raise
            raise SyncLockHeld(
                kind=HolderKind.BUILD, holder_id=None, label="", since=None, expires_at=None
            ) from error
        if row is None:
            # Of the row as it is now: it exists, and whoever holds it is a true answer.
            held = view_lock(row=SyncLock.objects.get(business_id=business_id))
            raise SyncLockHeld(
                kind=held.kind,
                holder_id=held.holder_id,
                label=held.label,
                since=held.since,
                expires_at=held.expires_at,
            )
    return SyncLease(business_id=business_id, fence=row.fence, holder=holder)


def confirm_fence(*, lease: SyncLease, lease_seconds: float) -> None:
    """This will make sure that the lock is still the lease's, and extend it (LOCK-4).

    It belongs into the transaction that writes, as its last statement: from here to the commit
    nobody can take the lock.

    Arguments:
        lease: as it was taken.
        lease_seconds: how long it lasts from now without another sign of life.

    Raises:
        SyncLockLost: if it ended, even if nobody took it since, or if somebody did; the
            transaction must then roll back, which letting the error pass does.
        TransactionManagementError: outside a transaction, where it would promise nothing.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("confirm_fence belongs into the transaction that writes")
    with business_scope(lease.business_id):
        limit_idleness(lease_seconds)
        expires_at = DatabaseClock(plus_seconds=lease_seconds)
        if not _still_ours(lease).update(expires_at=expires_at, lease_seconds=lease_seconds):
            raise SyncLockLost(
                kind=lease.holder.kind, holder_id=lease.holder.holder_id, fence=lease.fence
            )


def release_sync_lock(*, lease: SyncLease) -> None:
    """This will end a lease now; one that is not ours any more is left alone.

    It ends long ago and not at this instant: a clock that is set back would bring it to life.
    """
    with business_scope(lease.business_id):
        _still_ours(lease).update(expires_at=LONG_AGO)


def _still_ours(lease: SyncLease) -> "models.QuerySet[SyncLock]":
    return SyncLock.objects.filter(
        business_id=lease.business_id, fence=lease.fence, expires_at__gt=DatabaseClock()
    )
