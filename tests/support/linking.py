"""Products that are linked to items, as an import leaves them, and syncs that compare them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator
from tests.support.products import make_product
from tests.support.stock import TODAY

from partsemble.accounting.models import Item
from partsemble.catalog.services import set_accounting_item
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import ProductId, RunId
from partsemble.stock.queries.balances import get_balance
from partsemble.stock.queries.effects import get_last_number
from partsemble.stock.services.adjusting import post_opening
from partsemble.stock.types import Balance
from partsemble.sync.queries import get_run
from partsemble.sync.queries.corrections import list_corrections
from partsemble.sync.services.anchoring import Anchor, set_anchors
from partsemble.sync.services.running import run_item_preview, run_item_sync
from partsemble.sync.services.start import start_item_preview, start_item_sync
from partsemble.sync.types import CorrectionView, RunState, RunView, StartMode, Trigger


@dataclass(frozen=True, slots=True)
class Adopted:
    """A product that was made of an item."""

    person: Person
    product_id: ProductId
    external_id: str

    @property
    def balance(self) -> Balance:
        """This will be what is there now."""
        return get_balance(actor=self.person.actor, product_id=self.product_id)

    @property
    def stock(self) -> tuple[Decimal, Decimal, Decimal]:
        """This will be quantity, value and shortage."""
        there = self.balance
        return there.on_hand, there.value, there.shortage


def adopt(person: Person, external_id: str) -> Adopted:
    """This will make a product of a mirrored item, with what the books have of it."""
    actor = person.actor
    with business_scope(actor.business_id):
        item = Item.objects.get(external_id=external_id)
    product = make_product(actor, f"SKU-{external_id}", name=item.name)
    set_accounting_item(actor=actor, product_id=product.id, item_id=item.id)
    if item.quantity_on_hand:
        post_opening(
            actor=actor,
            product_id=product.id,
            quantity=item.quantity_on_hand,
            unit_cost=item.purchase_cost or Decimal(0),
            occurred_on=TODAY,
            key=f"opening:{product.id}",
        )
    with business_scope(actor.business_id):
        anchor = Anchor(product.id, item.id, get_last_number(), item.purchase_cost)
        set_anchors(business_id=actor.business_id, anchors=[anchor])
    return Adopted(person=person, product_id=product.id, external_id=external_id)


def sync(cast: Cast, mode: StartMode = StartMode.AUTOMATIC, **named: Any) -> RunView:
    """This will carry a sync out here and now, and give its report."""
    run_id = start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON, mode=mode, **named)
    run_item_sync(business_id=cast.owner.business.id, run_id=run_id)
    run = get_run(actor=cast.owner.actor, run_id=run_id)
    assert run.state is RunState.FINISHED, run.failure_facts
    return run


def preview(cast: Cast, mode: StartMode = StartMode.AUTOMATIC) -> RunView:
    """This will make a preview here and now, or go on with the open one, and give its report."""
    actor = cast.owner.actor
    run_id = start_item_preview(actor=actor, trigger=Trigger.PERSON, mode=mode)
    run_item_preview(business_id=actor.business_id, run_id=run_id, confirm=lambda: None)
    run = get_run(actor=actor, run_id=run_id)
    assert run.state is RunState.FINISHED, run.failure_facts
    return run


def list_lines(cast: Cast, run_id: RunId) -> list[CorrectionView]:
    """This will list what a run made of quantities and costs, all of it."""
    found, has_more = list_corrections(actor=cast.owner.actor, run_id=run_id)
    assert not has_more
    return list(found)


def take_figures(line: CorrectionView) -> CorrectionView:
    """This will leave out of a line what a preview can't know: numbers of entries, a new name."""
    return replace(line, entry_number=None, cost_entry_number=None, name="", sku="")


def make_item(books: Emulator, name: str, quantity: float, cost: float) -> str:
    """This will add an item to the books, with so many on hand, and give its id."""
    wish = {"name": name, "type": "Inventory", "quantity_on_hand": quantity}
    wish |= {"purchase_cost": cost, "started_on": "2026-01-01"}
    return str(books.control("POST", "items", wish)["id"])


def make_parts(cast: Cast, books: Emulator, count: int = 1, cost: float = 5) -> list[Adopted]:
    """This will put ten of each into the books, sync, and make products of them."""
    items = [make_item(books, f"Part {each}", 10, cost) for each in range(count)]
    sync(cast)
    return [adopt(cast.owner, each) for each in items]


def write(books: Emulator, adopted: Adopted, **figures: float | bool) -> None:
    """This will write figures of an item as its bookkeeper does."""
    books.control("PATCH", f"items/{adopted.external_id}", figures)


def figures(*numbers: str) -> tuple[Decimal, ...]:
    """This will read numbers as a document writes them."""
    return tuple(map(Decimal, numbers))
