"""A run survives its worker: killed, paused, or wanted twice (LOCK-1…5, SYNC-11, I7).

Real worker processes, real books over HTTP that take their time for a page, and a test that
looks at the database from outside.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from django.db import connection
from tests.support.cast import Cast
from tests.support.emulator import Emulator, running_emulator
from tests.support.programs import Program, running_program

from partsemble.accounting.models import Item
from partsemble.database.scope import business_scope, worker_scope
from partsemble.kernel.ids import RunId
from partsemble.locks.errors import SyncLockHeld
from partsemble.locks.services import release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder
from partsemble.sync.models import ItemSync, PlanPage
from partsemble.sync.queries import get_run
from partsemble.sync.services.start import start_item_preview, start_item_sync
from partsemble.sync.types import RunState, RunView, Trigger

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = 6_000
PAGE_DELAY_MILLISECONDS = 500
WANTED = {"Inventory", "Service", "Group"}
"""What the emulator calls the types that are read unless a business chooses otherwise."""
PATIENCE_SECONDS = 180
SHORT_LEASE = {"PARTSEMBLE_SYNC_LOCK_SECONDS": "2"}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Books that need half a second for each of their pages."""
    folder = tmp_path_factory.mktemp("slow-books")
    options = ("--items", str(ITEMS), "--page-delay", str(PAGE_DELAY_MILLISECONDS))
    with running_emulator(*options, folder=folder) as emulator:
        yield emulator


def start(cast: Cast) -> RunId:
    return start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON)


def look(cast: Cast, run_id: RunId) -> RunView:
    return get_run(actor=cast.owner.actor, run_id=run_id)


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"still not: {what}"
        time.sleep(0.02)


def wait_until_finished(cast: Cast, run_id: RunId) -> RunView:
    wait_for(lambda: not look(cast, run_id).is_open, "the run has ended")
    return look(cast, run_id)


def worker(folder: Path, **settings: str) -> AbstractContextManager[Program]:
    return running_program("partsemble", "worker", folder=folder, environment=settings)


def read_books(books: Emulator) -> list[str]:
    """The id of every active item that should be mirrored, read by a bare client."""
    ready, start = books.ready, 1
    found: list[str] = []
    headers = {"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"}
    while True:
        query = f"SELECT * FROM Item ORDERBY Id STARTPOSITION {start} MAXRESULTS 1000"  # noqa: S608 not SQL
        address = f"{ready['base_url']}/v3/company/{ready['realm_id']}/query"
        answer = httpx2.get(address, params={"query": query}, headers=headers, timeout=30)
        rows = answer.json()["QueryResponse"].get("Item", [])
        found.extend(row["Id"] for row in rows if row["Type"] in WANTED)
        if len(rows) < 1000:
            return found
        start += 1000


def assert_mirror_is_whole(cast: Cast, books: Emulator, run: RunView) -> None:
    expected = read_books(books)
    with business_scope(cast.owner.business.id):
        mirrored = Counter(Item.objects.values_list("external_id", flat=True))
    assert mirrored == Counter(expected)
    assert run.state is RunState.FINISHED
    assert run.counts.created == len(expected)
    assert run.applied_steps == run.planned_steps == len(expected)


def test_a_second_sync_is_refused_while_one_waits(connected: Cast) -> None:
    run_id = start(connected)
    with pytest.raises(SyncLockHeld) as refusal:
        start(connected)
    assert refusal.value.facts["kind"] is HolderKind.ITEM_SYNC
    assert refusal.value.facts["holder_id"] == run_id
    assert refusal.value.facts["label"] == "Olivia Owner"
    with business_scope(connected.owner.business.id):
        assert ItemSync.objects.count() == 1


def test_a_second_process_is_refused_while_one_runs(
    connected: Cast, books: Emulator, tmp_path: Path
) -> None:
    arguments = ("sync", "items", "--business", connected.owner.business.slug, "--json")
    with running_program("partsemble", *arguments, folder=tmp_path) as first:
        with books_that_dawdle(books):
            wait_for(lambda: "reading" in states(connected), "the first process reads")
            with running_program("partsemble", *arguments, folder=tmp_path) as second:
                assert second.process.wait(timeout=PATIENCE_SECONDS) == 1
                assert "sync_lock_held" in second.read_log()
                assert "Olivia Owner" in second.read_log()
        assert first.process.wait(timeout=PATIENCE_SECONDS) == 0
        assert '"state":"finished"' in first.log.read_text()
    assert states(connected) == ["finished"]


@pytest.mark.parametrize("phase", [RunState.READING, RunState.APPLYING])
def test_another_worker_finishes_what_a_killed_one_began(
    connected: Cast, books: Emulator, tmp_path: Path, phase: RunState
) -> None:
    run_id = start(connected)
    with worker(tmp_path) as first:
        stop_in_the_middle(first, connected, run_id, phase)
        first.kill()
    before = look(connected, run_id)
    assert before.is_open
    hurry_the_lease(connected)
    with worker(tmp_path):
        run = wait_until_finished(connected, run_id)
    assert_mirror_is_whole(connected, books, run)


def test_another_worker_makes_the_preview_that_a_killed_one_began(
    connected: Cast, books: Emulator, tmp_path: Path
) -> None:
    run_id = start_item_preview(actor=connected.owner.actor, trigger=Trigger.PERSON)
    with worker(tmp_path) as first:
        stop_in_the_middle(first, connected, run_id, RunState.READING)
        first.kill()
    hurry_the_lease(connected)
    with worker(tmp_path):
        run = wait_until_finished(connected, run_id)
    assert run.state is RunState.FINISHED
    assert run.counts.created == run.planned_steps == len(read_books(books))
    assert run.applied_steps == 0
    with business_scope(connected.owner.business.id):
        assert not Item.objects.exists()


def test_a_holder_that_was_paused_past_its_lease_writes_nothing(
    connected: Cast, books: Emulator, tmp_path: Path
) -> None:
    run_id = start(connected)
    with worker(tmp_path, **SHORT_LEASE) as paused:
        wait_for(lambda: is_in_the_middle(connected, run_id, RunState.READING), "in mid-reading")
        pause_between_transactions(paused)
        time.sleep(2.5)
        rival = take_sync_lock(
            business_id=connected.owner.business.id,
            holder=LockHolder(kind=HolderKind.BUILD, holder_id=uuid4(), label="Bela Builder"),
            lease_seconds=60,
        )
        before = snapshot(connected, run_id)
        paused.resume()
        paused.wait_for_line("put_back")
        time.sleep(1)
        assert snapshot(connected, run_id) == before
        release_sync_lock(lease=rival)
        run = wait_until_finished(connected, run_id)
    assert_mirror_is_whole(connected, books, run)


@contextmanager
def books_that_dawdle(books: Emulator) -> Iterator[None]:
    """A page takes as long as the slowest machine needs to start another process."""
    books.control("PATCH", "switches", {"page_delay_ms": 10_000})
    try:
        yield
    finally:
        books.control("PATCH", "switches", {"page_delay_ms": PAGE_DELAY_MILLISECONDS})


def pause_between_transactions(program: Program) -> None:
    """SQLite has one writer: paused in mid-transaction, it would keep everybody from writing."""
    program.pause()
    while connection.vendor == "sqlite" and not is_writable():
        program.resume()
        time.sleep(0.01)
        program.pause()


def is_writable() -> bool:
    path = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(path, timeout=0.1, isolation_level=None)) as rival:
        try:
            rival.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        rival.execute("ROLLBACK")
        return True


def states(cast: Cast) -> list[str]:
    with business_scope(cast.owner.business.id):
        return list(ItemSync.objects.values_list("state", flat=True))


def is_in_the_middle(cast: Cast, run_id: RunId, phase: RunState) -> bool:
    run = look(cast, run_id)
    if run.state is not phase:
        return False
    if phase is RunState.READING:
        return 0 < run.read_rows < ITEMS
    return 0 < run.applied_steps < run.planned_steps


def stop_in_the_middle(program: Program, cast: Cast, run_id: RunId, phase: RunState) -> None:
    """It stands still while it is looked at: on a busy machine a look may last until it is over."""

    def stands_there() -> bool:
        program.pause()
        if is_in_the_middle(cast, run_id, phase):
            return True
        program.resume()
        return False

    wait_for(
        lambda: is_in_the_middle(cast, run_id, phase) and stands_there(),
        f"in the middle of {phase}",
    )


def snapshot(cast: Cast, run_id: RunId) -> tuple[RunView, int, int]:
    run = look(cast, run_id)
    with business_scope(cast.owner.business.id):
        return run, PlanPage.objects.count(), Item.objects.count()


def hurry_the_lease(cast: Cast) -> None:
    """A killed worker's job lease is made to end now, instead of waiting for a minute."""
    with connection.cursor() as cursor, worker_scope():
        cursor.execute("UPDATE jobs_job SET lease_until = run_at WHERE state = 'running'")
