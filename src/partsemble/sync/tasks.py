"""The job names of sync."""

from contextlib import suppress
from typing import Final
from uuid import UUID

from partsemble.jobs.errors import JobSignal, RetryLater
from partsemble.jobs.registry import job_kind
from partsemble.jobs.types import RunningJob
from partsemble.kernel.ids import BusinessId, RunId
from partsemble.kernel.permissions import Permission
from partsemble.locks.errors import SyncLockHeld, SyncLockLost
from partsemble.sync.services.running import give_up_item_sync, run_item_sync
from partsemble.sync.services.start import RUN_ITEMS_JOB

HELD_RETRY_SECONDS: Final = 10.0
"""A holder that ends frees the lock at once; looking six times a minute is soon enough."""
LOST_RETRY_SECONDS: Final = 1.0
"""The run is still the lock's holder by name and may take it again at once (LOCK-3)."""


@job_kind(RUN_ITEMS_JOB, permission=Permission.RUN_SYNC)
def run_items(job: RunningJob) -> None:
    """This will carry an item sync to its end, or from where another worker left it.

    Raises:
        RetryLater: if the sync lock is somebody else's now, or was lost to a pause.
    """
    business_id, run_id = BusinessId(UUID(str(job.business_id))), RunId(UUID(job.payload["run"]))
    try:
        run_item_sync(business_id=business_id, run_id=run_id)
    except SyncLockHeld as held:
        raise RetryLater(after_seconds=HELD_RETRY_SECONDS) from held
    except SyncLockLost as lost:
        raise RetryLater(after_seconds=LOST_RETRY_SECONDS) from lost
    except JobSignal:
        raise
    except Exception:
        # The last attempt broke: the run must not look as if it were still under way.
        if job.is_last_attempt:
            with suppress(SyncLockHeld, SyncLockLost):
                give_up_item_sync(business_id=business_id, run_id=run_id)
        raise
