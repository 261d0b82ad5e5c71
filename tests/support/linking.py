"""Products that are linked to items, as an import leaves them."""

from dataclasses import dataclass
from decimal import Decimal

from tests.support.cast import Person
from tests.support.products import make_product
from tests.support.stock import TODAY

from partsemble.accounting.models import Item
from partsemble.catalog.services import set_accounting_item
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import ProductId
from partsemble.stock.queries.balances import get_balance
from partsemble.stock.queries.effects import get_last_number
from partsemble.stock.services.adjusting import post_opening
from partsemble.stock.types import Balance
from partsemble.sync.services.anchoring import Anchor, set_anchors


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
