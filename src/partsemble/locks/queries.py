"""Everything that reads the sync lock."""

from datetime import timedelta

from partsemble.database.clock import DatabaseClock
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId, UserId
from partsemble.locks.locked import LEASES_AHEAD
from partsemble.locks.models import SyncLock
from partsemble.locks.types import HolderKind, SyncLockView


def find_sync_lock(*, business_id: BusinessId) -> SyncLockView | None:
    """This will show who holds the business's lock now, or None if it is free (LOCK-5).

    A build holds it inside its transaction and is never seen here.
    """
    with business_scope(business_id):
        held = SyncLock.objects.filter(business_id=business_id, expires_at__gt=DatabaseClock())
        row = held.annotate(now=DatabaseClock()).first()
    if row is None or row.expires_at > row.now + LEASES_AHEAD * timedelta(
        seconds=row.lease_seconds
    ):
        return None
    return view_lock(row=row)


def view_lock(*, row: SyncLock) -> SyncLockView:
    """This will turn a row into the value that others see."""
    return SyncLockView(
        kind=HolderKind(row.kind),
        holder_id=row.holder_id,
        label=row.label,
        user_id=None if row.user_id is None else UserId(row.user_id),
        fence=row.fence,
        since=row.since,
        expires_at=row.expires_at,
    )
