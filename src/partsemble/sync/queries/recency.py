"""When the books were read last (CONN-6)."""

from dataclasses import dataclass
from datetime import datetime

from partsemble.accounting.queries.connections import look_up_connection
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId, ConnectionId
from partsemble.sync.models import ItemSync
from partsemble.sync.queries.runs import find_history
from partsemble.sync.types import RunState


@dataclass(frozen=True, slots=True)
class LastSyncs:
    """When the last runs of the present connection finished."""

    any_at: datetime | None
    full_at: datetime | None
    """The last that read everything."""


def has_synced(*, business_id: BusinessId, connection_id: ConnectionId) -> bool:
    """This will tell whether those books were ever read to the end."""
    with business_scope(business_id):
        runs = ItemSync.objects.filter(connection_id=connection_id, is_preview=False)
        return runs.filter(state=RunState.FINISHED.value).exists()


def find_last_syncs(*, business_id: BusinessId) -> LastSyncs:
    """This will say when the books that are connected now were read last, in part and in full."""
    connection = look_up_connection(business_id=business_id)
    if connection is None:
        return LastSyncs(any_at=None, full_at=None)
    with business_scope(business_id):
        history = find_history(connection_id=connection.id)
    return LastSyncs(
        any_at=history.last.finished_at if history.last else None,
        full_at=history.last_full.finished_at if history.last_full else None,
    )
