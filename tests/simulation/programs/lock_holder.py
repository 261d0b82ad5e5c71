"""Takes a business's sync lock whenever it can, and writes under it until it loses it, as long as
nobody says that it is over.

Each line that it writes says under which fence and at which instant of the database, read while
the confirmed row can't change hands.
"""

import random
import time
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError, connections, transaction
from tests.simulation.programs import say

from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.queries import get_owner
from partsemble.identity.services import record_activity
from partsemble.kernel.ids import BusinessId
from partsemble.locks.errors import SyncLockHeld, SyncLockLost
from partsemble.locks.services import confirm_fence, release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease

LEASE_SECONDS = 0.4


def main(business: str, name: str, seed: str, over: str) -> None:
    business_id, chance = BusinessId(UUID(business)), random.Random(seed)  # noqa: S311 no secret
    say("holding")
    while not Path(over).exists():
        holder = LockHolder(kind=HolderKind.ITEM_SYNC, holder_id=new_id(), label=name)
        try:
            lease = take_sync_lock(
                business_id=business_id, holder=holder, lease_seconds=LEASE_SECONDS
            )
            _write_lines(lease, chance)
        except SyncLockHeld:
            time.sleep(chance.uniform(0.001, 0.02))
        except SyncLockLost:
            say("lost")
        except DatabaseError as error:
            say("cut off", type(error).__name__)
            connections.close_all()


def _write_lines(lease: SyncLease, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        # Rarely longer than the lease: then it is late without having been paused.
        time.sleep(chance.choice((0, 0.01, 0.05, 0.05, 0.45)))
        _write_line(lease)
    if chance.random() < 0.7:
        release_sync_lock(lease=lease)


def _write_line(lease: SyncLease) -> None:
    owner = get_owner(business_id=lease.business_id)
    with business_scope(lease.business_id), transaction.atomic():
        confirm_fence(lease=lease, lease_seconds=LEASE_SECONDS)
        record_activity(
            actor=owner,
            verb=f"{lease.fence} {read_database_clock().timestamp():.6f}",
            subject=lease.holder.label,
            subject_id=lease.holder.holder_id,
        )
        confirm_fence(lease=lease, lease_seconds=LEASE_SECONDS)
