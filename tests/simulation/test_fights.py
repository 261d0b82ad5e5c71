"""Two processes fight over one refresh token, and two workers over one business (CONN-3, I7).

The books' clock is moved on until the access token has ended, again and again; both processes
notice at the same time, some by the books' refusal and some by our own clock. The books give out
another refresh token at each refresh. There is one refresh each time, and no token is lost.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from tests.simulation.histories import auditor
from tests.simulation.histories.leaks import check_files, check_leaks
from tests.simulation.histories.stage import House, Stage, Theatre, set_stage
from tests.simulation.histories.steps import History
from tests.simulation.processes import (
    ForkedWorker,
    Listener,
    Nursery,
    listening,
    running_nursery,
    wait_for,
)
from tests.simulation.programs.token_fighter import THREADS
from tests.simulation.test_kills import count, start, work

pytestmark = pytest.mark.django_db(transaction=True)

FIGHTERS: Final = 2
SMOKE_EXPIRIES: Final = 12
SMOKE_FIGHTS: Final = 3
LIFE_SECONDS: Final = 3_600
TOKEN_PATH: Final = "/oauth2/v1/tokens/bearer"
PAGE_SIZE: Final = 7


@pytest.fixture
def stage(transactional_db: None, tmp_path: Path) -> Iterator[Stage]:
    theatre = Theatre(tmp_path)
    history = History(seed=0, items=(60, 10), page_size=PAGE_SIZE, calls_in_flight=1, steps=())
    with set_stage(theatre=theatre, history=history) as stage:
        stage.levers.pull("PATCH", "switches", {"refresh_rotation_seconds": 0})
        yield stage
    theatre.close()


def test_two_processes_refresh_once_at_each_expiry(
    request: pytest.FixtureRequest,
    stage: Stage,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    house, expiries = stage.houses[0], count(request, "--expiries", SMOKE_EXPIRIES)
    log = tmp_path / "fighters.log"
    with ExitStack() as stack:
        fighters = [
            stack.enter_context(listening("token_fighter", house.id, log=log))
            for _ in range(FIGHTERS)
        ]
        stage.levers.pull("DELETE", "requests")
        for number in range(expiries):
            end_access_token(stage, by_our_clock=number % 3 == 0)
            assert fight(fighters) == FIGHTERS * THREADS
            assert count_refreshes(stage) == 1, f"at expiry {number + 1}"
            stage.levers.pull("DELETE", "requests")
    assert stage.database.read_connection(house.id)["state"] == "active"
    check_leaks(stage=stage, logs=log.read_text().splitlines())
    record_property("expiries", expiries)


def end_access_token(stage: Stage, *, by_our_clock: bool) -> None:
    stage.levers.pull("POST", "clock", {"advance_seconds": LIFE_SECONDS + 1})
    if by_our_clock:
        stage.database.let_our_clock_jump(LIFE_SECONDS)


def fight(fighters: list[Listener]) -> int:
    for fighter in fighters:
        fighter.tell("go")
    answers = [fighter.hear() for fighter in fighters]
    assert all(answer.startswith("read ") for answer in answers), answers
    return sum(int(answer.split()[1]) for answer in answers)


def count_refreshes(stage: Stage) -> int:
    log = stage.levers.pull("GET", f"requests?path={TOKEN_PATH}&limit=1000")
    return len(log["requests"])


def test_two_workers_at_one_run_do_what_one_would(
    request: pytest.FixtureRequest,
    stage: Stage,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """Leases end again and again under the hands of whoever works: each is late, none is paused."""
    house = stage.houses[0]
    fights = SMOKE_FIGHTS if request.config.getoption("--kills", default=None) is None else 40
    chance = random.Random(random.SystemRandom().randrange(1_000_000))  # noqa: S311
    late = 0
    with running_nursery(page_size=PAGE_SIZE, folder=tmp_path) as nursery:
        workers = [nursery.start() for _ in range(FIGHTERS)]
        for _ in range(fights):
            late += fight_over_a_run(stage, nursery, house, chance)
        # A worker says how a job ended when that is stored, which is what the fight waited for.
        wait_for(lambda: count_done(workers) >= fights, "workers have said how all runs ended")
    check_leaks(stage=stage, logs=nursery.read_logs())
    check_files(stage=stage)
    record_property("fights", fights)
    record_property("leases ended", late)


def fight_over_a_run(stage: Stage, nursery: Nursery, house: House, chance: random.Random) -> int:
    books, neighbour = work(stage, house, chance)
    stage.levers.pull("POST", "clock", {"advance_seconds": LIFE_SECONDS + 1})
    run_id = start(house)
    ended = 0
    for _ in range(chance.randint(1, 3)):
        time.sleep(chance.uniform(0, 0.3))
        stage.database.end_leases(house.id, of_locks=True)
        ended += 1

    def is_over() -> bool:
        stage.database.make_due(house.id)
        is_open = stage.database.read_run(run_id)["state"] not in auditor.OVER
        return not is_open and not stage.database.count_open_jobs(house.id)

    wait_for(is_over, "the run has ended")
    run, found = stage.database.read_run(run_id), stage.database.read_mirror(house.id)
    if run["mode"] == "incremental":
        books = dict(auditor.forget_unseen_stock(before=house.mirror, books=books, found=found))
    verdict = auditor.foretell(before=house.mirror, books=books, types=house.types)
    auditor.check_run(run=run, verdict=verdict, found=found)
    auditor.check_neighbour(
        before=neighbour, after=stage.database.take_fingerprint(stage.other(house).id)
    )
    house.mirror = found
    return ended


def count_done(workers: Iterable[ForkedWorker]) -> int:
    lines = [line for worker in workers for line in worker.log.read_text().splitlines()]
    return sum("job_ended" in line and '"done"' in line for line in lines)
