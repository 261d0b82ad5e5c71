"""What waits no longer, because a run that has just ended did it."""

from partsemble.sync.due_models import HeardChange
from partsemble.sync.locked import lock_waiting_syncs
from partsemble.sync.models import ItemSync
from partsemble.sync.services.fenced import RunInHand
from partsemble.sync.types import Door


def forget_what_was_read(*, run: RunInHand) -> None:
    """This will let no sync wait for changes that a run has read, in its last transaction.

    What was heard before it began to read, it has read; what came later goes on waiting. It comes
    before the fence: whoever starts what waits locks in this order, too.
    """
    began_at = ItemSync.objects.values_list("started_at", flat=True).get(id=run.id)
    for row in lock_waiting_syncs():
        # Nobody can join any more, so what is not here yet will open a row of its own.
        heard_since = HeardChange.objects.filter(heard_at__gte=began_at)
        if row.door == Door.CHANGES and not heard_since.exists():
            row.delete()
