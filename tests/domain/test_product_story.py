"""What happened to a product: who changed which field, what was linked, what moved (PROD-2)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from tests.support.cast import Cast
from tests.support.databases import counted_queries
from tests.support.products import make_product
from tests.support.stock import TODAY, adjust

from partsemble.catalog.queries import get_product
from partsemble.catalog.rules import KEPT_LENGTH
from partsemble.catalog.services import (
    edit_product,
    follow_items,
    hold_products,
    prepare_products,
    set_product_active,
)
from partsemble.catalog.types import LinkedChange, ProductType, ProductView, ProductWrite
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.identity.types import ActivityView
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import PermissionMissing
from partsemble.kernel.ids import ProductId
from partsemble.stock.queries.story import (
    Story,
    StoryLine,
    StoryPlace,
    ToldMove,
    read_story,
)
from partsemble.stock.services.adjusting import reverse_entry

pytestmark = pytest.mark.django_db


def read(cast: Cast, product: ProductView, *, limit: int = 50) -> Story:
    return read_story(actor=cast.accountant.actor, product_id=product.id, limit=limit)


def name(story: Story) -> list[str]:
    """Each line by its verb or kind; links as such."""
    return [
        each.verb
        if isinstance(each, ActivityView)
        else f"{each.kind} {each.at.number}"
        if isinstance(each, ToldMove)
        else "link"
        for each in story.lines
    ]


def edit(actor: Actor, product: ProductView, **terms: object) -> ProductView:
    known = get_product(actor=actor, product_id=product.id)
    said = replace(known.terms, **terms)  # type: ignore[arg-type]  # fields by name
    return edit_product(actor=actor, product_id=product.id, terms=said, revision=known.revision)


def test_it_tells_all_of_a_product_and_nothing_of_others(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt, nut = make_product(actor, "BOLT-8"), make_product(actor, "NUT-8")
    edit(actor, bolt, name="Hexagon bolt")
    adjust(actor, nut.id, "3")
    posted = adjust(actor, bolt.id, "5")
    reverse_entry(actor=actor, entry_id=posted.id, occurred_on=TODAY)
    known = get_product(actor=actor, product_id=bolt.id)
    set_product_active(actor=actor, product_id=bolt.id, is_active=False, revision=known.revision)
    story = read(cast, bolt)
    assert sorted(name(story)) == [
        "adjustment 2",
        "created",
        "deactivated",
        "edited",
        "reversal 3",
    ]
    assert {each.actor_label for each in story.lines} == {"Olivia Owner"}
    assert story.next_place is None
    assert read_story(actor=cast.stranger.actor, product_id=bolt.id, limit=9).lines == ()


def test_an_edit_names_each_field_before_and_after(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8", unit_cost=Decimal("1.50"))
    edit(
        actor,
        bolt,
        name="Hexagon bolt",
        type=ProductType.RAW_MATERIAL,
        unit_cost=Decimal("2.250"),
        selling_price=Decimal(100),
        is_stocked=False,
        description="x" * 1_000,
    )
    (line,) = (each for each in read(cast, bolt).lines if name(Story((each,), None)) == ["edited"])
    assert isinstance(line, ActivityView)
    assert [tuple(each) for each in line.changes] == [
        ("name", "Thing BOLT-8", "Hexagon bolt"),
        ("type", "component", "raw_material"),
        ("is_stocked", "yes", "no"),
        ("description", "", "x" * (KEPT_LENGTH - 1) + "…"),
        ("unit_cost", "1.5", "2.25"),
        ("selling_price", "", "100"),
    ]


def test_what_followed_the_books_names_its_fields_and_says_who(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt, nut = make_product(actor, "BOLT-8"), make_product(actor, "NUT-8")
    sync = Actor(actor.business_id, None, "A sync", frozenset())
    changes = [
        LinkedChange(bolt, replace(bolt.terms, name="Bolt of the books"), is_item_active=False),
        LinkedChange(nut, nut.terms, is_item_active=True),
    ]
    with business_scope(actor.business_id), transaction.atomic():
        follow_items(actor=sync, changes=changes)
    line = next(
        each
        for each in read(cast, bolt).lines
        if isinstance(each, ActivityView) and each.verb == "followed"
    )
    assert line.actor_label == "A sync"
    assert [tuple(each) for each in line.changes] == [
        ("name", "Thing BOLT-8", "Bolt of the books"),
        ("is_item_active", "yes", "no"),
    ]
    assert name(read(cast, nut)) == ["created"]  # nothing of it became otherwise


def test_what_was_written_from_a_file_names_its_fields(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt, fresh = make_product(actor, "BOLT-8"), ProductId(new_id())
    writes = [
        ProductWrite(
            bolt.id, replace(bolt.terms, name="Bolt of a file"), is_active=False, revision=1
        ),
        ProductWrite(fresh, replace(bolt.terms, sku="NUT-8"), is_active=True),
    ]
    statements = prepare_products(actor=actor, writes=writes)
    with business_scope(actor.business_id), transaction.atomic():
        hold_products(actor=actor, revisions={bolt.id: 1})
        for each in statements:
            each.execute()
    lines = read(cast, bolt).lines
    assert sorted(name(Story(lines, None))) == ["created", "filed"]
    told = [tuple(one) for each in lines if isinstance(each, ActivityView) for one in each.changes]
    assert told == [("name", "Thing BOLT-8", "Bolt of a file"), ("is_active", "yes", "no")]
    assert name(read(cast, get_product(actor=actor, product_id=fresh))) == ["filed"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_put_together_are_the_whole(cast: Cast, limit: int) -> None:
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8")
    for number in range(5):
        edit(actor, bolt, name=f"Bolt {number}")
        adjust(actor, bolt.id, "5")
    whole = read(cast, bolt).lines
    assert len(whole) == 11
    found: list[StoryLine] = []
    place = StoryPlace(None, None)
    while True:
        page = read_story(actor=actor, product_id=bolt.id, place=place, limit=limit)
        assert 0 < len(page.lines) <= limit
        found += page.lines
        if page.next_place is None:
            break
        place = page.next_place
    assert tuple(found) == whole


def test_a_page_is_three_questions_however_much_there_is(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8")
    for _ in range(12):
        adjust(actor, bolt.id, "5")
    with counted_queries() as count:
        read(cast, bolt, limit=10)
    assert count() == 3


def test_it_takes_the_permission_to_see_stock(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8")
    blind = Actor(actor.business_id, actor.user_id, actor.label, frozenset())
    with pytest.raises(PermissionMissing):
        read_story(actor=blind, product_id=bolt.id, limit=5)
