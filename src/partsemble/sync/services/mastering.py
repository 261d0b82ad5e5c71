"""Who is the master of quantities: the books, or Partsemble (BIZ-4, CONN-8).

The books are, in Sync mode with Receiving off. A change waits for nothing and lets nothing wait:
it takes the sync lock for the length of its transaction, as a build does, so it comes wholly
before a run or wholly after it.

When the books become the master, a start line is drawn: both sides are taken to be even, and the
next sync brings what they count otherwise. What was done here before is not owed to them any more,
which a person has to know before; the pages list it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction

from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.services.modes import draw_start_line, set_inventory_mode
from partsemble.accounting.types import InventoryMode
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.services import set_feature
from partsemble.identity.types import Feature
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.locks.services import release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder
from partsemble.stock.queries.effects import get_last_number
from partsemble.sync.queries.corrections import follows_books


def switch_receiving(*, actor: Actor, is_on: bool) -> bool:
    """This will switch Receiving on or off, and tell whether that changed anything (BIZ-4).

    Raises:
        PermissionMissing: without *manage settings*.
        SyncLockHeld: while a sync or a build is under way.
    """
    actor.demand(Permission.MANAGE_SETTINGS)
    with _changing_master(actor):
        return set_feature(actor=actor, feature=Feature.RECEIVING, is_on=is_on)


def switch_inventory_mode(*, actor: Actor, mode: InventoryMode) -> bool:
    """This will choose where quantities are kept, and tell whether that changed anything (CONN-8).

    Raises:
        PermissionMissing: without *manage connection*.
        NotConnected: if there are no books.
        QuantitiesNotTaken: if the books take no adjustments of quantities.
        SyncLockHeld: while a sync or a build is under way.
    """
    actor.demand(Permission.MANAGE_CONNECTION)
    with _changing_master(actor):
        return set_inventory_mode(actor=actor, mode=mode)


@contextmanager
def _changing_master(actor: Actor) -> Iterator[None]:
    with business_scope(actor.business_id), transaction.atomic():
        lease = take_sync_lock(
            business_id=actor.business_id,
            holder=LockHolder(
                kind=HolderKind.SETTING,
                holder_id=new_id(),
                label=actor.label,
                user_id=actor.user_id,
            ),
            lease_seconds=settings.PARTSEMBLE_SYNC_LOCK_SECONDS,
        )
        before = follows_books(business_id=actor.business_id)
        yield
        connection = look_up_connection(business_id=actor.business_id)
        if connection and not before and follows_books(business_id=actor.business_id):
            draw_start_line(
                business_id=actor.business_id,
                connection_id=connection.id,
                number=get_last_number(),
            )
        release_sync_lock(lease=lease)
