"""A run from the moment a worker takes it to its report."""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from partsemble.accounting.documents import ItemType
from partsemble.accounting.errors import ConnectionReplaced, CurrencyDiffers, NotConnected
from partsemble.accounting.provider import ProviderError
from partsemble.accounting.services.access import open_provider
from partsemble.database.encryption import SecretUnreadable
from partsemble.database.scope import business_scope
from partsemble.kernel.errors import DomainError
from partsemble.kernel.ids import BusinessId, ConnectionId, RunId
from partsemble.locks.services import confirm_fence, release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder
from partsemble.sync.errors import RunNotFound
from partsemble.sync.models import ItemSync
from partsemble.sync.services.applying import apply_plan
from partsemble.sync.services.fenced import RunInHand, enter_state
from partsemble.sync.services.reading import read_books
from partsemble.sync.services.refreshing import refresh_books
from partsemble.sync.types import OPEN_STATES, RunState

BROKEN_CODE: Final = "sync_broke"
"""What a run fails with when the reason is a bug and not the books."""

BOOKS_CLOSED: Final = (
    ProviderError,
    NotConnected,
    ConnectionReplaced,
    CurrencyDiffers,
    SecretUnreadable,
)
"""Why the books can't be read; trying the same again at once would not change it."""


def run_item_sync(*, business_id: BusinessId, run_id: RunId) -> None:
    """This will carry a run to its end, from wherever a worker before this one left it.

    A plan that was still being read is read again; a plan that was being applied goes on behind
    the last applied step (SYNC-11). What the books refuse ends the run with that reason.

    Raises:
        RunNotFound: if the business has no such run.
        SyncLockHeld: if something else of this business is under way; nothing was done.
        SyncLockLost: if this worker was paused until its lease ended; nothing was written since.
    """
    row = _get_row(business_id, run_id)
    if row.state not in OPEN_STATES:
        return
    run = RunInHand(
        id=run_id,
        business_id=business_id,
        connection_id=ConnectionId(row.connection_id),
        lease=take_sync_lock(
            business_id=business_id,
            holder=_name_holder(row),
            lease_seconds=settings.PARTSEMBLE_SYNC_LOCK_SECONDS,
        ),
    )
    types = frozenset(map(ItemType, row.types))
    try:
        if row.state != RunState.APPLYING:
            with open_provider(
                business_id=business_id,
                connection_id=run.connection_id,
                label=row.actor_label,
                run_id=run_id,
            ) as provider:
                refresh_books(run=run, provider=provider)
                read_books(run=run, provider=provider, types=types)
        apply_plan(run=run, types=types)
    except BOOKS_CLOSED as error:
        _end(run, RunState.FAILED, failure=error)
        return
    _end(run, RunState.FINISHED)


def give_up_item_sync(*, business_id: BusinessId, run_id: RunId) -> None:
    """This will end a run whose job failed for good, so that nobody waits for it.

    Raises:
        SyncLockHeld: if something else holds the lock; the run is not this caller's then.
    """
    row = _get_row(business_id, run_id)
    if row.state not in OPEN_STATES:
        return
    lease = take_sync_lock(
        business_id=business_id,
        holder=_name_holder(row),
        lease_seconds=settings.PARTSEMBLE_SYNC_LOCK_SECONDS,
    )
    run = RunInHand(
        id=run_id,
        business_id=business_id,
        connection_id=ConnectionId(row.connection_id),
        lease=lease,
    )
    _end(run, RunState.FAILED)


def _get_row(business_id: BusinessId, run_id: RunId) -> ItemSync:
    with business_scope(business_id):
        row = ItemSync.objects.filter(id=run_id).first()
    if row is None:
        raise RunNotFound(run_id=run_id)
    return row


def _name_holder(row: ItemSync) -> LockHolder:
    return LockHolder(kind=HolderKind.ITEM_SYNC, holder_id=row.id, label=row.actor_label)


def _end(run: RunInHand, state: RunState, *, failure: DomainError | None = None) -> None:
    """Confirm, write and release in this order: a released lock has no fence to confirm."""
    code, facts = "", {}
    if state is RunState.FAILED:
        code = failure.code if failure else BROKEN_CODE
        facts = {name: str(value) for name, value in failure.facts.items()} if failure else {}
    with business_scope(run.business_id), transaction.atomic():
        confirm_fence(lease=run.lease, lease_seconds=settings.PARTSEMBLE_SYNC_LOCK_SECONDS)
        enter_state(run=run, state=state, finished_at=Now(), failure_code=code, failure_facts=facts)
        release_sync_lock(lease=run.lease)
