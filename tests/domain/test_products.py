"""Products: what is kept of them, who may change them, and their link to the books."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from tests.support.cast import Cast
from tests.support.items import make_item, store_items
from tests.support.products import make_product

from partsemble.accounting.queries.items import ItemFilter, list_items
from partsemble.catalog import queries
from partsemble.catalog.errors import (
    ItemLinked,
    ProductChanged,
    ProductIdTaken,
    ProductNotFound,
    SkuTaken,
)
from partsemble.catalog.models import Product
from partsemble.catalog.queries import (
    ProductFilter,
    ProductOrder,
    count_products,
    find_linked_products,
    find_product,
    get_product,
    list_link_changes,
    list_products,
    list_products_after,
)
from partsemble.catalog.services import (
    create_product,
    edit_product,
    set_accounting_item,
    set_product_active,
)
from partsemble.catalog.types import ProductPosition, ProductTerms, ProductType
from partsemble.database import pages
from partsemble.database.ids import new_id
from partsemble.database.pages import PAGE_SIZE
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import InvalidInput, PermissionMissing

pytestmark = pytest.mark.django_db

LAMP = ProductTerms(
    sku="LAMP-1",
    name="Reed lamp",
    type=ProductType.FINISHED_GOOD,
    description="Warm light.",
    unit="lamp",
    unit_cost=Decimal("12.345678"),
    selling_price=Decimal(49),
    reorder_point=Decimal("2.5"),
)


def mirror(actor: Actor, count: int = 2) -> list[UUID]:
    store_items(actor, *(make_item(number) for number in range(1, count + 1)))
    return [row.id for row in list_items(actor=actor, wanted=ItemFilter()).rows]


def list_skus(actor: Actor, **wanted: object) -> list[str]:
    found = list_products(actor=actor, wanted=ProductFilter(**wanted))  # type: ignore[arg-type]  # fields by name
    return [row.sku for row in found.rows]


def test_a_product_is_kept_as_it_was_said(cast: Cast) -> None:
    made = create_product(actor=cast.builder.actor, terms=LAMP)
    assert made.terms == LAMP
    assert made.is_active
    assert made.is_item_active
    assert made.accounting_item_id is None
    assert made.revision == 1
    assert get_product(actor=cast.accountant.actor, product_id=made.id) == made
    told = [(each.verb, each.subject_label) for each in list_activity(actor=cast.owner.actor)]
    assert told == [("created", "LAMP-1")]


def test_who_does_not_manage_products_makes_none(cast: Cast) -> None:
    made = create_product(actor=cast.owner.actor, terms=LAMP)
    actor = cast.accountant.actor
    with pytest.raises(PermissionMissing):
        create_product(actor=actor, terms=LAMP)
    with pytest.raises(PermissionMissing):
        edit_product(actor=actor, product_id=made.id, terms=LAMP, revision=1)
    with pytest.raises(PermissionMissing):
        set_product_active(actor=actor, product_id=made.id, is_active=False, revision=1)
    with pytest.raises(PermissionMissing):
        set_accounting_item(actor=actor, product_id=made.id, item_id=None)


def test_nobody_sees_or_changes_another_businesss_product(cast: Cast) -> None:
    made = create_product(actor=cast.owner.actor, terms=LAMP)
    stranger = cast.stranger.actor
    with pytest.raises(ProductNotFound):
        get_product(actor=stranger, product_id=made.id)
    with pytest.raises(ProductNotFound):
        edit_product(actor=stranger, product_id=made.id, terms=LAMP, revision=1)
    with pytest.raises(ProductNotFound):
        set_product_active(actor=stranger, product_id=made.id, is_active=False, revision=1)
    with pytest.raises(ProductNotFound):
        set_accounting_item(actor=stranger, product_id=made.id, item_id=None)
    assert list_skus(stranger) == []
    assert count_products(actor=stranger) == 0
    assert find_product(actor=stranger, sku="LAMP-1") is None
    # Their SKU is free here.
    assert create_product(actor=stranger, terms=LAMP).sku == "LAMP-1"


def test_a_sku_names_one_product_in_whatever_case(cast: Cast) -> None:
    made = create_product(actor=cast.owner.actor, terms=LAMP)
    with pytest.raises(SkuTaken) as refusal:
        create_product(actor=cast.owner.actor, terms=replace(LAMP, sku=" lamp-1"))
    assert refusal.value.facts == {"sku": "LAMP-1", "product_id": made.id}
    other = make_product(cast.owner.actor, "SHADE")
    with pytest.raises(SkuTaken):
        edit_product(
            actor=cast.owner.actor,
            product_id=other.id,
            terms=replace(other.terms, sku="Lamp-1"),
            revision=1,
        )
    assert get_product(actor=cast.owner.actor, product_id=other.id) == other
    assert find_product(actor=cast.owner.actor, sku="lamp-1") == made
    assert find_product(actor=cast.owner.actor, sku="lamp\0") is None


def test_a_repeated_attempt_makes_no_second_product(cast: Cast) -> None:
    chosen = new_id()
    made = create_product(actor=cast.owner.actor, terms=LAMP, product_id=chosen)
    again = create_product(actor=cast.owner.actor, terms=LAMP, product_id=chosen)
    assert again == made
    assert count_products(actor=cast.owner.actor) == 1
    assert len(list_activity(actor=cast.owner.actor)) == 1
    with pytest.raises(ProductIdTaken):
        create_product(actor=cast.stranger.actor, terms=LAMP, product_id=chosen)


def test_an_edit_says_everything_and_counts_the_revision(cast: Cast) -> None:
    made = create_product(actor=cast.owner.actor, terms=LAMP)
    terms = replace(LAMP, sku="LAMP-2", name="Rush lamp", unit_cost=None, is_stocked=False)
    edited = edit_product(
        actor=cast.owner.actor, product_id=made.id, terms=terms, revision=made.revision
    )
    assert edited.terms == terms
    assert edited.revision == 2
    assert list_skus(cast.owner.actor, search="RUSH") == ["LAMP-2"]
    assert find_product(actor=cast.owner.actor, sku="LAMP-1") is None
    again = edit_product(actor=cast.owner.actor, product_id=made.id, terms=terms, revision=1)
    assert again == edited  # saying the same is no change, whatever it was made against
    assert [each.verb for each in list_activity(actor=cast.owner.actor)] == ["edited", "created"]


def test_an_edit_of_what_was_changed_meanwhile_is_refused(cast: Cast) -> None:
    made = create_product(actor=cast.owner.actor, terms=LAMP)
    first = replace(LAMP, name="First")
    edit_product(actor=cast.owner.actor, product_id=made.id, terms=first, revision=1)
    with pytest.raises(ProductChanged) as refusal:
        edit_product(
            actor=cast.builder.actor,
            product_id=made.id,
            terms=replace(LAMP, name="Second"),
            revision=1,
        )
    assert refusal.value.facts == {"sku": "LAMP-1", "known": 1, "revision": 2}
    with pytest.raises(ProductChanged):
        set_product_active(
            actor=cast.builder.actor, product_id=made.id, is_active=False, revision=1
        )
    assert get_product(actor=cast.owner.actor, product_id=made.id).name == "First"


def test_a_product_leaves_use_and_comes_back(cast: Cast) -> None:
    made = create_product(actor=cast.owner.actor, terms=LAMP)
    gone = set_product_active(
        actor=cast.owner.actor, product_id=made.id, is_active=False, revision=1
    )
    assert not gone.is_active
    assert list_skus(cast.owner.actor) == []
    assert list_skus(cast.owner.actor, is_active=False) == ["LAMP-1"]
    assert list_skus(cast.owner.actor, is_active=None) == ["LAMP-1"]
    assert count_products(actor=cast.owner.actor) == 0
    same = set_product_active(
        actor=cast.owner.actor, product_id=made.id, is_active=False, revision=1
    )
    assert same == gone
    back = set_product_active(
        actor=cast.owner.actor, product_id=made.id, is_active=True, revision=2
    )
    assert (back.is_active, back.revision) == (True, 3)
    verbs = [each.verb for each in list_activity(actor=cast.owner.actor)]
    assert verbs == ["activated", "deactivated", "created"]


def test_a_link_is_set_moved_and_taken_away_with_its_history(cast: Cast) -> None:
    first, second = mirror(cast.owner.actor)
    made = create_product(actor=cast.owner.actor, terms=LAMP)
    steps: tuple[UUID | None, ...] = (first, second, second, None)
    for item_id in steps:
        linked = set_accounting_item(actor=cast.builder.actor, product_id=made.id, item_id=item_id)
        assert linked.accounting_item_id == item_id
    history = list_link_changes(actor=cast.owner.actor, product_id=made.id)
    assert [(each.from_item_id, each.to_item_id) for each in history] == [
        (second, None),
        (first, second),
        (None, first),
    ]
    assert {each.actor_label for each in history} == {"Bela Builder"}
    assert list_link_changes(actor=cast.stranger.actor, product_id=made.id) == ()
    verbs = [each.verb for each in list_activity(actor=cast.owner.actor)]
    assert verbs == ["unlinked", "linked", "linked", "created"]


def test_an_item_belongs_to_one_product_at_most(cast: Cast) -> None:
    first, second = mirror(cast.owner.actor)
    one, other = make_product(cast.owner.actor, "ONE"), make_product(cast.owner.actor, "OTHER")
    set_accounting_item(actor=cast.owner.actor, product_id=one.id, item_id=first)
    with pytest.raises(ItemLinked) as refusal:
        set_accounting_item(actor=cast.owner.actor, product_id=other.id, item_id=first)
    assert refusal.value.facts == {"sku": "ONE", "product_id": one.id}
    set_accounting_item(
        actor=cast.owner.actor, product_id=other.id, item_id=second, is_item_active=False
    )
    linked = find_linked_products(actor=cast.owner.actor, item_ids=[first, second, new_id()])
    assert {item_id: each.sku for item_id, each in linked.items()} == {
        first: "ONE",
        second: "OTHER",
    }
    assert find_linked_products(actor=cast.stranger.actor, item_ids=[first]) == {}
    assert list_skus(cast.owner.actor, is_item_active=False) == ["OTHER"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["B-2", "C-3", "A-1"]),
        ({"order": ProductOrder.SKU}, ["A-1", "B-2", "C-3"]),
        ({"order": ProductOrder.SKU, "is_descending": True}, ["C-3", "B-2", "A-1"]),
        ({"search": "reed SHADE"}, ["A-1"]),
        ({"search": "b-"}, ["B-2"]),
        ({"search": "100%"}, []),
        ({"type": ProductType.COMPONENT}, ["B-2", "C-3"]),
        ({"is_stocked": False}, ["C-3"]),
        ({"is_linked": True}, ["B-2"]),
        ({"is_linked": False}, ["C-3", "A-1"]),
    ],
)
@pytest.mark.parametrize("cap", [500, 0])
def test_the_list_is_searched_filtered_and_sorted(
    cast: Cast,
    wanted: dict[str, object],
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
    cap: int,
) -> None:
    monkeypatch.setattr(pages, "COUNT_CAP", cap)
    (item_id,) = mirror(cast.owner.actor, count=1)
    make_product(cast.owner.actor, "A-1", name="Reed shade", type=ProductType.RAW_MATERIAL)
    two = make_product(cast.owner.actor, "B-2", name="Bolt")
    make_product(cast.owner.actor, "C-3", name="Reed dye", is_stocked=False)
    set_accounting_item(actor=cast.owner.actor, product_id=two.id, item_id=item_id)
    assert list_skus(cast.owner.actor, **wanted) == expected


@pytest.mark.parametrize("order", [ProductOrder.NAME, ProductOrder.SKU])
@pytest.mark.parametrize("page", [1, 2, 3])
def test_what_words_find_is_counted_only_so_far(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, order: ProductOrder, page: int
) -> None:
    monkeypatch.setattr(queries, "SEARCH_CAP", 10)
    for number in range(PAGE_SIZE + 3):
        make_product(cast.owner.actor, f"P-{number:03}", name=f"Lamp {number:03}")
    make_product(cast.owner.actor, "P-000B", name="A bolt")
    wanted = ProductFilter(search="LAMP p-0", order=order, page=page)
    found = list_products(actor=cast.owner.actor, wanted=wanted)
    shown = [f"P-{number:03}" for number in range(PAGE_SIZE + 3)][(page - 1) * PAGE_SIZE :]
    assert [row.sku for row in found.rows] == shown[:PAGE_SIZE]
    assert (found.count, found.cap, found.has_more) == (11, 10, page == 1)
    few = list_products(actor=cast.owner.actor, wanted=ProductFilter(search="bolt", order=order))
    assert ([row.sku for row in few.rows], few.count) == (["P-000B"], 1)
    everything = list_products(actor=cast.owner.actor, wanted=replace(wanted, search="\0"))
    assert (everything.count, everything.cap) == (PAGE_SIZE + 4, pages.COUNT_CAP)
    typed = replace(wanted, search="lamp", type=ProductType.COMPONENT)
    found = list_products(actor=cast.owner.actor, wanted=typed)
    assert (found.count, found.cap) == (PAGE_SIZE + 3, pages.COUNT_CAP)


def test_the_list_turns_its_pages(cast: Cast) -> None:
    for number in range(PAGE_SIZE + 3):
        make_product(cast.owner.actor, f"P-{number:03}")
    first = list_products(actor=cast.owner.actor, wanted=ProductFilter())
    assert (len(first.rows), first.count, first.has_more) == (PAGE_SIZE, PAGE_SIZE + 3, True)
    last = list_products(actor=cast.owner.actor, wanted=ProductFilter(page=2))
    assert [row.sku for row in last.rows] == ["P-050", "P-051", "P-052"]
    assert not last.has_more
    seen: list[str] = []
    after: ProductPosition | None = None
    while part := list_products_after(
        actor=cast.owner.actor, wanted=ProductFilter(), after=after, limit=20
    ):
        seen += [row.sku for row in part]
        after = part[-1].position
    assert seen == [f"P-{number:03}" for number in range(PAGE_SIZE + 3)]


def test_what_can_not_be_kept_is_refused_before_anything_is_written(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        create_product(actor=cast.owner.actor, terms=replace(LAMP, sku=""))
    assert count_products(actor=cast.owner.actor) == 0
    long = replace(LAMP, sku="ΐ" * 100, name="ΐ" * 500, description="ΐ" * 4_000)
    assert create_product(actor=cast.owner.actor, terms=long).terms == long


@pytest.mark.parametrize("column", [{"sku_key": ""}, {"type": "lamp"}, {"unit_cost": Decimal(-1)}])
def test_the_database_refuses_too(cast: Cast, column: dict[str, object]) -> None:
    made = create_product(actor=cast.owner.actor, terms=LAMP)
    with (
        business_scope(cast.owner.business.id),
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        Product.objects.filter(id=made.id).update(**column)
