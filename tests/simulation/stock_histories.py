"""Seeded histories of stock beside books, and an auditor who keeps his own books of both.

Problem. A sync must bring in what happened in the books and must not undo what happened here, in
whatever order: counts, edits there, runs, previews, workers that die, switches that turn who leads.

The auditor's model is simpler than the code and knows nothing of it. For each product it has three
numbers: what is here, what the books show, and what they are owed. Work here changes the first and
the last alike. A sync while the books lead makes the first what the books show and are owed. When
the books come to lead, nothing is owed any more. After every step the model has to be what the
database says, to the millionth (I11); the ledger has to prove itself (I1, I5); and every row
that was ever posted has to be as it was (I2).

Items are cheap and few, so that the guard against mass changes stays out of the way; it has tests
of its own. Work during a sync comes between the look at all products and the look with balances
held, which is where it could be lost.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Final

import pytest
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.linking import (
    Adopted,
    adopt,
    list_lines,
    make_item,
    preview,
    sync,
    take_figures,
)
from tests.support.stock import adjust, audit

from partsemble.accounting.types import InventoryMode
from partsemble.database.scope import business_scope
from partsemble.stock.models import StockEntry, StockMove
from partsemble.sync.queries import get_run
from partsemble.sync.services import correcting
from partsemble.sync.services.correction_entries import post_corrections
from partsemble.sync.services.mastering import switch_inventory_mode, switch_receiving
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import RunState, StartMode, Trigger

PRODUCTS: Final = 4
STEPS: Final = 14


class WorkerDied(BaseException):
    """A worker was killed; nothing catches that."""


@dataclass(slots=True)
class Product:
    """A product in the auditor's model."""

    adopted: Adopted
    here: Decimal
    books: Decimal
    owed: Decimal = Decimal(0)
    is_active: bool = True

    @property
    def position(self) -> Decimal:
        """What is on hand less what is short, as the database says."""
        balance = self.adopted.balance
        return balance.on_hand - balance.shortage


@dataclass(slots=True)
class StockHistory:
    """One business beside its books, played from a seed."""

    cast: Cast
    emulator: Emulator
    random: Random
    products: list[Product] = field(default_factory=list)
    posted: dict[object, Mapping[str, object]] = field(default_factory=dict)
    is_receiving: bool = False
    is_sync: bool = True
    played: list[str] = field(default_factory=list)

    @property
    def books_lead(self) -> bool:
        return self.is_sync and not self.is_receiving

    def begin(self, seed: int) -> None:
        """This will put items into the books and make products of them."""
        ids = [
            make_item(self.emulator, f"Part {seed}-{each}", 5 * each, each / 100)
            for each in range(PRODUCTS)
        ]
        sync(self.cast)
        for each, external_id in enumerate(ids):
            quantity = Decimal(5 * each)
            adopted = adopt(self.cast.owner, external_id)
            self.products.append(Product(adopted, here=quantity, books=quantity))

    def play(self, steps: int) -> None:
        """This will take steps, and look after each."""
        moves = [
            *(self.sync, self.sync, self.sync_as_shown, self.sync_beside_work, self.die_in_sync),
            *(self.work, self.work, self.work, self.edit_quantity, self.edit_quantity),
            *(self.edit_cost, self.turn_receiving, self.turn_mode, self.turn_item),
        ]
        for _ in range(steps):
            move = self.random.choice(moves)
            self.played.append(move.__name__)
            move()
            self.look()

    def work(self) -> None:
        """This will add to a product here, or take some of it."""
        product = self._choose()
        there = product.adopted.balance.on_hand
        quantity = Decimal(self.random.randint(-4_000, 6_000)).scaleb(-3)
        if quantity < 0:
            quantity = -min(-quantity, there)
        if quantity:
            cost = str(self.random.randint(0, 9))
            adjust(self.cast.builder.actor, product.adopted.product_id, str(quantity), at=cost)
            product.here += quantity
            product.owed += quantity

    def edit_quantity(self) -> None:
        """This will count an item in the books."""
        product = self._choose()
        if product.is_active:
            quantity = self.random.randint(0, 20)
            self._write(product, quantity_on_hand=quantity)
            product.books = Decimal(quantity)

    def edit_cost(self) -> None:
        """This will write another purchase cost in the books."""
        self._write(self._choose(), purchase_cost=self.random.randint(1, 9) / 100)

    def turn_item(self) -> None:
        """This will deactivate an item in the books, or bring it back."""
        product = self._choose()
        self._write(product, active=not product.is_active)
        product.is_active = not product.is_active
        item = self.emulator.control("GET", f"items/{product.adopted.external_id}")
        product.books = Decimal(str(item["quantity_on_hand"]))

    def turn_receiving(self) -> None:
        """This will switch Receiving."""
        led = self.books_lead
        self.is_receiving = not self.is_receiving
        switch_receiving(actor=self.cast.owner.actor, is_on=self.is_receiving)
        self._settle(led=led)

    def turn_mode(self) -> None:
        """This will change the mode of the connection."""
        led = self.books_lead
        self.is_sync = not self.is_sync
        mode = InventoryMode.SYNC if self.is_sync else InventoryMode.PARTSEMBLE_ONLY
        switch_inventory_mode(actor=self.cast.owner.actor, mode=mode)
        self._settle(led=led)

    def sync(self) -> None:
        """This will let a sync run through."""
        sync(self.cast, self.random.choice(list(StartMode)))
        self._follow()

    def sync_as_shown(self) -> None:
        """This will take a preview, which does nothing, and let a sync do what it shows."""
        mode = self.random.choice(list(StartMode))
        run_id = preview(self.cast, mode).id
        shown = list_lines(self.cast, run_id)
        self.look()
        done = list_lines(self.cast, sync(self.cast, mode, applies=run_id).id)
        assert [take_figures(each) for each in done] == [take_figures(each) for each in shown]
        self._follow()

    def sync_beside_work(self) -> None:
        """This will let somebody work while a sync decides."""
        weighed = correcting._weigh

        def weigh_and_work(*arguments: Any) -> Any:
            found = weighed(*arguments)
            self.work()
            return found

        with _patched("_weigh", weigh_and_work):
            self.sync()

    def die_in_sync(self) -> None:
        """This will kill a worker in the middle, work, and let another finish."""
        dies_before, calls = self.random.random() < 1 / 2, 0

        def post_and_die(**named: Any) -> Any:
            nonlocal calls
            calls += 1
            if dies_before or calls > 1:
                raise WorkerDied
            return post_corrections(**named)

        owner = self.cast.owner
        run_id = start_item_sync(actor=owner.actor, trigger=Trigger.PERSON)
        with _patched("CHUNK_SIZE", 1):
            with _patched("post_corrections", post_and_die):
                try:
                    run_item_sync(business_id=owner.business.id, run_id=run_id)
                except WorkerDied:
                    self.played.append("died")
            self._adopt_what_is_applied()
            self.work()
            run_item_sync(business_id=owner.business.id, run_id=run_id)
        assert get_run(actor=owner.actor, run_id=run_id).state is RunState.FINISHED
        self._follow()

    def look(self) -> None:
        """This will hold the model against the database.

        Raises:
            AssertionError: if a promise is broken; says after which steps.
        """
        told = " → ".join(self.played)
        for product in self.products:
            assert product.position == product.here, f"I11 after {told}"
        audit(self.cast.owner.actor)
        with business_scope(self.cast.owner.business.id):
            rows: dict[object, Mapping[str, object]] = {}
            rows |= {row["id"]: row for row in StockEntry.objects.values()}
            rows |= {row["id"]: row for row in StockMove.objects.values()}
        assert all(rows.get(key) == row for key, row in self.posted.items()), f"I2 after {told}"
        self.posted = rows

    def _settle(self, *, led: bool) -> None:
        if self.books_lead and not led:
            for product in self.products:
                product.owed = Decimal(0)

    def _follow(self) -> None:
        if self.books_lead:
            for product in self.products:
                if product.is_active:
                    product.here = product.books + product.owed

    def _adopt_what_is_applied(self) -> None:
        """A worker that died has corrected some products and not others, and none halfway."""
        for product in self.products:
            corrected = product.books + product.owed
            assert product.position in {product.here, corrected}, "half a correction"
            product.here = product.position

    def _choose(self) -> Product:
        return self.random.choice(self.products)

    def _write(self, product: Product, **figures: float | bool) -> None:
        self.emulator.control("PATCH", f"items/{product.adopted.external_id}", figures)


@contextmanager
def _patched(name: str, value: object) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correcting, name, value)
        yield
