"""Products are linked to items, and say whose quantity holds (ITEM-4, ITEM-6)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.items import make_item, store_items
from tests.support.products import make_product
from tests.support.stock import adjust, draft_sync

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.items import ItemFilter, ItemRowView, list_items
from partsemble.accounting.services.modes import set_inventory_mode
from partsemble.accounting.types import InventoryMode
from partsemble.catalog.errors import ItemLinked, ProductNotFound, SkuTaken
from partsemble.catalog.queries import get_product, list_link_changes
from partsemble.catalog.types import ProductType, ProductView
from partsemble.kernel.errors import PermissionMissing
from partsemble.stock.errors import ProductNotStocked, ShortageRemains, StockRemains
from partsemble.stock.queries.balances import get_balance
from partsemble.stock.queries.entries import MoveFilter, list_moves
from partsemble.stock.queries.verifying import verify_ledger
from partsemble.stock.services.adjusting import post_opening
from partsemble.stock.services.posting import post_entry
from partsemble.stock.types import Counterpart
from partsemble.sync.errors import ItemNotLinkable, OwnedByBooks, QuantityUndecided
from partsemble.sync.queries.linking import (
    Likeness,
    find_ownership,
    look_at_link,
    propose_items,
)
from partsemble.sync.services.linking import (
    Holding,
    change_product,
    link_product,
    take_over_sku,
    unlink_product,
)
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import StartMode, Trigger

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 11, 22)


@pytest.fixture
def synced(settings: Settings, emulator: Emulator, cast: Cast) -> Cast:
    """A business whose items are mirrored, in Sync mode; none is a product."""
    point_at(settings, emulator)
    connect(cast.owner)
    sync(cast)
    return cast


def sync(cast: Cast) -> None:
    run_id = start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON, mode=StartMode.FULL)
    run_item_sync(business_id=cast.owner.business.id, run_id=run_id)


def pick(cast: Cast, *, at_least: int = 3) -> list[ItemRowView]:
    """Items with a SKU of their own and a quantity."""
    wanted = ItemFilter(type=ItemType.INVENTORY, is_active=True)
    rows = list_items(actor=cast.owner.actor, wanted=wanted).rows
    skus = [row.sku.casefold() for row in rows]
    return [
        row
        for row in rows
        if row.sku
        and skus.count(row.sku.casefold()) == 1
        and (row.quantity_on_hand or 0) >= at_least
    ]


def link(cast: Cast, product: ProductView, item_id: UUID, holds: Holding | None) -> ProductView:
    return link_product(
        actor=cast.builder.actor,
        product_id=product.id,
        item_id=item_id,
        holds=holds,
        occurred_on=TODAY,
    )


def stock(cast: Cast, product: ProductView, quantity: int, unit_cost: int = 2) -> None:
    post_opening(
        actor=cast.owner.actor,
        product_id=product.id,
        quantity=Decimal(quantity),
        unit_cost=Decimal(unit_cost),
        occurred_on=TODAY,
        key=f"opening:{product.id}",
    )


def read_stock(cast: Cast, product: ProductView) -> tuple[object, object]:
    there = get_balance(actor=cast.owner.actor, product_id=product.id)
    return there.on_hand, there.shortage


def test_a_linked_product_says_what_its_item_says(synced: Cast) -> None:
    cast, item = synced, pick(synced)[0]
    ours = make_product(cast.owner.actor, "OURS", type=ProductType.FINISHED_GOOD, unit="box")
    linked = link(cast, ours, item.id, Holding.BOOKS)
    assert linked.accounting_item_id == item.id
    assert (linked.sku, linked.name) == (item.sku, item.name)
    assert (linked.terms.selling_price, linked.terms.unit_cost) == (
        item.unit_price,
        item.purchase_cost,
    )
    assert (linked.terms.type, linked.terms.unit) == (ProductType.FINISHED_GOOD, "box")
    (change,) = list_link_changes(actor=cast.owner.actor, product_id=ours.id)
    assert (change.to_item_id, change.actor_label) == (item.id, "Bela Builder")
    again = link(cast, linked, item.id, None)  # it is linked there: nothing to decide
    assert again == linked


def test_the_books_quantity_is_taken_over(synced: Cast) -> None:
    cast, (item, other, *_) = synced, pick(synced)
    empty, full = (make_product(cast.owner.actor, sku) for sku in ("EMPTY", "FULL"))
    stock(cast, full, 100_000)
    look = look_at_link(actor=cast.owner.actor, product=full, item_id=other.id)
    assert look.ours == Decimal(100_000)
    assert look.theirs == other.quantity_on_hand
    assert look.differs
    link(cast, empty, item.id, Holding.BOOKS)
    link(cast, full, other.id, Holding.BOOKS)
    assert read_stock(cast, empty) == (item.quantity_on_hand, 0)
    assert read_stock(cast, full) == (other.quantity_on_hand, 0)
    sync(cast)
    assert read_stock(cast, empty) == (item.quantity_on_hand, 0)
    assert read_stock(cast, full) == (other.quantity_on_hand, 0)
    assert list(verify_ledger(actor=cast.owner.actor)) == []


@pytest.mark.parametrize("ours", [1, 100_000])
def test_our_quantity_holds_and_the_books_are_to_follow(synced: Cast, ours: int) -> None:
    cast, item = synced, pick(synced)[0]
    product = make_product(cast.owner.actor, "OURS")
    stock(cast, product, ours)
    before = get_balance(actor=cast.owner.actor, product_id=product.id)
    link(cast, product, item.id, Holding.OURS)
    after = get_balance(actor=cast.owner.actor, product_id=product.id)
    assert read_stock(cast, product) == (ours, 0)
    assert abs(after.value - before.value) <= Decimal("0.00001")
    moves = list_moves(actor=cast.owner.actor, wanted=MoveFilter(product_id=product.id)).rows
    assert [move.counterpart for move in moves] == [
        Counterpart.ADJUSTMENT,
        Counterpart.BOOKS,
        Counterpart.OPENING,
    ]
    assert item.quantity_on_hand is not None
    assert moves[0].quantity == -moves[1].quantity == ours - item.quantity_on_hand
    sync(cast)  # what the books have not been told yet is expected there
    assert read_stock(cast, product) == (ours, 0)
    assert list(verify_ledger(actor=cast.owner.actor)) == []


def test_somebody_has_to_say_which_quantity_holds(synced: Cast) -> None:
    cast, item = synced, pick(synced)[0]
    product = make_product(cast.owner.actor, "OURS")
    with pytest.raises(QuantityUndecided) as refusal:
        link(cast, product, item.id, None)
    assert refusal.value.facts == {"ours": 0, "books": item.quantity_on_hand}
    assert get_product(actor=cast.owner.actor, product_id=product.id) == product
    assert list_link_changes(actor=cast.owner.actor, product_id=product.id) == ()
    unstocked = make_product(cast.owner.actor, "HOURS", is_stocked=False)
    assert link(cast, unstocked, item.id, None).accounting_item_id == item.id


def test_in_partsemble_only_mode_a_link_changes_nothing_else(synced: Cast) -> None:
    cast, item = synced, pick(synced)[0]
    set_inventory_mode(actor=cast.owner.actor, mode=InventoryMode.PARTSEMBLE_ONLY)
    product = make_product(cast.owner.actor, "OURS")
    linked = link(cast, product, item.id, None)
    assert linked.terms == product.terms
    assert read_stock(cast, product) == (0, 0)
    assert find_ownership(actor=cast.owner.actor, product=linked).fields == frozenset()


def test_links_move_and_go(synced: Cast) -> None:
    cast, (first, second, *_) = synced, pick(synced)
    product = make_product(cast.owner.actor, "OURS")
    link(cast, product, first.id, Holding.BOOKS)
    link(cast, product, second.id, Holding.BOOKS)
    assert read_stock(cast, product)[0] == second.quantity_on_hand
    other = make_product(cast.owner.actor, "OTHER")
    with pytest.raises(ItemLinked):
        link(cast, other, second.id, Holding.BOOKS)
    unlinked = unlink_product(actor=cast.builder.actor, product_id=product.id)
    assert unlinked.accounting_item_id is None
    assert read_stock(cast, product)[0] == second.quantity_on_hand
    changes = list_link_changes(actor=cast.owner.actor, product_id=product.id)
    assert [(each.from_item_id, each.to_item_id) for each in changes] == [
        (second.id, None),
        (first.id, second.id),
        (None, first.id),
    ]


def test_what_the_books_own_is_not_edited_here(synced: Cast) -> None:
    cast, item = synced, pick(synced)[0]
    product = link(cast, make_product(cast.owner.actor, "OURS"), item.id, Holding.BOOKS)
    edit = {"actor": cast.builder.actor, "product_id": product.id, "revision": product.revision}
    with pytest.raises(OwnedByBooks) as refusal:
        change_product(**edit, terms=replace(product.terms, name="Mine", sku="MINE"))  # type: ignore[arg-type]  # by name
    assert refusal.value.facts == {"fields": "name, sku", "sku": item.sku}
    local = replace(product.terms, reorder_point=Decimal(5), unit="box")
    assert change_product(**edit, terms=local).terms == local  # type: ignore[arg-type]  # by name


def test_a_taken_sku_does_not_follow_and_is_named(synced: Cast) -> None:
    cast, item = synced, pick(synced)[0]
    make_product(cast.owner.actor, item.sku)
    product = link(cast, make_product(cast.owner.actor, "OURS"), item.id, Holding.BOOKS)
    assert product.sku == "OURS"
    ownership = find_ownership(actor=cast.owner.actor, product=product)
    assert ownership.sku_of_books == item.sku
    assert "sku" not in ownership.fields


def test_a_sku_that_became_free_is_taken_over(synced: Cast) -> None:
    cast, item = synced, pick(synced)[0]
    holder = make_product(cast.owner.actor, item.sku)
    product = link(cast, make_product(cast.owner.actor, "OURS"), item.id, Holding.BOOKS)
    asked = {"actor": cast.builder.actor, "product_id": product.id}
    with pytest.raises(SkuTaken) as refusal:
        take_over_sku(**asked)  # type: ignore[arg-type]  # by name
    assert refusal.value.facts == {"sku": item.sku, "product_id": holder.id}
    given_up = replace(holder.terms, sku="FORMER")
    change_product(
        actor=cast.builder.actor, product_id=holder.id, terms=given_up, revision=holder.revision
    )
    with pytest.raises(PermissionMissing):
        take_over_sku(actor=cast.accountant.actor, product_id=product.id)
    followed = take_over_sku(**asked)  # type: ignore[arg-type]  # by name
    assert followed.terms == replace(product.terms, sku=item.sku)
    ownership = find_ownership(actor=cast.owner.actor, product=followed)
    assert ownership.sku_of_books == ""
    assert "sku" in ownership.fields
    assert take_over_sku(**asked) == followed  # type: ignore[arg-type]  # by name; it has it


def test_what_is_there_stays_stocked(cast: Cast) -> None:
    actor = cast.builder.actor
    product = make_product(actor, "BOLT-8")
    unstocked = replace(product.terms, is_stocked=False)
    asked = {"actor": actor, "product_id": product.id, "terms": unstocked, "revision": 1}
    stock(cast, product, 3)
    with pytest.raises(StockRemains) as refusal:
        change_product(**asked)  # type: ignore[arg-type]  # by name
    assert refusal.value.facts == {"sku": "BOLT-8", "on_hand": 3}
    post_entry(actor=cast.owner.actor, draft=draft_sync(product.id, "-5", key="five are gone"))
    with pytest.raises(ShortageRemains) as refused:
        change_product(**asked)  # type: ignore[arg-type]  # by name
    assert refused.value.facts == {"sku": "BOLT-8", "shortage": 2}
    assert get_product(actor=actor, product_id=product.id) == product
    adjust(cast.owner.actor, product.id, "2")
    assert change_product(**asked).terms == unstocked  # type: ignore[arg-type]  # by name
    with pytest.raises(ProductNotStocked):
        adjust(cast.owner.actor, product.id, "1")


def test_items_like_the_product_are_proposed_first(cast: Cast) -> None:
    actor = cast.owner.actor
    store_items(
        actor,
        make_item(1, name="Reed lamp", sku="X-1"),
        make_item(2, name="Other", sku="lamp-1"),
        make_item(3, name="LAMP-1 shade", sku="S"),
        make_item(4, name="Reed lamp, old", sku="LAMP-1", is_active=False),
    )
    product = make_product(actor, "LAMP-1", name="reed lamp")
    found = propose_items(actor=actor, product=product, search="")
    assert [(each.row.external_id, each.likeness) for each in found] == [
        ("2", Likeness.SKU),
        ("1", Likeness.NAME),
        ("3", Likeness.FOUND),
    ]
    searched = propose_items(actor=actor, product=product, search="shade")
    assert [each.row.external_id for each in searched] == ["3"]
    assert propose_items(actor=cast.stranger.actor, product=product, search="") == ()


def test_links_are_refused_to_those_who_may_not_and_across_businesses(cast: Cast) -> None:
    actor = cast.owner.actor
    store_items(actor, make_item(1), make_item(2, is_active=False))
    product = make_product(actor, "OURS")
    rows = list_items(actor=actor, wanted=ItemFilter()).rows
    active, inactive = (row.id for row in sorted(rows, key=lambda row: row.external_id))
    with pytest.raises(PermissionMissing):
        link_product(
            actor=cast.accountant.actor,
            product_id=product.id,
            item_id=active,
            holds=None,
            occurred_on=TODAY,
        )
    with pytest.raises(PermissionMissing):
        unlink_product(actor=cast.accountant.actor, product_id=product.id)
    with pytest.raises(ItemNotLinkable):
        link(cast, product, inactive, None)
    theirs = make_product(cast.stranger.actor, "THEIRS")
    with pytest.raises(ProductNotFound):
        link(cast, theirs, active, None)
    with pytest.raises(ItemNotLinkable):
        link_product(
            actor=cast.stranger.actor,
            product_id=theirs.id,
            item_id=active,
            holds=None,
            occurred_on=TODAY,
        )
