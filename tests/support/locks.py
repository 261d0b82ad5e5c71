"""Holders of the sync lock for tests."""

from collections.abc import Callable

from django.db import connections, transaction
from tests.support.cast import Cast

from partsemble.database.clock import DatabaseClock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity
from partsemble.identity.services import record_activity
from partsemble.kernel.ids import BusinessId, UserId
from partsemble.locks.models import SyncLock
from partsemble.locks.services import confirm_fence, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease

LEASE_SECONDS = 300


def make_holder(
    kind: HolderKind = HolderKind.ITEM_SYNC, label: str = "Olivia", user_id: UserId | None = None
) -> LockHolder:
    """This will name somebody who wants the lock."""
    return LockHolder(kind=kind, holder_id=new_id(), label=label, user_id=user_id)


def take(business_id: BusinessId, holder: LockHolder | None = None) -> SyncLease:
    """This will take the lock for a while."""
    return take_sync_lock(
        business_id=business_id, holder=holder or make_holder(), lease_seconds=LEASE_SECONDS
    )


def confirm(lease: SyncLease) -> None:
    """This will confirm a lease in a transaction that writes nothing."""
    with business_scope(lease.business_id), transaction.atomic():
        confirm_fence(lease=lease, lease_seconds=LEASE_SECONDS)


def let_sync_lease_end(business_id: BusinessId) -> None:
    """This will move the end of the lock's lease into the past, as silence would."""
    with business_scope(business_id):
        SyncLock.objects.update(expires_at=DatabaseClock(plus_seconds=-0.01))


def in_thread[Answer](work: Callable[[], Answer]) -> Answer:
    """This will run what a test gives to a thread, and close the thread's connections."""
    try:
        return work()
    finally:
        connections.close_all()


def write_line(cast: Cast, verb: str) -> None:
    """This will leave a line in the activity log."""
    record_activity(actor=cast.owner.actor, verb=verb, subject="test")


def list_lines(cast: Cast) -> list[str]:
    """This will list the lines, newest first."""
    return [line.verb for line in list_activity(actor=cast.owner.actor)]
