"""Workers that are killed, paused or cut off, in processes of their own."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql
from tests.simulation.conftest import StartProgram
from tests.support.cast import Cast
from tests.support.environment import POSTGRES
from tests.support.jobs import borrowed_registry, enqueue, register, show
from tests.support.source import ROOT

from partsemble.database.scope import business_scope, worker_scope
from partsemble.identity.models import Activity
from partsemble.jobs.models import Job
from partsemble.jobs.queries import list_workers
from partsemble.jobs.types import JobState, JobView
from partsemble.kernel.ids import BusinessId, JobId

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 180
ROUNDS, MEETINGS = 400, 50
HEAD_START_SECONDS = 0.01
PAUSED_JOBS = 12


@pytest.fixture(autouse=True)
def _own_registry() -> Iterator[None]:
    with borrowed_registry():
        for name, lease_seconds in {"test.hasty": 2, "test.patient": 30}.items():
            register(lambda _: None, name=name, lease_seconds=lease_seconds)
        yield


@pytest.fixture
def lamps(cast: Cast) -> BusinessId:
    return cast.owner.business.id


def _wait_until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"still not: {what}"
        time.sleep(0.05)


def _wait_for_end(business_id: BusinessId, job_id: JobId) -> JobView:
    _wait_until(lambda: not show(business_id, job_id).is_open, f"the end of {job_id}")
    return show(business_id, job_id)


def _list_written(business_id: BusinessId, job_id: JobId) -> list[str]:
    with business_scope(business_id):
        rows = Activity.objects.filter(subject=str(job_id)).order_by("recorded_at", "id")
        return list(rows.values_list("verb", flat=True))


def _read_fence(job_id: JobId) -> int:
    with worker_scope():
        return Job.objects.get(id=job_id).fence


# ── Two processes, one job ───────────────────────────────────────────────────────────────────


@contextmanager
def _running_racer() -> Iterator["subprocess.Popen[str]"]:
    racer = subprocess.Popen(
        [sys.executable, "-m", "tests.simulation.programs", "claim_racer", "test.patient"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert _hear(racer) == ["ready"]
        yield racer
    finally:
        racer.kill()
        racer.communicate()


def _tell(racer: "subprocess.Popen[str]", word: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(word + "\n")


def _hear(racer: "subprocess.Popen[str]") -> list[str]:
    assert racer.stdout is not None
    return racer.stdout.readline().split()


def test_of_two_processes_that_want_a_job_one_gets_it(lamps: BusinessId) -> None:
    job_id = enqueue(lamps, name="test.patient")
    wins, overlaps, fence = [0, 0], 0, 0
    with _running_racer() as one, _running_racer() as other:
        # How often two processes meet is up to the machine; without meeting, nothing is shown. Who
        # wrote last is quicker the next time, too, so in half of the rounds somebody is told first.
        while fence < ROUNDS or overlaps < MEETINGS:
            fence += 1
            racers = (one, other) if fence % 2 else (other, one)
            _tell(racers[0], "go")
            if fence % 4 < 2:
                time.sleep(HEAD_START_SECONDS)
            _tell(racers[1], "go")
            answers = [[int(word) for word in _hear(racer)] for racer in racers]
            (won_a, from_a, to_a), (won_b, from_b, to_b) = answers
            assert {won_a, won_b} == {0, fence}
            overlaps += max(from_a, from_b) < min(to_a, to_b)
            winner = racers[0] if won_a else racers[1]
            wins[winner is other] += 1
            _tell(winner, "back")
            assert _hear(winner) == ["back"]
    assert _read_fence(job_id) == fence
    assert min(wins) > 0


# ── Killed and paused ────────────────────────────────────────────────────────────────────────


def test_a_killed_worker_s_job_is_finished_by_another(
    start: StartProgram, lamps: BusinessId, tmp_path: Path
) -> None:
    job_id = enqueue(lamps, name="test.hasty", payload={"wait": str(tmp_path / "never")})
    with start("job_worker", 1) as victim, start("job_worker", 1) as other:
        _wait_until(
            lambda: "waiting" in victim.log.read_text() + other.log.read_text(), "an attempt"
        )
        holder = victim if "waiting" in victim.log.read_text() else other
        for each in (victim, other):  # the other one may need longer to start than a lease lasts
            each.wait_for_line("worker_started")
        holder.kill()
        killed_at = time.monotonic()
        view = _wait_for_end(lamps, job_id)
        took = time.monotonic() - killed_at
    assert (view.state, view.attempts) == (JobState.DONE, 2)
    assert (_read_fence(job_id), _list_written(lamps, job_id)) == (2, ["fence 2"])
    assert took < 20  # the lease is two seconds; that of a patient job would be thirty


def test_a_worker_paused_past_its_lease_writes_nothing(
    start: StartProgram, lamps: BusinessId, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    ids = [enqueue(lamps, name="test.hasty", payload={"wait": str(go)}) for _ in range(PAUSED_JOBS)]
    with start("job_worker", PAUSED_JOBS) as paused:
        _wait_until(lambda: paused.log.read_text().count("waiting") == PAUSED_JOBS, "all attempts")
        paused.pause()
        with start("job_worker", 2):
            for job_id in ids:
                assert _wait_for_end(lamps, job_id).state is JobState.DONE
        go.touch()
        paused.resume()
        _wait_until(
            lambda: paused.log.read_text().count('"outcome": "lost"') == PAUSED_JOBS, "all lost"
        )
        assert paused.stop() == 0, paused.read_log()
    for job_id in ids:
        assert _list_written(lamps, job_id) == [f"fence {_read_fence(job_id)}"] != ["fence 1"]


def test_a_worker_paused_between_reporting_and_committing_keeps_nobody_out(
    start: StartProgram, lamps: BusinessId, tmp_path: Path
) -> None:
    """PostgreSQL ends its session; SQLite lets nobody write until it goes on, still the owner."""
    go = tmp_path / "go"
    job_id = enqueue(lamps, name="test.hasty", payload={"wait": str(go), "inside": True})
    with start("job_worker", 1) as paused:
        paused.wait_for_line("waiting")
        paused.pause()
        with start("job_worker", 1) as other:
            other.wait_for_line("worker_started")
            if connection.vendor == "postgresql":
                assert _wait_for_end(lamps, job_id).state is JobState.DONE
            else:
                time.sleep(2.5)
                assert show(lamps, job_id).state is JobState.RUNNING
            go.touch()
            paused.resume()
            paused.wait_for_line("job_ended")
            view = _wait_for_end(lamps, job_id)
    written = _list_written(lamps, job_id)
    assert view.state is JobState.DONE
    if connection.vendor == "postgresql":
        assert written == ["fence 2"]
    else:
        assert written == ["fence 1", "fence 2"]


# ── Stopping, and a database that goes away ──────────────────────────────────────────────────


def test_a_worker_that_is_told_to_stop_gives_its_job_to_another_at_once(
    start: StartProgram, lamps: BusinessId, tmp_path: Path
) -> None:
    job_id = enqueue(lamps, name="test.patient", payload={"wait": str(tmp_path / "never")})
    with start("job_worker", 1) as first, ExitStack() as later:
        first.wait_for_line("waiting")
        assert first.stop() == 0
        assert (show(lamps, job_id).state, show(lamps, job_id).attempts) == (JobState.QUEUED, 0)
        (tmp_path / "never").touch()
        later.enter_context(start("job_worker", 1))
        assert _wait_for_end(lamps, job_id).state is JobState.DONE
    assert list_workers() == ()


@contextmanager
def _database_away() -> Iterator[None]:
    connections.close_all()
    if POSTGRES is None:
        path = str(connection.settings_dict["NAME"])
        with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as rival:
            rival.execute("BEGIN EXCLUSIVE")
            yield
        return
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    name = sql.Identifier(POSTGRES.name)
    with psycopg.connect(POSTGRES.server_url, autocommit=True) as server:
        server.execute(allow.format(name, sql.SQL("false")))
        try:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [POSTGRES.name],
            )
            yield
        finally:
            server.execute(allow.format(name, sql.SQL("true")))


def test_a_worker_outlives_a_database_that_goes_away(
    start: StartProgram, lamps: BusinessId, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    held = enqueue(lamps, name="test.patient", payload={"wait": str(go)})
    with start("job_worker", 2) as worker:
        worker.wait_for_line("waiting")
        with _database_away():
            time.sleep(2)
        go.touch()
        assert _wait_for_end(lamps, held).state is JobState.DONE
        later = enqueue(lamps, name="test.patient")
        assert _wait_for_end(lamps, later).state is JobState.DONE
        assert worker.stop() == 0
    # A handler whose own connection was cut fails, and is repeated.
    assert len(_list_written(lamps, held)) == 1
