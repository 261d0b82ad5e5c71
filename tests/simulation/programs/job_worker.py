"""A worker whose jobs write one line into the activity log, and wait where a test wants it.

A job's payload says where: `wait` names a file that has to be there before the first attempt goes
on, `inside` that it waits for it inside the transaction that writes.
"""

import signal
import threading
import time
from pathlib import Path

from django.db import transaction
from tests.simulation.programs import say

from partsemble.database.scope import business_scope
from partsemble.identity.queries import get_owner
from partsemble.identity.services import record_activity
from partsemble.jobs.registry import job_kind
from partsemble.jobs.types import RunningJob
from partsemble.jobs.worker import run_worker

NAMES = {"test.hasty": 2, "test.patient": 30}
"""Kinds of job, and their leases in seconds."""


def write_line(job: RunningJob) -> None:
    assert job.business_id is not None
    owner = get_owner(business_id=job.business_id)
    wait = job.payload.get("wait", "") if job.attempt == 1 else ""
    if wait and not job.payload.get("inside"):
        _wait_for(job, Path(wait))
    with business_scope(job.business_id), transaction.atomic():
        record_activity(actor=owner, verb=f"fence {job.fence}", subject=str(job.id))
        job.report({"written_by": job.fence})
        if wait and job.payload.get("inside"):
            _wait_for(job, Path(wait))


def _wait_for(job: RunningJob, file: Path) -> None:
    say("waiting", job.id)
    while not file.exists():
        time.sleep(0.02)


def main(concurrency: str) -> None:
    for name, lease_seconds in NAMES.items():
        job_kind(name, permission=None, lease_seconds=lease_seconds)(write_line)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    say("working")
    run_worker(stop=stop, concurrency=int(concurrency), poll_seconds=0.1, grace_seconds=1)
