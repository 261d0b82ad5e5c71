"""A run from the moment a worker takes it to its report."""

from collections.abc import Callable
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from partsemble.accounting.documents import ItemType
from partsemble.accounting.errors import ConnectionReplaced, CurrencyDiffers, NotConnected
from partsemble.accounting.provider import ProviderError, Reconnect
from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.services.access import open_provider
from partsemble.database.encryption import SecretUnreadable
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import DomainError
from partsemble.kernel.ids import BusinessId, ConnectionId, RunId, UserId
from partsemble.kernel.permissions import Permission
from partsemble.locks.services import confirm_fence, release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease
from partsemble.sync.errors import RunNotFound
from partsemble.sync.models import ItemSync
from partsemble.sync.services.applying import apply_plan
from partsemble.sync.services.correcting import correct_quantities
from partsemble.sync.services.fenced import RunInHand, enter_state
from partsemble.sync.services.following import catch_up, foresee_followers, note_who_follows
from partsemble.sync.services.planning import finish_plan
from partsemble.sync.services.reading import read_books
from partsemble.sync.services.refreshing import keep_lists, reading_lists
from partsemble.sync.services.satisfying import forget_what_was_read
from partsemble.sync.types import OPEN_STATES, FullReason, ReadMode, RunState

BROKEN_CODE: Final = "sync_broke"
"""What a run fails with when the reason is a bug and not the books."""

RUN_PERMISSIONS: Final = frozenset({Permission.RUN_SYNC, Permission.VIEW_INVENTORY})
"""What a run does on behalf of whoever was allowed to start it."""

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
    taken = _take_up(_get_row(business_id, run_id))
    if taken is None:
        return
    row, lease = taken
    run = _take_in_hand(row, confirm=_confirm_lease(lease))
    try:
        if row.state != RunState.APPLYING:
            _read(run, row.actor_label)
        note_who_follows(run=run)
        apply_plan(run=run)
        catch_up(run=run)
        correct_quantities(run=run)
    except BOOKS_CLOSED as error:
        _end(run, RunState.FAILED, failure=_find_reason(run, error), lease=lease)
        return
    _end(run, RunState.FINISHED, lease=lease)


def run_item_preview(
    *, business_id: BusinessId, run_id: RunId, confirm: Callable[[], None]
) -> None:
    """This will make the plan of a preview, which takes no lock and changes no item (SYNC-4).

    Arguments:
        business_id: whose preview.
        run_id: which one.
        confirm: makes sure, inside a transaction, that this worker still has the job.

    Raises:
        RunNotFound: if the business has no such preview.
        JobLost: if the job was lost; nothing was written after that.
    """
    row = _get_row(business_id, run_id)
    if row.state not in OPEN_STATES:
        return
    run = _take_in_hand(row, confirm=confirm)
    try:
        _read(run, row.actor_label)
        foresee_followers(run=run)
        correct_quantities(run=run)
    except BOOKS_CLOSED as error:
        _end(run, RunState.FAILED, failure=_find_reason(run, error))
        return
    _end(run, RunState.FINISHED)


def give_up_item_sync(*, business_id: BusinessId, run_id: RunId) -> None:
    """This will end a run whose job failed for good, so that nobody waits for it.

    Raises:
        SyncLockHeld: if something else holds the lock; the run is not this caller's then.
    """
    row = _get_row(business_id, run_id)
    if row.is_preview and row.state in OPEN_STATES:
        _end(_take_in_hand(row, confirm=_confirm_nothing), RunState.FAILED)
    elif taken := _take_up(row):
        row, lease = taken
        _end(_take_in_hand(row, confirm=_confirm_lease(lease)), RunState.FAILED, lease=lease)


def _read(run: RunInHand, label: str) -> None:
    with open_provider(
        business_id=run.business_id,
        connection_id=run.connection_id,
        label=label,
        run_id=run.id,
    ) as provider:
        if run.is_preview:
            plan = read_books(run=run, provider=provider)
        else:
            with reading_lists(provider=provider) as readings:
                plan = read_books(run=run, provider=provider)
                keep_lists(run=run, readings=readings)
    finish_plan(plan=plan)


def _get_row(business_id: BusinessId, run_id: RunId) -> ItemSync:
    with business_scope(business_id):
        row = ItemSync.objects.filter(id=run_id).first()
    if row is None:
        raise RunNotFound(run_id=run_id)
    return row


def _take_up(row: ItemSync) -> tuple[ItemSync, SyncLease] | None:
    """Give an open run with its lock, as it is now; until the lock is ours others carry it on."""
    if row.state not in OPEN_STATES:
        return None
    business_id = BusinessId(row.business_id)
    holder = LockHolder(kind=HolderKind.ITEM_SYNC, holder_id=row.id, label=row.actor_label)
    seconds = settings.PARTSEMBLE_SYNC_LOCK_SECONDS
    # One transaction: whoever dies in it never had the lock of a run that is over.
    with business_scope(business_id), transaction.atomic():
        lease = take_sync_lock(business_id=business_id, holder=holder, lease_seconds=seconds)
        row = _get_row(business_id, RunId(row.id))
        if row.state in OPEN_STATES:
            return row, lease
        release_sync_lock(lease=lease)
    return None


def _confirm_lease(lease: SyncLease) -> Callable[[], None]:
    return partial(confirm_fence, lease=lease, lease_seconds=settings.PARTSEMBLE_SYNC_LOCK_SECONDS)


def _confirm_nothing() -> None:
    """A preview whose job is over belongs to nobody who could write at the same time."""


def _take_in_hand(row: ItemSync, *, confirm: Callable[[], None]) -> RunInHand:
    return RunInHand(
        id=RunId(row.id),
        business_id=BusinessId(row.business_id),
        actor=Actor(
            business_id=BusinessId(row.business_id),
            user_id=UserId(row.user_id) if row.user_id else None,
            label=row.actor_label,
            permissions=RUN_PERMISSIONS,
        ),
        connection_id=ConnectionId(row.connection_id),
        types=frozenset(map(ItemType, row.types)),
        mode=ReadMode(row.mode),
        full_reason=FullReason(row.full_reason),
        since=row.since,
        is_preview=row.is_preview,
        confirmed_run_id=RunId(row.confirmed_run_id) if row.confirmed_run_id else None,
        confirm=confirm,
    )


def _find_reason(run: RunInHand, error: DomainError) -> DomainError:
    """Books that a person disconnected in mid-reading say no as if permission had expired."""
    if not isinstance(error, Reconnect):
        return error
    connection = look_up_connection(business_id=run.business_id)
    if connection is None:
        return NotConnected()
    return error if connection.id == run.connection_id else ConnectionReplaced()


def _end(
    run: RunInHand,
    state: RunState,
    *,
    failure: DomainError | None = None,
    lease: SyncLease | None = None,
) -> None:
    """Confirm, write and release in this order: a released lock has no fence to confirm."""
    code, facts = "", {}
    if state is RunState.FAILED:
        code = failure.code if failure else BROKEN_CODE
        facts = {name: str(value) for name, value in failure.facts.items()} if failure else {}
    with business_scope(run.business_id), transaction.atomic():
        if lease is not None and state is RunState.FINISHED:
            forget_what_was_read(run=run)
        run.confirm()
        enter_state(run=run, state=state, finished_at=Now(), failure_code=code, failure_facts=facts)
        if lease is not None:
            release_sync_lock(lease=lease)
