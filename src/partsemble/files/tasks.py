"""The job names of files."""

from datetime import timedelta
from uuid import UUID

from partsemble.database.clock import read_database_clock
from partsemble.files.services.applying import apply_file_import
from partsemble.files.services.moving import APPLY_FILE_JOB, READ_FILE_JOB
from partsemble.files.services.reading import read_file_import
from partsemble.files.services.starting import forget_old_files, give_up_file_import
from partsemble.identity.queries import list_all_businesses
from partsemble.jobs.registry import job_kind, recurring_job
from partsemble.jobs.types import RunningJob
from partsemble.kernel.ids import BusinessId
from partsemble.kernel.permissions import Permission


def _give_up(job: RunningJob) -> None:
    business_id, import_id = _read_names(job)
    give_up_file_import(business_id=business_id, import_id=import_id)


@job_kind(READ_FILE_JOB, permission=Permission.MANAGE_PRODUCTS, give_up=_give_up)
def read_file(job: RunningJob) -> None:
    """This will read a file, from its beginning also where another worker had begun."""
    business_id, import_id = _read_names(job)
    read_file_import(business_id=business_id, import_id=import_id, report=job.report)


@job_kind(APPLY_FILE_JOB, permission=Permission.MANAGE_PRODUCTS, give_up=_give_up)
def apply_file(job: RunningJob) -> None:
    """This will make a file's rows products, all of them or none."""
    business_id, import_id = _read_names(job)
    apply_file_import(business_id=business_id, import_id=import_id, report=job.report)


@recurring_job("files.forget", every=timedelta(days=1))
def forget_files(job: RunningJob) -> None:
    """This will delete what was kept of files long ago."""
    now = read_database_clock()
    for business in list_all_businesses():
        if forgotten := forget_old_files(business_id=business.id, now=now):
            job.report({"forgotten": forgotten})


def _read_names(job: RunningJob) -> tuple[BusinessId, UUID]:
    return BusinessId(UUID(str(job.business_id))), UUID(job.payload["import"])
