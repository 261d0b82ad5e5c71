"""What runs did to accounts, vendors and preferences."""

from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import RunId
from partsemble.kernel.permissions import Permission
from partsemble.sync.models import SyncRefresh
from partsemble.sync.types import RefreshSubject, RefreshView


def list_refreshes(*, actor: Actor, run_id: RunId) -> tuple[RefreshView, ...]:
    """This will list what a run did to accounts, vendors and preferences beside the items.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    with business_scope(actor.business_id):
        rows = SyncRefresh.objects.filter(run_id=run_id).order_by("id")
        return tuple(
            RefreshView(
                subject=RefreshSubject(row.subject),
                created=row.created,
                changed=row.changed,
                absent=row.absent,
                fields=tuple(row.fields),
                failure_code=row.failure_code,
            )
            for row in rows
        )
