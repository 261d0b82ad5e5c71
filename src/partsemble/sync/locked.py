"""Row locks of sync."""

from partsemble.sync.due_models import WaitingSync


def lock_waiting_syncs() -> list[WaitingSync]:
    """This will lock what waits at the business's doors, in the order of their names.

    Who asks meanwhile waits, and then finds what was started taken away.
    """
    return list(WaitingSync.objects.select_for_update().order_by("id"))
