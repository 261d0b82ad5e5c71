"""The job names of sync."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.conf import settings

from partsemble.accounting.errors import NotConnected, ReadsSpent
from partsemble.accounting.provider import Reconnect
from partsemble.accounting.services.connections import RECONNECTED_JOB
from partsemble.database.clock import read_database_clock
from partsemble.identity.queries import list_all_businesses
from partsemble.jobs.errors import RetryLater
from partsemble.jobs.registry import job_kind, recurring_job
from partsemble.jobs.types import RunningJob
from partsemble.kernel.ids import BusinessId, RunId
from partsemble.kernel.permissions import Permission
from partsemble.locks.errors import SyncLockHeld, SyncLockLost
from partsemble.sync.queries.waiting import SCHEDULED_JOB
from partsemble.sync.services.importing import (
    IMPORT_ITEMS_JOB,
    carry_out_import,
    give_up_import,
)
from partsemble.sync.services.notices import forget_old_notices
from partsemble.sync.services.pruning import prune_plans
from partsemble.sync.services.running import (
    give_up_item_sync,
    run_item_preview,
    run_item_sync,
)
from partsemble.sync.services.schedule import take_scheduled_turn
from partsemble.sync.services.start import PREVIEW_ITEMS_JOB, RUN_ITEMS_JOB
from partsemble.sync.services.waiting import (
    DUE_JOB,
    SPARING_SECONDS,
    is_person_waiting,
    look_again,
    start_waiting_sync,
)

PRUNE_PLANS_JOB: Final = "sync.prune_plans"
HELD_RETRY_SECONDS: Final = 10.0
"""A holder that ends frees the lock at once; looking six times a minute is soon enough."""
WATCHED_RETRY_SECONDS: Final = 2.0
"""A person waits for it to be free."""
BOOKS_NOT_OPEN: Final = (NotConnected, Reconnect)
LOST_RETRY_SECONDS: Final = 1.0
"""The run is still the lock's holder by name and may take it again at once (LOCK-3)."""


def _give_up_run(job: RunningJob) -> None:
    business_id, run_id = _read_names(job)
    with suppress(SyncLockHeld, SyncLockLost):
        give_up_item_sync(business_id=business_id, run_id=run_id)


def _give_up_import(job: RunningJob) -> None:
    business_id, import_id = _read_import(job)
    give_up_import(business_id=business_id, import_id=import_id)


@job_kind(RUN_ITEMS_JOB, permission=Permission.RUN_SYNC, give_up=_give_up_run)
def run_items(job: RunningJob) -> None:
    """This will carry an item sync to its end, or from where another worker left it.

    Raises:
        RetryLater: if the sync lock is somebody else's now, or was lost to a pause.
    """
    business_id, run_id = _read_names(job)
    try:
        run_item_sync(business_id=business_id, run_id=run_id)
    except SyncLockHeld as held:
        raise RetryLater(after_seconds=HELD_RETRY_SECONDS) from held
    except SyncLockLost as lost:
        raise RetryLater(after_seconds=LOST_RETRY_SECONDS) from lost


@job_kind(DUE_JOB, permission=Permission.RUN_SYNC)
def start_what_waits(job: RunningJob) -> None:
    """This will start what waits to be synced, or come back when it may be ready.

    Raises:
        RetryLater: if the lock is somebody else's, or something is ready only later.
    """
    business_id = BusinessId(UUID(str(job.business_id)))
    try:
        seconds = start_waiting_sync(business_id=business_id)
    except SyncLockHeld as held:
        is_watched = is_person_waiting(business_id=business_id)
        raise RetryLater(
            after_seconds=WATCHED_RETRY_SECONDS if is_watched else HELD_RETRY_SECONDS
        ) from held
    except ReadsSpent as spent:
        raise RetryLater(after_seconds=SPARING_SECONDS) from spent
    except BOOKS_NOT_OPEN:
        # What waits stays; connecting again, or the next turn, has it looked at anew.
        return
    if seconds is not None:
        raise RetryLater(after_seconds=seconds)


@job_kind(IMPORT_ITEMS_JOB, permission=Permission.RUN_SYNC, give_up=_give_up_import)
def import_items(job: RunningJob) -> None:
    """This will carry an import of items to its end, or from where another worker left it."""
    business_id, import_id = _read_import(job)
    carry_out_import(business_id=business_id, import_id=import_id, report=job.report)


@job_kind(SCHEDULED_JOB, permission=Permission.MANAGE_CONNECTION)
def take_turn(job: RunningJob) -> None:
    """This will let the sync of a schedule take its turn."""
    take_scheduled_turn(business_id=BusinessId(UUID(str(job.business_id))))


@job_kind(RECONNECTED_JOB, permission=None)
def go_on_after_reconnect(job: RunningJob) -> None:
    """This will let what waited for the books go on (CONN-5)."""
    look_again(business_id=BusinessId(UUID(str(job.business_id))))


@recurring_job("sync.forget_notices", every=timedelta(days=1))
def forget_notices(job: RunningJob) -> None:
    """This will delete what providers said long ago."""
    del job
    forget_old_notices(now=read_database_clock())


@job_kind(PREVIEW_ITEMS_JOB, permission=Permission.RUN_SYNC, give_up=_give_up_run)
def preview_items(job: RunningJob) -> None:
    """This will make the plan of a preview, beside whatever else is under way."""
    business_id, run_id = _read_names(job)
    run_item_preview(
        business_id=business_id,
        run_id=run_id,
        confirm=partial(job.report, {"run": str(run_id)}),
    )


@recurring_job(PRUNE_PLANS_JOB, every=timedelta(hours=6))
def tidy_plans_away(job: RunningJob) -> None:
    """This will tidy away the plans of old runs, business by business."""
    pruned = 0
    for business in list_all_businesses():
        while count := prune_plans(
            business_id=business.id, keep_days=settings.PARTSEMBLE_SYNC_PLAN_DAYS
        ):
            pruned += count
            job.report({"pruned": pruned})


def _read_names(job: RunningJob) -> tuple[BusinessId, RunId]:
    return BusinessId(UUID(str(job.business_id))), RunId(UUID(job.payload["run"]))


def _read_import(job: RunningJob) -> tuple[BusinessId, UUID]:
    return BusinessId(UUID(str(job.business_id))), UUID(job.payload["import"])
