"""The ledger: posting, adjusting, taking back, and what it refuses (STOCK-1 to STOCK-3)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from tests.support.cast import Cast
from tests.support.products import make_product
from tests.support.stock import TODAY, adjust, audit, draft_sync, read_stock

from partsemble.catalog.errors import ProductNotFound
from partsemble.costing.errors import QuantityTooLarge, UnitCostTooLarge, ValueTooLarge
from partsemble.costing.holding import EMPTY
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import InvalidInput, PermissionMissing
from partsemble.kernel.ids import ProductId
from partsemble.stock.errors import (
    EntryNotFound,
    NotEnoughStock,
    PostingKeyReused,
    ProductNotStocked,
)
from partsemble.stock.models import StockEntry, StockMove
from partsemble.stock.queries.balances import find_balances, get_balance, sum_stock_value
from partsemble.stock.queries.effects import (
    find_built_products,
    get_last_number,
    sum_effects,
)
from partsemble.stock.services.adjusting import (
    adjust_stock,
    post_opening,
    reverse_entry,
)
from partsemble.stock.services.posting import (
    PERMISSIONS,
    hold_balances,
    post_entries,
    post_entry,
    post_first_entries,
)
from partsemble.stock.types import (
    Adjustment,
    AdjustmentReason,
    Counterpart,
    EntryDraft,
    EntryKind,
    Line,
    Source,
)

pytestmark = pytest.mark.django_db


def count_entries(cast: Cast) -> int:
    with business_scope(cast.owner.business.id):
        return StockEntry.objects.count()


def test_the_average_moves_with_what_arrives(cast: Cast) -> None:
    actor = cast.builder.actor
    product = make_product(cast.owner.actor, "BOLT-8")
    adjust(actor, product.id, "100", at="5")
    adjust(actor, product.id, "50", at="6")
    balance = get_balance(actor=actor, product_id=product.id)
    assert read_stock(actor, product.id) == ("150", "800")
    assert balance.unit_cost == Decimal("5.333333")
    adjust(actor, product.id, "-70")
    assert read_stock(actor, product.id) == ("80", "426.666667")
    adjust(actor, product.id, "-80")
    emptied = get_balance(actor=actor, product_id=product.id)
    assert (emptied.holding, emptied.unit_cost) == (EMPTY, None)
    assert emptied.last_unit_cost == Decimal("5.333333")
    audit(actor)


def test_entries_are_numbered_without_gaps_and_told_in_the_activity_log(cast: Cast) -> None:
    actor = cast.builder.actor
    product = make_product(cast.owner.actor, "BOLT-8")
    with pytest.raises(NotEnoughStock):
        adjust(actor, product.id, "-1")
    numbers = [adjust(actor, product.id, "1").number for _ in range(3)]
    assert numbers == [1, 2, 3]
    told = list_activity(actor=actor)[0]
    assert (told.actor_label, told.verb, told.subject) == ("Bela Builder", "adjusted", "product")
    with business_scope(actor.business_id):
        entry = StockEntry.objects.get(number=3)
    assert (entry.kind, entry.reason, entry.occurred_on) == ("adjustment", "count", TODAY)
    assert (entry.actor_label, entry.user_id) == ("Bela Builder", cast.builder.user.id)


def test_another_business_has_numbers_and_stock_of_its_own(cast: Cast) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    theirs = make_product(cast.stranger.actor, "BOLT-8")
    adjust(cast.owner.actor, product.id, "5")
    assert adjust(cast.stranger.actor, theirs.id, "7").number == 1
    with pytest.raises(ProductNotFound):
        adjust(cast.stranger.actor, product.id, "1")
    assert find_balances(actor=cast.stranger.actor, product_ids=[product.id]) == {}
    assert read_stock(cast.owner.actor, product.id) == ("5", "25")


@pytest.mark.parametrize("person", ["accountant", "stranger"])
def test_only_who_may_adjust_does(cast: Cast, person: str) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    entry = adjust(cast.owner.actor, product.id, "5")
    actor = getattr(cast, person).actor
    is_stranger = person == "stranger"
    with pytest.raises(ProductNotFound if is_stranger else PermissionMissing):
        adjust(actor, product.id, "5")
    with pytest.raises(EntryNotFound if is_stranger else PermissionMissing):
        reverse_entry(actor=actor, entry_id=entry.id, occurred_on=TODAY)


def test_each_kind_that_is_posted_takes_its_permission(cast: Cast) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    nobody = replace(cast.owner.actor, permissions=frozenset())
    for kind in PERMISSIONS:
        draft = replace(draft_sync(product.id, "1", key="k", value="1"), kind=kind)
        with pytest.raises(PermissionMissing):
            post_entry(actor=nobody, draft=draft)
    may_sync = replace(cast.owner.actor, permissions=PERMISSIONS[EntryKind.SYNC])
    assert post_entry(actor=may_sync, draft=draft_sync(product.id, "1", key="k", value="1")).is_new


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal(-3)}, "quantity"),
        ({"quantity": Decimal("0.0000001")}, "quantity"),
        ({"quantity": Decimal("1E-999999999")}, "quantity"),
        ({"unit_cost": None}, "unit_cost"),
        ({"unit_cost": Decimal(-1)}, "unit_cost"),
        ({"unit_cost": Decimal("1.0000001")}, "unit_cost"),
        ({"reason": AdjustmentReason.LOSS}, "reason"),
        ({"reason": AdjustmentReason.RECEIVED, "is_addition": False}, "reason"),
        ({"notes": "x" * 1001}, "notes"),
    ],
)
def test_what_can_not_be_adjusted_is_said(
    cast: Cast, values: dict[str, object], field: str
) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    sound = Adjustment(
        product_id=product.id,
        is_addition=True,
        quantity=Decimal(1),
        reason=AdjustmentReason.COUNT,
        unit_cost=Decimal(1),
    )
    with pytest.raises(InvalidInput) as refused:
        adjust_stock(
            actor=cast.owner.actor,
            adjustment=replace(sound, **values),  # type: ignore[arg-type]  # fields by name
            occurred_on=TODAY,
            key="k",
        )
    assert refused.value.facts["field"] == field
    assert count_entries(cast) == 0


@pytest.mark.parametrize(
    ("quantity", "at", "refusal"),
    [
        ("1000000000", "0", QuantityTooLarge),
        ("1E+300", "0", QuantityTooLarge),
        ("1", "NaN", UnitCostTooLarge),
        ("1", "1000000000", UnitCostTooLarge),
        ("999999999", "999999999", ValueTooLarge),
    ],
)
def test_numbers_have_limits(cast: Cast, quantity: str, at: str, refusal: type[Exception]) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    with pytest.raises(refusal):
        adjust(cast.owner.actor, product.id, quantity, at=at)
    adjust(cast.owner.actor, product.id, "999999999", at="0")
    with pytest.raises(QuantityTooLarge):
        adjust(cast.owner.actor, product.id, "1", at="0")


def test_nobody_takes_what_is_not_there(cast: Cast) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    adjust(cast.owner.actor, product.id, "3")
    with pytest.raises(NotEnoughStock) as refused:
        adjust(cast.owner.actor, product.id, "-3.5")
    facts = refused.value.facts
    assert (facts["sku"], facts["on_hand"], facts["wanted"]) == ("BOLT-8", 3, Decimal("3.5"))
    assert count_entries(cast) == 1


def test_what_is_not_stocked_does_not_move(cast: Cast) -> None:
    product = make_product(cast.owner.actor, "COATING", is_stocked=False)
    with pytest.raises(ProductNotStocked):
        adjust(cast.owner.actor, product.id, "3")


def test_the_same_event_is_posted_once(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    first = adjust(actor, product.id, "3", key="delivery 7")
    tomorrow = TODAY + timedelta(days=1)
    again = adjust(actor, product.id, "3.00", key="delivery 7", occurred_on=tomorrow)
    assert (again.id, again.number, again.is_new) == (first.id, first.number, False)
    with pytest.raises(PostingKeyReused):
        adjust(actor, product.id, "4", key="delivery 7")
    assert read_stock(actor, product.id) == ("3", "15")
    assert len([each for each in list_activity(actor=actor) if each.verb == "adjusted"]) == 1


def test_many_events_are_posted_together_or_not_at_all(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt, nut = make_product(actor, "BOLT-8"), make_product(actor, "NUT-8")
    drafts = [
        draft_sync(bolt.id, "5", key="a", value="10"),
        draft_sync(bolt.id, "-2", key="b"),
        draft_sync(nut.id, "1", key="c", value="4"),
        draft_sync(bolt.id, "5", key="a", value="10"),
    ]
    posted = post_entries(actor=actor, drafts=drafts)
    assert [each.number for each in posted] == [1, 2, 3, 1]
    assert read_stock(actor, bolt.id) == ("3", "6")
    again = post_entries(actor=actor, drafts=drafts[:3])
    assert [each.is_new for each in again] == [False] * 3
    with pytest.raises(PostingKeyReused):
        post_entries(actor=actor, drafts=[drafts[0], replace(drafts[1], key="a")])
    with pytest.raises(ProductNotFound):
        post_entries(
            actor=actor,
            drafts=[
                draft_sync(nut.id, "1", key="d", value="4"),
                draft_sync(ProductId(new_id()), "1", key="e", value="4"),
            ],
        )
    assert count_entries(cast) == 3
    audit(actor)


def test_an_entry_carries_where_it_comes_from(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    run = Source("item_sync", new_id())
    draft = replace(draft_sync(product.id, "5", key="a", value="10"), source=run)
    post_entry(actor=actor, draft=draft)
    with business_scope(actor.business_id):
        entry = StockEntry.objects.get()
    assert (entry.source_kind, entry.source_id) == run


def read_effects(actor: Actor, product_id: ProductId, *, after: int) -> dict[str, Decimal]:
    found = sum_effects(business_id=actor.business_id, after={product_id: after})
    return {each.counterpart.value: each.quantity for each in found.get(product_id, [])}


def test_a_ledger_without_entries_has_no_effects(cast: Cast) -> None:
    with business_scope(cast.owner.business.id):
        assert sum_effects(business_id=cast.owner.business.id, after={}) == {}
        assert not sum_stock_value()
        assert not get_last_number()


def test_what_the_books_call_negative_stays_short_until_something_arrives(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    adjust(actor, product.id, "4", at="2.50")
    post_entry(actor=actor, draft=draft_sync(product.id, "-10", key="a"))
    short = get_balance(actor=actor, product_id=product.id)
    assert (short.holding, short.shortage) == (EMPTY, Decimal(6))
    adjust(actor, product.id, "2", at="3")
    still = get_balance(actor=actor, product_id=product.id)
    assert (still.holding, still.shortage) == (EMPTY, Decimal(4))
    adjust(actor, product.id, "10", at="3")
    filled = get_balance(actor=actor, product_id=product.id)
    assert read_stock(actor, product.id) == ("6", "18")
    assert not filled.shortage
    with business_scope(actor.business_id):
        fills = StockMove.objects.filter(kind=EntryKind.FILL).order_by("number")
        assert [
            f"{each.quantity:.0f} {each.shortage:.0f} {each.counterpart}" for each in fills
        ] == [
            "-2 -2 books",
            "-4 -4 books",
        ]
        # What was bought here is unknown to the books; what filled the shortage is not.
        assert read_effects(actor, product.id, after=0) == {"adjustment": 16, "books": -10}
        assert read_effects(actor, product.id, after=1) == {"adjustment": 12, "books": -10}
        assert read_effects(actor, product.id, after=get_last_number()) == {}
    audit(actor)


def test_a_cost_can_change_without_a_quantity(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    adjust(actor, product.id, "10", at="2")
    line = Line(product.id, Counterpart.BOOKS, Decimal(0), Decimal("5.5"))
    draft = EntryDraft(kind=EntryKind.SYNC_COST, occurred_on=TODAY, key="cost", lines=(line,))
    post_entry(actor=actor, draft=draft)
    assert read_stock(actor, product.id) == ("10", "25.5")
    audit(actor)


def test_balances_are_held_before_deciding(cast: Cast) -> None:
    actor = cast.owner.actor
    product = make_product(actor, "BOLT-8")
    adjust(actor, product.id, "10", at="2")
    with business_scope(actor.business_id):
        held = hold_balances(actor=actor, product_ids=[product.id])[product.id]
        wanted = 7 - held.on_hand
        post_entry(actor=actor, draft=draft_sync(product.id, f"{wanted}", key="a"))
    assert read_stock(actor, product.id) == ("7", "14")


def test_an_opening_is_posted_for_a_product_that_comes_with_stock(cast: Cast) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    posted = post_opening(
        actor=cast.accountant.actor,
        product_id=product.id,
        quantity=Decimal("12.5"),
        unit_cost=Decimal("0.4"),
        occurred_on=TODAY,
        key="opening",
    )
    assert posted.is_new
    assert read_stock(cast.owner.actor, product.id) == ("12.5", "5")
    with business_scope(cast.owner.business.id):
        assert read_effects(cast.owner.actor, product.id, after=0) == {"opening": Decimal("12.5")}
        assert sum_stock_value() == 5
        assert not find_built_products(product_ids=[product.id])


def test_with_what_products_begin_is_posted_once(cast: Cast) -> None:
    actor = cast.owner.actor
    new, moved = make_product(actor, "NEW"), make_product(actor, "MOVED")
    adjust(actor, moved.id, "1", at="5")
    drafts = [
        EntryDraft(
            kind=EntryKind.OPENING,
            occurred_on=TODAY,
            key=f"opening:{product.id}",
            lines=(Line(product.id, Counterpart.OPENING, Decimal(3), Decimal(12)),),
        )
        for product in (new, moved)
    ]
    skus = {new.id: "NEW", moved.id: "MOVED"}
    before = count_entries(cast)
    with pytest.raises(IntegrityError):
        post_first_entries(actor=actor, drafts=drafts, skus=skus)
    assert (count_entries(cast), read_stock(actor, new.id)) == (before, ("0", "0"))
    (posted,) = post_first_entries(actor=actor, drafts=drafts[:1], skus=skus)
    assert posted.is_new
    assert read_stock(actor, new.id) == ("3", "12")
    with pytest.raises((IntegrityError, PostingKeyReused)):
        post_first_entries(actor=actor, drafts=drafts[:1], skus=skus)
    assert post_entries(actor=actor, drafts=drafts[:1])[0].number == posted.number
    audit(actor)
