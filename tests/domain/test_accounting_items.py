"""The list of accounting items: search, filter, sort, pages (ITEM-1)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext
from tests.support.cast import Cast
from tests.support.items import make_item, store_items

from partsemble.accounting.documents import ItemType
from partsemble.accounting.models import Connection
from partsemble.accounting.queries.items import (
    ItemFilter,
    ItemOrder,
    MirroredItem,
    count_items,
    find_fingerprints,
    find_known_items,
    get_mirrored_items,
    list_items,
    list_items_after,
)
from partsemble.accounting.services.items import (
    ItemChange,
    ItemCreation,
    change_items,
    create_items,
)
from partsemble.database import pages
from partsemble.database.ids import new_id
from partsemble.database.pages import PAGE_SIZE
from partsemble.database.scope import ScopeMissing, business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import PermissionMissing
from partsemble.kernel.ids import ConnectionId

pytestmark = pytest.mark.django_db


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
    books = store_items(cast.owner.actor, odd)
    with business_scope(cast.owner.business.id):
        assert get_mirrored_items(connection_id=books, external_ids=["7"]) == {"7": odd}


def test_words_are_found_in_name_and_sku_in_any_case_and_order(cast: Cast) -> None:
    store_items(
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
    store_items(
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
    store_items(
        cast.owner.actor, *(make_item(number, quantity_on_hand=None) for number in range(1, 6))
    )
    upwards = names(cast.owner.actor, order=order)
    assert len(upwards) == 5
    assert names(cast.owner.actor, order=order, is_descending=True) == upwards[::-1]


def test_pages_show_every_row_once(cast: Cast) -> None:
    store_items(cast.owner.actor, *map(make_item, range(1, 2 * PAGE_SIZE + 4)))
    turned = [list_items(actor=cast.owner.actor, wanted=ItemFilter(page=n)) for n in (1, 2, 3, 4)]
    seen = [row.name for page in turned for row in page.rows]
    assert seen == sorted(seen)
    assert len(set(seen)) == len(seen) == 2 * PAGE_SIZE + 3
    assert [page.has_more for page in turned] == [True, True, False, False]
    assert {page.count for page in turned} == {2 * PAGE_SIZE + 3}


@pytest.mark.parametrize("cap", [pages.COUNT_CAP, PAGE_SIZE])
def test_what_a_search_finds_is_the_same_counted_at_once_or_apart(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, cap: int
) -> None:
    monkeypatch.setattr(pages, "COUNT_CAP", cap)
    count = PAGE_SIZE + 3
    store_items(cast.owner.actor, *map(make_item, range(count)))
    numbers = [int(name.removeprefix("Lamp ")) for name in names(cast.owner.actor, search="lamp")]
    assert numbers == list(range(PAGE_SIZE))
    wanted = ItemFilter(search="lamp", order=ItemOrder.PRICE, is_descending=True, page=2)
    last, behind, none = (
        list_items(actor=cast.owner.actor, wanted=each)
        for each in (wanted, replace(wanted, page=9), replace(wanted, search="no such"))
    )
    assert [row.unit_price for row in last.rows] == [Decimal(2), Decimal(1), Decimal(0)]
    assert (last.count, last.has_more) == (min(count, cap + 1), False)
    assert (behind.rows, behind.has_more) == ((), False)
    assert (none.rows, none.count) == ((), 0)


def test_a_search_reads_the_items_once(cast: Cast) -> None:
    store_items(cast.owner.actor, *map(make_item, range(3)))
    with CaptureQueriesContext(connection) as captured:
        list_items(actor=cast.owner.actor, wanted=ItemFilter(search="lamp"))
    reading = [each["sql"] for each in captured if "'lamp'" in each["sql"]]
    assert len(reading) == 1


@pytest.mark.parametrize("is_descending", [False, True])
def test_a_page_far_behind_is_the_same_by_the_index_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, *, is_descending: bool
) -> None:
    store_items(cast.owner.actor, *map(make_item, range(1, 3 * PAGE_SIZE)))
    wanted = ItemFilter(is_hidden=False, is_descending=is_descending)
    near = [list_items(actor=cast.owner.actor, wanted=replace(wanted, page=n)) for n in range(5)]
    monkeypatch.setattr(pages, "FAR_BEHIND", 0)
    far = [list_items(actor=cast.owner.actor, wanted=replace(wanted, page=n)) for n in range(5)]
    assert far == near
    assert [len(page.rows) for page in far] == [50, 50, 50, 49, 0]


def test_a_longer_list_takes_no_more_queries(cast: Cast) -> None:
    store_items(cast.owner.actor, *map(make_item, range(1, 11)))
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
    books = store_items(cast.owner.actor, make_item(1))
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
    books = store_items(actor, make_item(1))
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


def test_absent_is_stored_as_absent_wherever_it_stands(cast: Cast) -> None:
    empty: dict[str, object] = dict.fromkeys(
        ("unit_price", "purchase_cost", "quantity_on_hand", "inventory_start_date", "updated_at")
    )
    bare = [make_item(number, **empty) for number in (1, 2)]
    items = [*bare, make_item(3, inventory_start_date=date(2026, 1, 2))]
    books = store_items(cast.owner.actor, *items)
    with business_scope(cast.owner.business.id):
        known = find_known_items(connection_id=books, external_ids=["1", "2", "3"])
        changed = change_items(
            business_id=cast.owner.actor.business_id,
            changes=[
                ItemChange(id=known["1"].id, known_digest=known["1"].digest, item=items[0]),
                ItemChange(id=known["2"].id, known_digest="other", item=items[0]),
                ItemChange(id=known["3"].id, known_digest=known["3"].digest, item=items[1]),
            ],
        )
        assert changed == 2
        kept = get_mirrored_items(connection_id=books, external_ids=["1", "2", "3"])
    assert [kept["1"], kept["2"]] == bare
    assert kept["3"] == msgspec.structs.replace(items[1], external_id="3")


def test_a_text_that_is_too_long_for_its_column_is_refused_and_never_cut(cast: Cast) -> None:
    if connection.vendor == "sqlite":
        return  # it knows no length
    with pytest.raises(DataError):
        store_items(cast.owner.actor, make_item(1, revision="r" * 65))


@pytest.mark.parametrize("is_descending", [False, True])
def test_pages_walks_and_searches_agree_on_the_order_of_names(
    cast: Cast,
    is_descending: bool,  # noqa: FBT001 a parameter of the test
) -> None:
    named = [
        "lamp",
        "Lamp",
        "LAMP 10",
        "lamp 1",
        "Lamp, oak",
        "Lamp, oa",
        "éclair",
        "灯",
        "a" * 130,
    ]
    store_items(cast.owner.actor, *(make_item(n, name=name) for n, name in enumerate(named * 7)))
    wanted = ItemFilter(is_descending=is_descending)
    paged = [
        row.id
        for page in (1, 2)
        for row in list_items(actor=cast.owner.actor, wanted=replace(wanted, page=page)).rows
    ]
    walked: list[MirroredItem] = []
    while found := list_items_after(
        actor=cast.owner.actor,
        wanted=wanted,
        after=walked[-1].position if walked else None,
        limit=5,
    ):
        walked.extend(found)
    order = [each.position.id for each in walked]
    assert paged == (order[::-1] if is_descending else order)
    assert len(set(paged)) == len(named) * 7
    searched = list_items(actor=cast.owner.actor, wanted=replace(wanted, search="lamp")).rows
    with_lamp = {each.position.id for each in walked if "lamp" in each.item.name.casefold()}
    assert [row.id for row in searched] == [each for each in paged if each in with_lamp]


def test_fingerprints_are_found_for_what_is_known_and_only_of_this_business(cast: Cast) -> None:
    books = store_items(
        cast.owner.actor, make_item(1, fingerprint="1" + "a" * 31), make_item(2), make_item(3)
    )
    wanted = ["2", "1", "9", 'a "quoted" id']
    with business_scope(cast.owner.business.id):
        found = find_fingerprints(connection_id=books, external_ids=wanted)
        assert found == {"1": "1" + "a" * 31, "2": ""}
        assert find_fingerprints(connection_id=books, external_ids=[]) == {}
    with business_scope(cast.stranger.business.id):
        assert find_fingerprints(connection_id=books, external_ids=wanted) == {}
    with pytest.raises(ScopeMissing):
        find_fingerprints(connection_id=books, external_ids=wanted)
