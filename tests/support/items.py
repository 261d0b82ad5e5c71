"""Items of the books for tests, written into the mirror as a sync writes them."""

from datetime import UTC, datetime
from decimal import Decimal

from partsemble.accounting.documents import Item, ItemType
from partsemble.accounting.models import Connection
from partsemble.accounting.services.items import ItemCreation, create_items
from partsemble.accounting.types import ConnectionState, ProviderKey
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import ConnectionId


def make_item(number: int, **values: object) -> Item:
    """This will make an inventory item, or whatever else is said of it."""
    name = str(values.pop("name", f"Lamp {number:04}"))
    given: dict[str, object] = {
        "external_id": str(number),
        "name": name,
        "full_name": name,
        "sku": f"L-{number}",
        "type": ItemType.INVENTORY,
        "description": "",
        "unit_price": Decimal(number),
        "purchase_cost": None,
        "quantity_on_hand": Decimal("0.5"),
        "inventory_start_date": None,
        "income_account_id": "79",
        "expense_account_id": "80",
        "asset_account_id": "81",
        "is_active": True,
        "revision": "0",
        "updated_at": datetime(2026, 11, 1, tzinfo=UTC),
    }
    return Item(**{**given, **values})  # type: ignore[arg-type]  # the fields by name


def store_items(actor: Actor, *items: Item) -> ConnectionId:
    """This will mirror items of books that a business had once, and give up the connection."""
    with business_scope(actor.business_id):
        books = Connection.objects.create(
            business_id=actor.business_id,
            provider=ProviderKey.QBO,
            environment="production",
            company_id=str(actor.business_id),
            company_name="Books",
            currency="USD",
            state=ConnectionState.DISCONNECTED,
            connected_by_label="x",
            connected_at=datetime(2026, 11, 1, tzinfo=UTC),
        )
        made = create_items(
            business_id=actor.business_id,
            connection_id=ConnectionId(books.id),
            creations=[ItemCreation(id=new_id(), item=item) for item in items],
        )
    assert made == len(items)
    return ConnectionId(books.id)
