"""Races for the one due job: at `go` it tries to claim it, at `back` it lets it be due again."""

import sys
import time

from tests.simulation.programs import say

from partsemble.database.scope import worker_scope
from partsemble.jobs.locked import claim_due_job
from partsemble.jobs.models import Job
from partsemble.jobs.types import JobState


def main(name: str) -> None:
    with worker_scope():
        Job.objects.count()
    say("ready")
    for line in sys.stdin:
        if line == "go\n":
            started = time.monotonic_ns()
            with worker_scope():
                won = claim_due_job(names=[name], worker="racer")
            say(won.fence if won else 0, started, time.monotonic_ns())
        else:
            with worker_scope():
                Job.objects.update(state=JobState.QUEUED, lease_until=None)
            say("back")
