"""How a product's stock went, as the picture on its page needs it (PROD-2)."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from tests.support.cast import Cast
from tests.support.databases import counted_queries
from tests.support.products import make_product
from tests.support.stock import TODAY, adjust, draft_sync

from partsemble.database.bulk import insert_rows
from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.kernel.errors import PermissionMissing
from partsemble.stock.models import StockEntry, StockMove
from partsemble.stock.queries import course as queries
from partsemble.stock.queries.as_of import DayFilter, list_stock_as_of
from partsemble.stock.queries.course import Course, read_course
from partsemble.stock.services.posting import post_entries
from partsemble.stock.types import Counterpart, EntryDraft, EntryKind, Line

pytestmark = pytest.mark.django_db

MOST = 5 * queries.STRETCHES


def tell(course: Course) -> list[str]:
    return [
        f"{each.day:%-d %b} {each.on_hand:f} {each.value:f} {each.shortage:f}".replace(
            ".000000", ""
        )
        for each in course.evenings
    ]


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_nothing_that_moved_is_no_course(cast: Cast) -> None:
    product = make_product(cast.owner.actor, "BOLT-8")
    course = read_course(actor=cast.owner.actor, product_id=product.id)
    assert course == Course(evenings=(), day_count=0)


def test_moves_of_a_day_are_one_evening(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt, nut = make_product(actor, "BOLT-8"), make_product(actor, "NUT-8")
    adjust(actor, bolt.id, "100", at="5")
    adjust(actor, bolt.id, "-40")
    adjust(actor, nut.id, "7")
    adjust(actor, bolt.id, "50", at="6", occurred_on=on(3))
    course = read_course(actor=cast.accountant.actor, product_id=bolt.id)
    assert tell(course) == ["9 Mar 60 300 0", "12 Mar 110 600 0"]
    assert course.day_count == 2
    assert [each.unit_cost for each in course.evenings] == [Decimal(5), Decimal("5.454545")]


def test_a_shortage_is_a_level_below_zero(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8")
    adjust(actor, bolt.id, "4")
    post_entries(actor=actor, drafts=[draft_sync(bolt.id, "-10", key="short")])
    (evening,) = read_course(actor=actor, product_id=bolt.id).evenings
    assert [evening.on_hand, evening.value, evening.level] == [Decimal(0), Decimal(0), Decimal(-6)]
    assert evening.unit_cost is None
    adjust(actor, bolt.id, "16", at="2", occurred_on=on(1))
    assert tell(read_course(actor=actor, product_id=bolt.id)) == ["9 Mar 0 0 6", "10 Mar 10 20 0"]


def test_another_value_without_a_quantity_is_another_cost(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8")
    adjust(actor, bolt.id, "10", at="5")
    line = Line(bolt.id, Counterpart.BOOKS, Decimal(0), Decimal(20))
    draft = EntryDraft(kind=EntryKind.SYNC_COST, occurred_on=on(1), key="cost", lines=(line,))
    post_entries(actor=actor, drafts=[draft])
    evenings = read_course(actor=actor, product_id=bolt.id).evenings
    assert [each.on_hand for each in evenings] == [Decimal(10), Decimal(10)]
    assert [each.unit_cost for each in evenings] == [Decimal(5), Decimal(7)]


def test_what_is_posted_late_changes_the_past_as_it_does_for_stock_as_of(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8")
    adjust(actor, bolt.id, "10", occurred_on=on(5))
    adjust(actor, bolt.id, "3", occurred_on=on(2))
    course = read_course(actor=actor, product_id=bolt.id)
    assert tell(course) == ["11 Mar 3 15 0", "14 Mar 13 65 0"]
    for each in course.evenings:
        (row,) = list_stock_as_of(actor=actor, wanted=DayFilter(day=each.day)).rows
        assert (row.quantity, row.value) == (each.on_hand, each.value)


def test_only_those_who_may_see_stock_see_it_and_only_their_own(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8")
    adjust(actor, bolt.id, "10")
    blind = type(actor)(actor.business_id, actor.user_id, actor.label, frozenset())
    with pytest.raises(PermissionMissing):
        read_course(actor=blind, product_id=bolt.id)
    assert read_course(actor=cast.stranger.actor, product_id=bolt.id).evenings == ()


def test_many_days_are_thinned_out_and_none_that_stands_out_is_lost(cast: Cast) -> None:
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8")
    days = 2_000
    quantities = [3 if day % 2 else -2 for day in range(days)]
    quantities[0] = 5_000
    quantities[1_234], quantities[1_235] = -4_000, 4_000
    fill(cast, bolt.id, quantities)
    with counted_queries() as count:
        course = read_course(actor=actor, product_id=bolt.id)
    assert count() == 1
    assert course.day_count == days
    assert queries.STRETCHES <= len(course.evenings) <= MOST
    levels, found = 0, {}
    for day, quantity in enumerate(quantities):
        levels += quantity
        found[on(day)] = levels
    assert all(each.on_hand == found[each.day] for each in course.evenings)
    assert on(1_234) in {each.day for each in course.evenings}
    assert course.evenings[-1].day == on(days - 1)
    assert course.evenings[0].on_hand in {5_000, found[on(1)]}


def test_ten_thousand_moves_are_one_question_and_some_hundred_points(cast: Cast) -> None:
    bolt = make_product(cast.owner.actor, "BOLT-8")
    fill(cast, bolt.id, [1] * 10_000, a_day=10)
    with counted_queries() as count:
        course = read_course(actor=cast.owner.actor, product_id=bolt.id)
    assert count() == 1
    assert len(course.evenings) <= MOST
    assert course.day_count == 1_000
    assert course.evenings[-1].on_hand == 10_000


def fill(cast: Cast, product_id: UUID, quantities: list[int], *, a_day: int = 1) -> None:
    """Write moves at a value of 1 each, as many a day, past the services: they would take long."""
    business_id, now = cast.owner.business.id, read_database_clock()
    entries, moves, on_hand = [], [], Decimal(0)
    for place, quantity in enumerate(map(Decimal, quantities)):
        number, entry_id, day = place + 1, new_id(), on(place // a_day)
        on_hand += quantity
        entries.append(
            (entry_id, business_id, number, "sync", day, now, "", "", f"{number}", "", "", "", 1)
        )
        moves.append(
            (
                *(new_id(), business_id, entry_id, number, 1, "sync", day, product_id, "books"),
                *(quantity, quantity, Decimal(0), on_hand, on_hand, Decimal(0)),
            )
        )
    with business_scope(business_id), transaction.atomic():
        for first in range(0, len(moves), 2_000):
            part = slice(first, first + 2_000)
            insert_rows(model=StockEntry, columns=_ENTRY, rows=entries[part])
            insert_rows(model=StockMove, columns=_MOVE, rows=moves[part])


_ENTRY = (
    *("id", "business_id", "number", "kind", "occurred_on", "recorded_at"),
    *("actor_label", "source_kind", "key", "fingerprint", "reason", "notes", "move_count"),
)
_MOVE = (
    *("id", "business_id", "entry_id", "number", "position", "kind", "occurred_on", "product_id"),
    *("counterpart", "quantity", "value", "shortage"),
    *("on_hand_after", "value_after", "shortage_after"),
)
