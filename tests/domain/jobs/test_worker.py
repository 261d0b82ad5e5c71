"""The worker's threads: quick to start, steady while they run, orderly when they stop."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.support.jobs import enqueue, register, show

from partsemble.jobs import worker
from partsemble.jobs.queries import count_waiting_jobs, list_workers
from partsemble.jobs.types import JobState, RunningJob
from partsemble.jobs.worker import run_worker
from partsemble.kernel.ids import BusinessId, JobId

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 60
"""More than anything here takes, on a machine that is busy with other tests."""
SOON_SECONDS = 8
"""Half a second where nothing else runs; a job that waited for an end of something takes longer."""


@contextmanager
def _running_worker(*, concurrency: int = 2, grace_seconds: float = 5) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(
        target=run_worker,
        kwargs={"stop": stop, "concurrency": concurrency, "grace_seconds": grace_seconds},
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def _wait_for_state(business_id: BusinessId, job_id: JobId, state: JobState) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (view := show(business_id, job_id)).state is not state:
        assert time.monotonic() < deadline, view
        time.sleep(0.02)


def test_work_is_picked_up_soon(lamps: BusinessId) -> None:
    picked_up = threading.Event()
    register(lambda _: picked_up.set())
    with _running_worker():
        time.sleep(1)
        started = time.monotonic()
        job_id = enqueue(lamps)
        assert picked_up.wait(PATIENCE_SECONDS)
        assert time.monotonic() - started < SOON_SECONDS
        _wait_for_state(lamps, job_id, JobState.DONE)


def test_as_many_jobs_run_at_a_time_as_there_are_threads(lamps: BusinessId) -> None:
    together = threading.Barrier(3, timeout=PATIENCE_SECONDS)
    register(lambda _: together.wait())
    with _running_worker(concurrency=3):
        for job_id in [enqueue(lamps) for _ in range(3)]:
            _wait_for_state(lamps, job_id, JobState.DONE)


def test_the_heartbeat_keeps_a_job_that_takes_longer_than_its_lease(lamps: BusinessId) -> None:
    seen: list[RunningJob] = []

    def work(job: RunningJob) -> None:
        seen.append(job)
        time.sleep(7)
        job.report({"slow": True})

    # A heart that a busy machine stops for three seconds beats in time all the same.
    register(work, lease_seconds=5)
    with _running_worker():
        job_id = enqueue(lamps)
        _wait_for_state(lamps, job_id, JobState.DONE)
    assert [job.fence for job in seen] == [1]
    assert show(lamps, job_id).progress == {"slow": True}


def test_a_worker_is_seen_while_it_runs_and_says_goodbye(lamps: BusinessId) -> None:
    with _running_worker():
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not list_workers():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert [each.is_alive for each in list_workers()] == [True]
    assert list_workers() == ()


def test_a_worker_that_stops_lets_a_job_end_that_is_about_to(lamps: BusinessId) -> None:
    started, may_end = threading.Event(), threading.Event()

    def work(_: RunningJob) -> None:
        started.set()
        may_end.wait(PATIENCE_SECONDS)

    register(work)
    job_id = enqueue(lamps)
    with _running_worker(grace_seconds=PATIENCE_SECONDS):
        assert started.wait(PATIENCE_SECONDS)
        threading.Timer(0.3, may_end.set).start()
    assert show(lamps, job_id).state is JobState.DONE


def test_a_worker_that_stops_gives_back_a_job_at_its_next_report(lamps: BusinessId) -> None:
    started = threading.Event()

    def work(job: RunningJob) -> None:
        started.set()
        while True:
            job.report({"working": True})
            time.sleep(0.02)

    register(work)
    job_id = enqueue(lamps)
    with _running_worker(grace_seconds=PATIENCE_SECONDS):
        assert started.wait(PATIENCE_SECONDS)
        stopped_at = time.monotonic()
    assert time.monotonic() - stopped_at < SOON_SECONDS
    view = show(lamps, job_id)
    assert (view.state, view.attempts) == (JobState.QUEUED, 0)
    assert count_waiting_jobs() == 1


def test_a_worker_that_stops_takes_away_a_job_that_does_not_listen(lamps: BusinessId) -> None:
    started, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work(_: RunningJob) -> None:
        started.set()
        may_end.wait(PATIENCE_SECONDS)
        ended.set()

    register(work)
    job_id = enqueue(lamps)
    with _running_worker(grace_seconds=0.2):
        assert started.wait(PATIENCE_SECONDS)
    waiting = show(lamps, job_id)
    assert (waiting.state, waiting.attempts) == (JobState.QUEUED, 0)
    may_end.set()
    assert ended.wait(PATIENCE_SECONDS)
    _wait_until_threads_end()
    assert show(lamps, job_id) == waiting


def _wait_until_threads_end() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("jobs-"):
            thread.join(PATIENCE_SECONDS)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_whose_thread_dies_of_a_bug_ends(
    lamps: BusinessId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(**_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(worker, "claim_job", die)
    with pytest.raises(RuntimeError, match="a thread of the worker died"):
        run_worker(stop=threading.Event())
    assert list_workers() == ()
