"""The job names of accounting."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from partsemble.accounting.services.calls import prune_calls
from partsemble.identity.queries import list_all_businesses
from partsemble.jobs.registry import recurring_job
from partsemble.jobs.types import RunningJob

PRUNE_CALLS_JOB: Final = "accounting.prune_calls"


@recurring_job(PRUNE_CALLS_JOB, every=timedelta(hours=6))
def forget_old_calls(job: RunningJob) -> None:
    """This will forget the calls to providers whose time is over, business by business (LOG-1)."""
    pruned = 0
    for business in list_all_businesses():
        while count := prune_calls(
            business_id=business.id, keep_days=settings.PARTSEMBLE_CALL_LOG_DAYS
        ):
            pruned += count
            job.report({"pruned": pruned})
