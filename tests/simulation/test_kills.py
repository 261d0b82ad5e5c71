"""Workers that are killed or paused at random moments, in real processes (I7, SYNC-11).

After each the next worker finishes, and the auditor of the histories demands the very same of
the run as if nothing had happened: the mirror equal to the books, and every count exact.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from django.db import connection
from tests.simulation.histories import auditor
from tests.simulation.histories.bookkeeper import carry_out
from tests.simulation.histories.drawing import draw_edit
from tests.simulation.histories.leaks import check_files, check_leaks
from tests.simulation.histories.stage import House, Stage, Theatre, set_stage
from tests.simulation.histories.steps import History
from tests.simulation.processes import ForkedWorker, Nursery, running_nursery, wait_for

from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Trigger

pytestmark = pytest.mark.django_db(transaction=True)

SMOKE_KILLS: Final = 8
SMOKE_PAUSES: Final = 3
ITEMS: Final = 60
PAGE_SIZE: Final = 7
EDITS: Final = 12
"""Between two runs, so that each has something to read and to apply."""
LONGEST_DELAY_SECONDS: Final = 2.0


@pytest.fixture
def stage(transactional_db: None, tmp_path: Path) -> Iterator[Stage]:
    theatre = Theatre(tmp_path)
    history = History(
        seed=0, items=(ITEMS, ITEMS), page_size=PAGE_SIZE, calls_in_flight=1, steps=()
    )
    with set_stage(theatre=theatre, history=history) as stage:
        yield stage
    theatre.close()


@pytest.fixture
def nursery(stage: Stage, tmp_path: Path) -> Iterator[Nursery]:
    with running_nursery(page_size=PAGE_SIZE, folder=tmp_path) as nursery:
        yield nursery


def count(request: pytest.FixtureRequest, option: str, default: int) -> int:
    given = request.config.getoption(option, default=None)
    return default if given is None else int(given)


def test_whatever_is_killed_the_next_worker_finishes(
    request: pytest.FixtureRequest,
    stage: Stage,
    nursery: Nursery,
    record_property: Callable[[str, object], None],
) -> None:
    wanted, killed, longest = count(request, "--kills", SMOKE_KILLS), 0, 0.5
    chance = random.Random(random.SystemRandom().randrange(1_000_000))  # noqa: S311
    while killed < wanted:
        house = chance.choice(stage.houses)
        books, neighbour = work(stage, house, chance)
        run_id = start(house)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            worker = nursery.start()
            time.sleep(chance.uniform(0, min(longest * 1.1, LONGEST_DELAY_SECONDS)))
            worker.kill()
            killed += 1
            stage.database.end_leases(house.id, of_locks=False)
        longest = finish(stage, nursery, house, run_id)
        nursery.clear()
        check(stage, house, books, neighbour, run_id)
    check_leaks(stage=stage, logs=nursery.read_logs())
    check_files(stage=stage)
    record_property("kills", killed)


def test_whoever_is_paused_past_its_lease_writes_nothing(
    request: pytest.FixtureRequest,
    stage: Stage,
    nursery: Nursery,
    record_property: Callable[[str, object], None],
) -> None:
    wanted, paused, longest = count(request, "--pauses", SMOKE_PAUSES), 0, 0.5
    chance = random.Random(random.SystemRandom().randrange(1_000_000))  # noqa: S311
    while paused < wanted:
        house = chance.choice(stage.houses)
        books, neighbour = work(stage, house, chance)
        run_id = start(house)
        late = nursery.start()
        time.sleep(chance.uniform(0, min(longest * 0.8, LONGEST_DELAY_SECONDS)))
        pause_between_transactions(late)
        was_at_work = is_open(stage, run_id) and is_claimed(stage, house)
        stage.database.end_leases(house.id, of_locks=True)
        longest = finish(stage, nursery, house, run_id)
        tables = stage.database.kept_by_a_run
        left = stage.database.take_fingerprint(house.id, *tables)
        ended = late.count_ended_jobs()
        late.resume()
        if was_at_work:
            wait_for(lambda: late.count_ended_jobs() > ended, "the late worker has seen it")  # noqa: B023
            paused += 1
        assert stage.database.take_fingerprint(house.id, *tables) == left, "a stale write (I7)"
        nursery.clear()
        check(stage, house, books, neighbour, run_id)
    record_property("pauses", paused)


type Books = dict[str, dict[str, object]]


def work(stage: Stage, house: House, chance: random.Random) -> tuple[Books, dict[str, list[str]]]:
    """Let the bookkeeper work, and see how things stand."""
    for _ in range(EDITS):
        carry_out(edit=draw_edit(chance), books=house.books)
    stage.levers.pull("POST", "clock", {"advance_seconds": 60})
    return house.books.read(), stage.database.take_fingerprint(stage.other(house).id)


def start(house: House) -> UUID:
    return start_item_sync(actor=house.person.actor, trigger=Trigger.PERSON)


def is_open(stage: Stage, run_id: UUID) -> bool:
    return stage.database.read_run(run_id)["state"] not in auditor.OVER


def is_claimed(stage: Stage, house: House) -> bool:
    rows = stage.database.ask(
        "SELECT id FROM jobs_job WHERE business_id = %s AND state = 'running'", house.id
    )
    return bool(rows)


def finish(stage: Stage, nursery: Nursery, house: House, run_id: UUID) -> float:
    """Let another worker carry the run to its end, and say how long that took."""
    began = time.monotonic()
    nursery.start()

    def is_over() -> bool:
        stage.database.make_due(house.id)
        return not is_open(stage, run_id) and not stage.database.count_open_jobs(house.id)

    wait_for(is_over, "the run has ended")
    return time.monotonic() - began


def check(
    stage: Stage,
    house: House,
    books: Books,
    neighbour: dict[str, list[str]],
    run_id: UUID,
) -> None:
    run, found = stage.database.read_run(run_id), stage.database.read_mirror(house.id)
    verdict = auditor.foretell(before=house.mirror, books=books, types=house.types)
    auditor.check_rest(stage=stage, house=house)
    auditor.check_run(run=run, verdict=verdict, found=found)
    auditor.check_permission(stage=stage, house=house)
    other = stage.database.take_fingerprint(stage.other(house).id)
    auditor.check_neighbour(before=neighbour, after=other)
    house.mirror = found


def pause_between_transactions(worker: ForkedWorker) -> None:
    """Paused in mid-transaction it would keep everybody out: on SQLite for as long as it
    sleeps, on PostgreSQL until the server ends its session, as `test_sync_survives` shows."""
    worker.pause()
    while not is_quiet():
        worker.resume()
        time.sleep(0.005)
        worker.pause()


def is_quiet() -> bool:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            return bool(cursor.fetchone() == (0,))
    path = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(path, timeout=0.05, isolation_level=None)) as rival:
        try:
            rival.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        rival.execute("ROLLBACK")
        return True
