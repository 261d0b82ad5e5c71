"""The one statement that takes the lock, and that only one contender can win (LOCK-2)."""

from typing import Final

from django.db import connection

from partsemble.database.clock import write_clock
from partsemble.kernel.ids import BusinessId
from partsemble.locks.models import LABEL_LENGTH, SyncLock
from partsemble.locks.types import LockHolder

LEASES_AHEAD: Final = 2
"""A lease that ends farther ahead than so many of its lengths is of before the clock was set back;
whoever still holds it puts that right with the next sign of life."""

_TAKE = """
INSERT INTO locks_synclock AS held
    (business_id, fence, kind, holder_id, label, user_id, since, lease_seconds, expires_at)
VALUES (%s, 1, %s, %s, %s, %s, {now}, %s, {lease_end})
ON CONFLICT (business_id) DO UPDATE
SET fence = held.fence + 1, kind = excluded.kind, holder_id = excluded.holder_id,
    label = excluded.label, user_id = excluded.user_id,
    since = CASE WHEN held.expires_at > {now} THEN held.since ELSE {now} END,
    lease_seconds = excluded.lease_seconds, expires_at = {lease_end}
WHERE held.expires_at <= {now} OR held.expires_at > {beyond_any}
    OR held.holder_id = excluded.holder_id
RETURNING *
"""


def take_row(
    *, business_id: BusinessId, holder: LockHolder, lease_seconds: float
) -> SyncLock | None:
    """This will take the lock if it is free, expired or the same holder's; else give None.

    Arguments:
        business_id: whose lock.
        holder: who wants it.
        lease_seconds: how long it lasts from now, by the database's clock.
    """
    vendor = connection.vendor
    statement = _TAKE.format(
        now=write_clock(vendor=vendor),
        lease_end=write_clock(vendor=vendor, plus_seconds="%s"),
        beyond_any=write_clock(
            vendor=vendor, plus_seconds=f"({LEASES_AHEAD} * held.lease_seconds)"
        ),
    )
    columns = SyncLock._meta
    values = [
        columns.get_field("business").get_db_prep_value(business_id, connection),
        holder.kind.value,
        columns.get_field("holder_id").get_db_prep_value(holder.holder_id, connection),
        holder.label[:LABEL_LENGTH],
        columns.get_field("user").get_db_prep_value(holder.user_id, connection),
    ]
    won = list(SyncLock.objects.raw(statement, [*values, *[lease_seconds] * 3]))
    return won[0] if won else None
