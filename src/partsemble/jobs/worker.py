"""The worker: threads that take jobs, a heartbeat that keeps them, and an orderly end.

Each thread claims for itself. One of the idle ones looks for work, the others queue up behind
it, so that an idle worker costs two small reads a second however many threads it has. The
thread that called `run_worker` keeps the leases of all held jobs alive, gives the worker's own
sign of life and sweeps up. When it is told to stop, nothing more is claimed, handlers are asked
to come back at their next report, and what is still held after a while is put back for others;
its late writes are stopped by the fence like those of any lost job.
"""

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from django.db import close_old_connections, connections

from partsemble.database.ids import new_id
from partsemble.jobs.attempts import DATABASE_TROUBLE, TROUBLE_PAUSE_SECONDS, run_attempt
from partsemble.jobs.leases import (
    claim_job,
    extend_lease,
    prune_finished_jobs,
    put_back_job,
    record_sign_of_life,
    say_goodbye,
)
from partsemble.jobs.schedules import enqueue_scheduled_jobs, keep_system_schedules
from partsemble.jobs.types import Claim

TICK_SECONDS: Final = 0.25
"""How often the heart looks at its list; the shortest lease is a second."""
BEATS_PER_LEASE: Final = 3
"""Two beats may fail before a lease ends."""
SIGN_OF_LIFE_SECONDS: Final = 10.0
SCHEDULE_SECONDS: Final = 5.0
"""Between two looks at the schedules: nobody's hour is more exact than that."""
PRUNE_SECONDS: Final = 3_600.0

_log = structlog.get_logger(__name__)
_chance = random.SystemRandom().random


class HeldJobs:
    """The claims that this process holds, and when each needs its next beat."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_beats: dict[Claim, float] = {}

    @contextmanager
    def holding(self, claim: Claim) -> Iterator[None]:
        """This will keep a claim's lease alive while the block lasts."""
        with self._lock:
            self._next_beats[claim] = time.monotonic() + claim.lease_seconds / BEATS_PER_LEASE
        try:
            yield
        finally:
            with self._lock:
                self._next_beats.pop(claim, None)

    def list_held(self) -> list[Claim]:
        """This will list what is held."""
        with self._lock:
            return list(self._next_beats)

    def beat(self) -> None:
        """This will extend the leases whose time has come."""
        now = time.monotonic()
        with self._lock:
            ready = [claim for claim, moment in self._next_beats.items() if moment <= now]
        for claim in ready:
            try:
                is_ours = extend_lease(claim=claim)
            except DATABASE_TROUBLE:
                # Gone, or the handler's own transaction has the row; the next tick tries again.
                connections.close_all()
                continue
            with self._lock:
                if is_ours and claim in self._next_beats:
                    self._next_beats[claim] = now + claim.lease_seconds / BEATS_PER_LEASE
                elif not is_ours:
                    self._next_beats.pop(claim, None)


class Crew:
    """The threads of one worker."""

    def __init__(
        self, *, stop: threading.Event, poll_seconds: float, jitter: Callable[[], float]
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._id = new_id()
        self._stop = stop
        self._poll_seconds = poll_seconds
        self._jitter = jitter
        self._held = HeldJobs()
        self._turn = threading.Lock()
        self._alive_at = self._prune_at = self._schedule_at = time.monotonic()
        self._has_kept_schedules = False

    def take_jobs(self) -> None:
        """This will take one job after the other until told to stop; the body of each thread."""
        try:
            while (claim := self._wait_for_claim()) is not None:
                with self._held.holding(claim):
                    run_attempt(claim=claim, is_stopping=self._stop.is_set, jitter=self._jitter)
                close_old_connections()
        finally:
            connections.close_all()

    def _wait_for_claim(self) -> Claim | None:
        with self._turn:
            while not self._stop.is_set():
                try:
                    claim = claim_job(worker=self.name)
                except DATABASE_TROUBLE as trouble:
                    _log.warning("database_trouble", error=type(trouble).__name__)
                    connections.close_all()
                    self._stop.wait(TROUBLE_PAUSE_SECONDS)
                    continue
                if claim is not None:
                    return claim
                self._stop.wait(self._poll_seconds)
        return None

    def keep_alive(self) -> None:
        """This will do what is due: beats, the sign of life, sweeping."""
        self._held.beat()
        now = time.monotonic()
        try:
            if now >= self._alive_at:
                record_sign_of_life(worker_id=self._id, name=self.name)
                self._alive_at = now + SIGN_OF_LIFE_SECONDS
            if now >= self._prune_at:
                prune_finished_jobs()
                self._prune_at = now + PRUNE_SECONDS
            if now >= self._schedule_at:
                self._look_at_schedules()
                self._schedule_at = now + SCHEDULE_SECONDS
        except DATABASE_TROUBLE:
            connections.close_all()

    def _look_at_schedules(self) -> None:
        if not self._has_kept_schedules:
            keep_system_schedules()
            self._has_kept_schedules = True
        enqueue_scheduled_jobs()

    def leave(self) -> None:
        """This will put back what is still held, and sign off."""
        try:
            for claim in self._held.list_held():
                put_back_job(claim=claim, after_seconds=0)
            say_goodbye(worker_id=self._id)
        except DATABASE_TROUBLE as trouble:
            # Then leases and the missing sign of life say it, a little later.
            _log.warning("database_trouble", error=type(trouble).__name__)
        finally:
            connections.close_all()


def run_worker(
    *,
    stop: threading.Event,
    concurrency: int = 2,
    poll_seconds: float = 0.5,
    grace_seconds: float = 5.0,
    jitter: Callable[[], float] = _chance,
) -> None:
    """This will take and run jobs until `stop` is set; the caller sets it on SIGTERM.

    Arguments:
        concurrency: how many jobs at a time.
        poll_seconds: pause between two looks for work.
        grace_seconds: how long running jobs may take to end once it is to stop.
        jitter: random numbers from 0 to 1.

    Raises:
        RuntimeError: if one of its threads died of a bug, which its traceback tells.
    """
    crew = Crew(stop=stop, poll_seconds=poll_seconds, jitter=jitter)
    threads = [
        threading.Thread(target=crew.take_jobs, name=f"jobs-{number}", daemon=True)
        for number in range(concurrency)
    ]
    for thread in threads:
        thread.start()
    _log.info("worker_started", worker=crew.name, concurrency=concurrency)
    while not stop.wait(TICK_SECONDS):
        crew.keep_alive()
        has_lost_one = not all(thread.is_alive() for thread in threads)
        # Asked in this order: a thread that ended because of `stop` finds it set.
        if has_lost_one and not stop.is_set():
            stop.set()
            crew.leave()
            raise RuntimeError("a thread of the worker died")
    leave_at = time.monotonic() + grace_seconds
    while any(thread.is_alive() for thread in threads) and time.monotonic() < leave_at:
        crew.keep_alive()
        time.sleep(TICK_SECONDS / 5)
    crew.leave()
    _log.info("worker_stopped", worker=crew.name)


def drain_jobs(*, limit: int = 1_000, jitter: Callable[[], float] = _chance) -> int:
    """This will run due jobs one by one in this thread until none is left, and count them.

    For commands that do their work themselves, and for tests.

    Arguments:
        limit: at most so many, should jobs keep asking to be repeated at once.
        jitter: random numbers from 0 to 1.
    """
    held, is_over = HeldJobs(), threading.Event()

    def keep_beating() -> None:
        while not is_over.wait(TICK_SECONDS):
            held.beat()
        connections.close_all()

    heart = threading.Thread(target=keep_beating, daemon=True)
    heart.start()
    count = 0
    try:
        while count < limit and (claim := claim_job(worker=f"drain:{os.getpid()}")) is not None:
            count += 1
            with held.holding(claim):
                run_attempt(claim=claim, is_stopping=lambda: False, jitter=jitter)
    finally:
        is_over.set()
        heart.join()
    return count
