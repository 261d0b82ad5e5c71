"""Workers that are killed while they read a file, and while they import it (PROD-1).

Whenever that is: the next one ends it, and all rows are in, once; or none is, and the import says
that it broke off, which it does after as many deaths as a job may have attempts.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from tests.simulation.processes import Nursery, running_nursery, wait_for
from tests.support.cast import Cast
from tests.support.files import make_workbook

from partsemble.catalog.queries import find_products_by_sku
from partsemble.catalog.types import ProductView, fold_sku
from partsemble.database.clock import DatabaseClock
from partsemble.database.scope import business_scope, worker_scope
from partsemble.files.models import FileRow
from partsemble.files.queries import get_file_import
from partsemble.files.services.starting import confirm_file_import, start_file_import
from partsemble.files.types import FileState, RowVerdict
from partsemble.identity.models import Activity
from partsemble.jobs.models import Job
from partsemble.jobs.registry import MAX_ATTEMPTS
from partsemble.jobs.types import JobState
from partsemble.kernel.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)

SMOKE_KILLS: Final = 8
ROWS: Final = 120
"""Of each kind: new, to be changed, and as they are."""
LONGEST_DELAY_SECONDS: Final = 2.0
UNDER_WAY: Final = (FileState.READING, FileState.APPLYING)


@pytest.fixture
def nursery(transactional_db: None, tmp_path: Path) -> Iterator[Nursery]:
    with running_nursery(page_size=1_000, folder=tmp_path) as nursery:
        yield nursery


class Killer:
    """Lets workers carry an import on, and kills them."""

    def __init__(self, *, actor: Actor, nursery: Nursery, wanted: int) -> None:
        self.actor = actor
        self.seen = Counter[str]()
        self._nursery = nursery
        self._wanted = wanted
        self._longest = dict.fromkeys(UNDER_WAY, 0.5)
        self._chance = random.Random(random.SystemRandom().randrange(1_000_000))  # noqa: S311

    @property
    def is_done(self) -> bool:
        return self.seen["kills"] >= self._wanted

    def carry_on(self, import_id: UUID, *, check: Callable[[], None]) -> None:
        """Kill some workers at random moments, and let the last one finish."""
        phase = self.read_state(import_id)
        for _ in range(self._chance.choice((1, 1, 2, 3, MAX_ATTEMPTS))):
            worker = self._nursery.start()
            longest = min(self._longest[phase] * 1.1, LONGEST_DELAY_SECONDS)
            time.sleep(self._chance.uniform(0, longest))
            worker.kill()
            self.seen["kills"] += 1
            self.seen[f"in {phase}"] += self.read_state(import_id) is phase
            check()
            self._let_leases_end()
        began = time.monotonic()
        self._nursery.start()
        wait_for(lambda: self.read_state(import_id) is not phase, f"{phase} is over")
        self._longest[phase] = time.monotonic() - began
        self._nursery.clear()

    def read_state(self, import_id: UUID) -> FileState:
        return get_file_import(actor=self.actor, import_id=import_id).state

    def _let_leases_end(self) -> None:
        past = DatabaseClock(plus_seconds=-0.01)
        with worker_scope():
            mine = Job.objects.filter(business_id=self.actor.business_id)
            mine.filter(state=JobState.RUNNING).update(lease_until=past)
            mine.filter(state=JobState.QUEUED).update(run_at=past)


def test_a_file_is_imported_once_whoever_is_killed(
    request: pytest.FixtureRequest,
    cast: Cast,
    nursery: Nursery,
    record_property: Callable[[str, object], None],
) -> None:
    wanted = request.config.getoption("--kills", default=None)
    actor = cast.owner.actor
    killer = Killer(
        actor=actor, nursery=nursery, wanted=SMOKE_KILLS if wanted is None else int(wanted)
    )
    stored = 0
    while not killer.is_done:
        rows = make_rows(stored)
        before = find(actor, rows)
        import_id = start_file_import(
            actor=actor, name="products.xlsx", content=make_workbook(rows)
        )
        killer.carry_on(import_id, check=lambda: demand_same(actor, rows, before))  # noqa: B023
        shown = get_file_import(actor=actor, import_id=import_id)
        if shown.state is FileState.CHECKED:
            demand_preview(actor, import_id, rows, before)
            confirm_file_import(actor=actor, import_id=import_id, digest=shown.digest)
            killer.carry_on(import_id, check=lambda: demand_all_or_nothing(actor, rows, before))  # noqa: B023
        state = killer.read_state(import_id)
        killer.seen[f"ended {state}"] += 1
        if state is FileState.APPLIED:
            demand_written(actor, import_id, rows, before)
            stored += 1
        else:
            assert state is FileState.FAILED
            demand_same(actor, rows, before)
    for name, number in killer.seen.items():
        record_property(f"file {name}", number)


type Row = tuple[str, str, str, int]
type Found = dict[str, ProductView]


def make_rows(stored: int) -> list[Row]:
    """A file of new products, of the last file's others, renamed, and of some as they are."""
    kinds = [
        (stored, "new"),
        (stored - 1, f"renamed {stored}"),
        (stored - 2, f"renamed {stored - 1}"),
    ]
    return [
        (f"P-{batch}-{number}", f"Part {number}, {words}", "Component", number)
        for batch, words in kinds
        if batch >= 0
        for number in range(ROWS)
    ]


def find(actor: Actor, rows: list[Row]) -> Found:
    return find_products_by_sku(actor=actor, sku_keys=[fold_sku(sku) for sku, *_ in rows])


def demand_same(actor: Actor, rows: list[Row], before: Found) -> None:
    assert find(actor, rows) == before, "something was imported that nobody confirmed"


def demand_preview(actor: Actor, import_id: UUID, rows: list[Row], before: Found) -> None:
    shown = get_file_import(actor=actor, import_id=import_id)
    renamed = sum(
        (known := before.get(fold_sku(sku))) is not None and known.name != name
        for sku, name, *_ in rows
    )
    assert shown.verdicts == {
        RowVerdict.CREATE: len(rows) - len(before),
        RowVerdict.CHANGE: renamed,
        RowVerdict.SAME: len(before) - renamed,
        RowVerdict.FAULTY: 0,
    }
    assert shown.total == shown.looked_at == len(rows)
    with business_scope(actor.business_id):
        assert FileRow.objects.filter(file_import_id=import_id).count() == len(rows)


def demand_all_or_nothing(actor: Actor, rows: list[Row], before: Found) -> None:
    found = find(actor, rows)
    names = {fold_sku(sku): name for sku, name, *_ in rows}
    is_whole = {key: each.name for key, each in found.items()} == names
    assert is_whole or found == before, "half a file was imported"


def demand_written(actor: Actor, import_id: UUID, rows: list[Row], before: Found) -> None:
    """Every row is in, each product was written once, and the activity log tells of it once."""
    found = find(actor, rows)
    for sku, name, *_ in rows:
        product, known = found[fold_sku(sku)], before.get(fold_sku(sku))
        assert product.name == name
        writes = known is None or known.name != name
        assert product.revision == (known.revision if known else 0) + writes, sku
    written = [each.id for key, each in found.items() if each != before.get(key)]
    with business_scope(actor.business_id):
        log = Activity.objects.filter(verb="filed", subject_id__in=written)
        assert log.count() == sum(found[key].revision for key in found if found[key].id in written)
        assert Activity.objects.filter(verb="imported", subject_id=import_id).count() == 1
