"""The list of accounting items: search, filter, sort, pages (ITEM-1)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.support.cast import Cast

from partsemble.accounting.documents import Item, ItemType
from partsemble.accounting.models import Connection
from partsemble.accounting.queries.items import (
    PAGE_SIZE,
    ItemFilter,
    ItemOrder,
    count_items,
    find_known_items,
    get_mirrored_items,
    list_items,
)
from partsemble.accounting.services.items import (
    ItemChange,
    ItemCreation,
    change_items,
    create_items,
)
from partsemble.accounting.types import ConnectionState, ProviderKey
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import PermissionMissing
from partsemble.kernel.ids import ConnectionId

pytestmark = pytest.mark.django_db


def make_item(number: int, **values: object) -> Item:
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


def store(actor: Actor, *items: Item) -> ConnectionId:
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


def names(actor: Actor, **wanted: object) -> list[str]:
    found = list_items(actor=actor, wanted=ItemFilter(**wanted))  # type: ignore[arg-type]  # by name
    return [row.name for row in found.rows]


def test_what_is_stored_is_what_was_read(cast: Cast) -> None:
    odd = make_item(
        7,
        name='Größe "M" – 100 % 灯 🪔',
        unit_price=Decimal("123456789.123456"),
        quantity_on_hand=Decimal("-3.25"),
        sku="",
    )
    books = store(cast.owner.actor, odd)
    with business_scope(cast.owner.business.id):
        assert get_mirrored_items(connection_id=books, external_ids=["7"]) == {"7": odd}


def test_words_are_found_in_name_and_sku_in_any_case_and_order(cast: Cast) -> None:
    store(
        cast.owner.actor,
        make_item(1, name="Table lamp, Oak", sku="TL-OAK"),
        make_item(2, name="Oak board", sku="WD-1"),
        make_item(3, name="Straße 50%", sku="a_b"),
    )
    assert names(cast.owner.actor, search="oak LAMP") == ["Table lamp, Oak"]
    assert names(cast.owner.actor, search="wd-1") == ["Oak board"]
    assert names(cast.owner.actor, search="STRASSE") == ["Straße 50%"]
    assert names(cast.owner.actor, search="50%") == ["Straße 50%"]
    assert names(cast.owner.actor, search="%") == ["Straße 50%"]
    assert names(cast.owner.actor, search="a_b") == ["Straße 50%"]
    assert names(cast.owner.actor, search="axb") == []


def test_filters(cast: Cast) -> None:
    store(
        cast.owner.actor,
        make_item(1),
        make_item(2, type=ItemType.GROUP, name="Set"),
        make_item(3, is_active=False, name="Gone"),
    )
    assert names(cast.owner.actor, type=ItemType.BUNDLE) == ["Set"]
    assert names(cast.owner.actor, type=ItemType.SERVICE) == []
    assert names(cast.owner.actor, is_active=False) == ["Gone"]
    assert count_items(actor=cast.owner.actor) == 2


@pytest.mark.parametrize("order", ItemOrder)
def test_turning_an_order_round_turns_the_list_round(cast: Cast, order: ItemOrder) -> None:
    store(cast.owner.actor, *(make_item(number, quantity_on_hand=None) for number in range(1, 6)))
    upwards = names(cast.owner.actor, order=order)
    assert len(upwards) == 5
    assert names(cast.owner.actor, order=order, is_descending=True) == upwards[::-1]


def test_pages_show_every_row_once(cast: Cast) -> None:
    store(cast.owner.actor, *map(make_item, range(1, 2 * PAGE_SIZE + 4)))
    pages = [list_items(actor=cast.owner.actor, wanted=ItemFilter(page=n)) for n in (1, 2, 3, 4)]
    seen = [row.name for page in pages for row in page.rows]
    assert seen == sorted(seen)
    assert len(set(seen)) == len(seen) == 2 * PAGE_SIZE + 3
    assert [page.has_more for page in pages] == [True, True, False, False]
    assert {page.count for page in pages} == {2 * PAGE_SIZE + 3}


def test_a_longer_list_takes_no_more_queries(cast: Cast) -> None:
    store(cast.owner.actor, *map(make_item, range(1, 11)))
    with CaptureQueriesContext(connection) as ten:
        list_items(actor=cast.owner.actor, wanted=ItemFilter())
    with business_scope(cast.owner.business.id):
        books = ConnectionId(Connection.objects.get().id)
        create_items(
            business_id=cast.owner.business.id,
            connection_id=books,
            creations=[ItemCreation(id=new_id(), item=make_item(n)) for n in range(11, 21)],
        )
    with CaptureQueriesContext(connection) as twenty:
        list_items(actor=cast.owner.actor, wanted=ItemFilter())
    assert len(twenty) == len(ten) <= 8


def test_another_business_sees_none_of_it(cast: Cast) -> None:
    books = store(cast.owner.actor, make_item(1))
    assert names(cast.stranger.actor) == []
    with business_scope(cast.stranger.business.id):
        assert find_known_items(connection_id=books, external_ids=["1"]) == {}


def test_looking_needs_the_permission(cast: Cast) -> None:
    nobody = Actor(
        business_id=cast.owner.business.id, user_id=None, label="x", permissions=frozenset()
    )
    with pytest.raises(PermissionMissing):
        list_items(actor=nobody, wanted=ItemFilter())


def test_a_row_that_changed_since_it_was_known_is_left_alone(cast: Cast) -> None:
    actor = cast.owner.actor
    books = store(actor, make_item(1))
    with business_scope(actor.business_id):
        known = find_known_items(connection_id=books, external_ids=["1"])["1"]
        change = ItemChange(id=known.id, known_digest=known.digest, item=make_item(1, name="New"))
        assert change_items(business_id=actor.business_id, changes=[change]) == 1
        assert change_items(business_id=actor.business_id, changes=[change]) == 0
        again = ItemCreation(id=new_id(), item=make_item(1, name="Double"))
        assert (
            create_items(business_id=actor.business_id, connection_id=books, creations=[again]) == 0
        )
    assert names(actor) == ["New"]
