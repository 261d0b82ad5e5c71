"""Many people adjust at once, beside syncs and switches (I1, I2, I5, I11).

Two rounds. In the first, syncs run and Receiving is switched while everybody works: nothing may be
lost, doubled or left half done, whoever leads. Then the books come to lead, both sides are even,
and in the second round nothing is switched: at its end every product has to be what the books
count, and what was done here since.

The auditor adds up for each product what its people were told was posted.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic
from typing import Any, Final

import pytest
from tests.support.cast import Cast, make_cast
from tests.support.emulator import Emulator, running_emulator
from tests.support.linking import Adopted, adopt, make_item, sync
from tests.support.locks import in_thread
from tests.support.stock import TODAY, adjust, audit

from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import ProductId
from partsemble.locks.errors import SyncLockHeld
from partsemble.stock.errors import NotEnoughStock
from partsemble.stock.models import StockEntry, StockMove
from partsemble.stock.services.adjusting import reverse_entry
from partsemble.stock.services.posting import post_entry
from partsemble.stock.types import Counterpart, EntryDraft, EntryKind, Line
from partsemble.sync.services.mastering import switch_receiving

pytestmark = pytest.mark.django_db(transaction=True)

SMOKE_ADJUSTERS: Final = 6
SMOKE_ADJUSTMENTS: Final = 8
PRODUCTS: Final = 20
PAUSE_SECONDS: Final = 0.05
"""Between two switches: syncs are to have their turn."""

type Moved = Mapping[ProductId, int]
"""Thousandths of products."""
type Rows = dict[object, dict[str, Any]]


@dataclass(slots=True)
class Workshop:
    """One business, its people, and its books."""

    cast: Cast
    books: Emulator
    parts: list[Adopted]
    told: Counter[ProductId] = field(default_factory=Counter)
    """What people were told was posted, in thousandths, since the round began."""
    happened: Counter[str] = field(default_factory=Counter)

    @property
    def actor(self) -> Actor:
        """This will be whoever adjusts."""
        return self.cast.builder.actor

    def work(self, chance: Random, adjustments: int) -> Counter[ProductId]:
        """This will post so many times, and give what came of it."""
        done = Counter[ProductId]()
        for _ in range(adjustments):
            way = chance.choice((self._adjust, self._adjust, self._adjust, self._move, self._undo))
            try:
                done.update(way(chance))
                self.happened[way.__name__.strip("_")] += 1
            except NotEnoughStock:
                self.happened["refusal"] += 1
        return done

    def _adjust(self, chance: Random) -> Moved:
        part, thousandths = chance.choice(self.parts), chance.randint(-4_000, 6_000) or 1
        adjust(self.actor, part.product_id, str(Decimal(thousandths).scaleb(-3)), at="0.01")
        return {part.product_id: thousandths}

    def _move(self, chance: Random) -> Moved:
        """One entry of two products, in whatever order they come."""
        part, other = chance.sample(self.parts, 2)
        lines = (
            Line(part.product_id, Counterpart.ADJUSTMENT, Decimal(-1)),
            Line(other.product_id, Counterpart.ADJUSTMENT, Decimal(1), Decimal("0.01")),
        )
        key = f"move:{new_id()}"
        draft = EntryDraft(kind=EntryKind.ADJUSTMENT, occurred_on=TODAY, key=key, lines=lines)
        post_entry(actor=self.actor, draft=draft)
        return {part.product_id: -1_000, other.product_id: 1_000}

    def _undo(self, chance: Random) -> Moved:
        """One entry and its mirror, which together are nothing, whoever comes between."""
        part = chance.choice(self.parts)
        entry = adjust(self.actor, part.product_id, "2", at="0.01")
        try:
            reverse_entry(actor=self.actor, entry_id=entry.id, occurred_on=TODAY)
        except NotEnoughStock:
            return {part.product_id: 2_000}
        return {}

    def keep_syncing(self, chance: Random, over: Event) -> None:
        """This will count something in the books and sync, again and again."""
        while not over.is_set():
            part = chance.choice(self.parts)
            self.books.control(
                "PATCH", f"items/{part.external_id}", {"quantity_on_hand": chance.randint(5, 40)}
            )
            with suppress(SyncLockHeld):
                sync(self.cast)
                self.happened["sync"] += 1

    def keep_switching(self, over: Event) -> None:
        """This will switch Receiving on and off, again and again."""
        is_on = True
        while True:
            with suppress(SyncLockHeld):
                switch_receiving(actor=self.cast.owner.actor, is_on=is_on)
                is_on = not is_on
                self.happened["switch"] += 1
            if over.wait(PAUSE_SECONDS):
                return

    def play(self, *, people: int, adjustments: int, seed: int, is_switched: bool) -> None:
        """This will let everybody work until all have done their part."""
        over, self.told = Event(), Counter()
        with ThreadPoolExecutor(people + 2) as pool:
            beside = [pool.submit(in_thread, partial(self.keep_syncing, draw_from(seed), over))]
            if is_switched:
                beside.append(pool.submit(in_thread, partial(self.keep_switching, over)))
            workers = [
                pool.submit(in_thread, partial(self.work, draw_from(seed + each), adjustments))
                for each in range(1, people + 1)
            ]
            try:
                for worker in workers:
                    self.told.update(worker.result())
            finally:
                over.set()
            for each in beside:
                each.result()

    def settle(self) -> None:
        """This will let the books lead, with both sides even."""
        for is_on in (True, False):
            switch_receiving(actor=self.cast.owner.actor, is_on=is_on)
        sync(self.cast)

    def look(self, before: Rows) -> Rows:
        """This will see that the ledger is what people were told, and nothing old has changed."""
        audit(self.cast.owner.actor)
        rows = self.read_ledger()
        assert all(rows.get(key) == row for key, row in before.items()), "I2"
        posted = Counter[ProductId]()
        for row in (row for key, row in rows.items() if key not in before):
            if row.get("counterpart") == Counterpart.ADJUSTMENT:
                posted[row["product_id"]] += int(row["quantity"].scaleb(3))
        for part in self.parts:
            assert posted[part.product_id] == self.told[part.product_id], "lost or doubled"
            there = part.balance
            assert there.on_hand or not there.value, "I5"
        return rows

    def compare(self, *, owed: Moved) -> None:
        """This will hold every product against the books and what they are owed (I11)."""
        for part in self.parts:
            item = self.books.control("GET", f"items/{part.external_id}")
            here = part.balance.on_hand - part.balance.shortage
            expected = Decimal(str(item["quantity_on_hand"]))
            expected += Decimal(owed.get(part.product_id, 0)).scaleb(-3)
            assert here == expected, "I11"

    def read_ledger(self) -> Rows:
        """This will read every row that was posted."""
        with business_scope(self.cast.owner.business.id):
            rows: Rows = {row["id"]: dict(row) for row in StockEntry.objects.values()}
            rows.update({row["id"]: dict(row) for row in StockMove.objects.values()})
            return rows


def draw_from(seed: int) -> Random:
    """This will give somebody chances of their own."""
    return Random(seed)  # noqa: S311  a seed


@pytest.fixture
def workshop(transactional_db: None, tmp_path: Path) -> Iterator[Workshop]:
    with running_emulator("--items", "10", folder=tmp_path) as books:
        cast = make_cast()
        connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(books.ready).encode())
        ids = [make_item(books, f"Part {each}", 20, 0.01) for each in range(PRODUCTS)]
        sync(cast)
        yield Workshop(cast, books, [adopt(cast.owner, each) for each in ids])


def test_people_syncs_and_switches_lose_nothing_of_each_other(
    request: pytest.FixtureRequest,
    workshop: Workshop,
    record_property: Callable[[str, object], None],
) -> None:
    option = request.config.getoption
    people = option("--adjusters", default=None) or SMOKE_ADJUSTERS
    adjustments = option("--adjustments", default=None) or SMOKE_ADJUSTMENTS
    rows, began = workshop.read_ledger(), monotonic()
    for is_switched in (True, False):
        workshop.play(people=people, adjustments=adjustments, seed=1, is_switched=is_switched)
        rows = workshop.look(rows)
        if is_switched:
            workshop.settle()
            workshop.compare(owed={})
            rows = workshop.read_ledger()
    sync(workshop.cast)
    workshop.compare(owed=workshop.told)
    audit(workshop.cast.owner.actor)
    happened = ", ".join(f"{number} {name}" for name, number in workshop.happened.most_common())
    record_property("adjusters", f"{people} at once: {happened}")
    record_property("ledger", f"{len(rows):,} rows, {monotonic() - began:.0f} s, nothing lost")
