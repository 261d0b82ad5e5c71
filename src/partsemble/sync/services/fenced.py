"""The one way in which a run writes: short transactions that confirm the fence at their end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from partsemble.accounting.documents import ItemType
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ConnectionId, RunId
from partsemble.sync.models import ItemSync
from partsemble.sync.rules.lives import TRANSITIONS
from partsemble.sync.types import FullReason, ReadMode, RunState


@dataclass(frozen=True, slots=True)
class RunInHand:
    """A run that this worker holds, and what it is to do."""

    id: RunId
    business_id: BusinessId
    actor: Actor
    """Whoever asked for it, with what a run may do."""
    connection_id: ConnectionId
    types: frozenset[ItemType]
    mode: ReadMode
    full_reason: FullReason
    since: datetime | None
    """By the provider's clock, for an incremental run; None reads everything."""
    is_preview: bool
    confirmed_run_id: RunId | None
    confirm: Callable[[], None]
    """Makes sure, inside a transaction, that the run is still this worker's, and stays so until
    the commit: a sync confirms its lock's fence, a preview its job's."""


@contextmanager
def fenced_transaction(*, run: RunInHand) -> Iterator[None]:
    """This will commit what the block writes only if the run is still this worker's (LOCK-4).

    Raises:
        SyncLockLost: if a sync's lease ended or somebody else took the lock; nothing is written.
        JobLost: the same for a preview and its job.
    """
    with business_scope(run.business_id), transaction.atomic():
        yield
        run.confirm()


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
