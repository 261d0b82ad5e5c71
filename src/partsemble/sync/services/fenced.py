"""The one way in which a run writes: short transactions that confirm the fence at their end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId, ConnectionId, RunId
from partsemble.locks.services import confirm_fence
from partsemble.locks.types import SyncLease
from partsemble.sync.models import ItemSync
from partsemble.sync.rules.lives import TRANSITIONS
from partsemble.sync.types import RunState


@dataclass(frozen=True, slots=True)
class RunInHand:
    """A run that this worker holds, with the lease that says so."""

    id: RunId
    business_id: BusinessId
    connection_id: ConnectionId
    lease: SyncLease


@contextmanager
def fenced_transaction(*, run: RunInHand) -> Iterator[None]:
    """This will commit what the block writes only if the run still holds the lock (LOCK-4).

    Raises:
        SyncLockLost: if the lease ended or somebody else took the lock; nothing is written.
    """
    with business_scope(run.business_id), transaction.atomic():
        yield
        confirm_fence(lease=run.lease, lease_seconds=settings.PARTSEMBLE_SYNC_LOCK_SECONDS)


def enter_state(*, run: RunInHand, state: RunState, **values: object) -> None:
    """This will move a run to a state that its present one leads to, with what goes along.

    The one place that changes a run's state; it runs inside the caller's transaction.

    Raises:
        RuntimeError: if the present state does not lead there, which only a bug can cause.
    """
    origins = [origin for origin, targets in TRANSITIONS.items() if state in targets]
    rows = ItemSync.objects.filter(id=run.id, state__in=origins)
    if rows.update(state=state, **values) != 1:
        raise RuntimeError(f"run {run.id} can't become {state} now")
