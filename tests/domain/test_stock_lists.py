"""Reading the ledger: stock transactions, entries, and stock as of a past day (PROD-2, STOCK-4)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.support.cast import Cast
from tests.support.databases import counted_queries
from tests.support.products import make_product
from tests.support.stock import TODAY, adjust, draft_sync, read_stock

from partsemble.database.ids import new_id
from partsemble.kernel.errors import PermissionMissing
from partsemble.kernel.ids import ProductId
from partsemble.stock.errors import EntryNotFound
from partsemble.stock.queries import as_of as as_of_queries
from partsemble.stock.queries import entries
from partsemble.stock.queries.as_of import (
    DayFilter,
    list_stock_as_of,
    sum_value_as_of,
)
from partsemble.stock.queries.balances import get_stock_value
from partsemble.stock.queries.entries import (
    MoveFilter,
    get_entry,
    has_entry,
    list_entries_before,
    list_entries_of_source,
    list_moves,
    read_number,
)
from partsemble.stock.queries.low import count_low_products
from partsemble.stock.services.adjusting import reverse_entry
from partsemble.stock.services.posting import post_entries
from partsemble.stock.types import EntryKind, Source

pytestmark = pytest.mark.django_db


def numbers(cast: Cast, wanted: MoveFilter) -> list[int]:
    return [each.at.number for each in list_moves(actor=cast.owner.actor, wanted=wanted).rows]


@pytest.fixture
def shop(cast: Cast) -> dict[str, ProductId]:
    """Two products with a short history."""
    actor = cast.owner.actor
    bolt = make_product(actor, "BOLT-8", name="Hexagon bolt")
    nut = make_product(actor, "NUT-8", name="Hexagon nut")
    adjust(actor, bolt.id, "100", at="0.10")
    adjust(actor, nut.id, "50", at="0.05")
    adjust(actor, bolt.id, "-30")
    post_entries(actor=actor, drafts=[draft_sync(nut.id, "-60", key="sync")])
    return {"bolt": bolt.id, "nut": nut.id}


def test_all_stock_transactions_are_listed_newest_first(
    cast: Cast, shop: dict[str, ProductId]
) -> None:
    rows = list_moves(actor=cast.accountant.actor, wanted=MoveFilter()).rows
    assert [each.at.number for each in rows] == [4, 3, 2, 1]
    assert [f"{each.on_hand_after:.0f}" for each in rows] == ["0", "70", "50", "100"]
    assert (rows[0].sku, rows[0].product_name, rows[0].unit) == ("NUT-8", "Hexagon nut", "pcs")
    assert f"{rows[0].quantity:.0f} {rows[0].shortage:.0f} {rows[0].value}" == "-50 10 -2.500000"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (MoveFilter(kind=EntryKind.SYNC), [4]),
        (MoveFilter(search="bolt"), [3, 1]),
        (MoveFilter(search="HEXAGON nut"), [4, 2]),
        (MoveFilter(search="hexagon", kind=EntryKind.ADJUSTMENT), [3, 2, 1]),
        (MoveFilter(search="#3"), [3]),
        (MoveFilter(search="no such thing"), []),
        (MoveFilter(search="99"), []),
        (MoveFilter(search="\0"), [4, 3, 2, 1]),
    ],
)
@pytest.mark.parametrize("few", [100, 0])
def test_they_are_searched_and_filtered(
    cast: Cast,
    shop: dict[str, ProductId],
    monkeypatch: pytest.MonkeyPatch,
    wanted: MoveFilter,
    found: list[int],
    few: int,
) -> None:
    monkeypatch.setattr(entries, "FEW_PRODUCTS", few)
    assert numbers(cast, wanted) == found


def test_pages_follow_each_other_at_any_depth(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "PAGE_SIZE", 3)
    actor = cast.owner.actor
    bolt, nut = make_product(actor, "BOLT-8"), make_product(actor, "NUT-8")
    for _ in range(4):
        adjust(actor, bolt.id, "1")
        adjust(actor, nut.id, "1")
    for wanted in (MoveFilter(), MoveFilter(search="thing"), MoveFilter(search="bolt")):
        seen: list[int] = []
        before = None
        while True:
            page = list_moves(
                actor=actor,
                wanted=MoveFilter(search=wanted.search, before=before),
            )
            seen += [each.at.number for each in page.rows]
            before = page.next_before
            if before is None:
                break
        assert seen == ([7, 5, 3, 1] if wanted.search == "bolt" else list(range(8, 0, -1)))


def test_a_search_looks_at_a_stretch_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "FEW_PRODUCTS", 0)
    monkeypatch.setattr(entries, "STRETCH", 2)
    actor = cast.owner.actor
    bolt, nut = make_product(actor, "BOLT-8"), make_product(actor, "NUT-8")
    adjust(actor, bolt.id, "1")
    for _ in range(4):
        adjust(actor, nut.id, "1")
    seen, stretches, before = [], 0, None
    while True:
        page = list_moves(actor=actor, wanted=MoveFilter(search="bolt", before=before))
        seen += [each.at.number for each in page.rows]
        stretches += page.is_stretch_over
        before = page.next_before
        if before is None:
            break
    assert (seen, stretches) == ([1], 2)


def test_an_entry_is_shown_with_what_took_it_back(cast: Cast, shop: dict[str, ProductId]) -> None:
    actor = cast.owner.actor
    mistake = adjust(actor, shop["bolt"], "5")
    reversal = reverse_entry(actor=actor, entry_id=mistake.id, occurred_on=TODAY, notes="Typo")
    shown = get_entry(actor=cast.accountant.actor, entry_id=mistake.id)
    assert (shown.number, shown.reversed_by, shown.reversed_by_number) == (5, reversal.id, 6)
    back = get_entry(actor=actor, entry_id=reversal.id)
    assert (back.reverses, back.reverses_number, back.notes) == (mistake.id, 5, "Typo")
    assert [f"{each.quantity:.0f}" for each in (*shown.moves, *back.moves)] == ["5", "-5"]
    with pytest.raises(EntryNotFound):
        get_entry(actor=cast.stranger.actor, entry_id=mistake.id)


def test_entries_are_listed_for_programs(cast: Cast, shop: dict[str, ProductId]) -> None:
    actor = cast.owner.actor
    first = list_entries_before(actor=actor, before=None, limit=3)
    assert [each.number for each in first] == [4, 3, 2]
    assert [each.number for each in list_entries_before(actor=actor, before=2, limit=3)] == [1]
    bolts = list_entries_before(actor=actor, before=None, limit=9, product_id=shop["bolt"])
    assert [each.number for each in bolts] == [3, 1]
    syncs = list_entries_before(actor=actor, before=None, limit=9, kind=EntryKind.SYNC)
    assert [each.number for each in syncs] == [4]
    assert list_entries_before(actor=cast.stranger.actor, before=None, limit=9) == ()


def test_a_run_finds_its_entries(cast: Cast) -> None:
    actor = cast.owner.actor
    run = Source("item_sync", new_id())
    ids = [make_product(actor, f"BOLT-{size}").id for size in (8, 9)]
    drafts = [draft_sync(each, "5", key=str(each), value="1") for each in ids]
    post_entries(actor=actor, drafts=[replace(each, source=run) for each in drafts])
    found = list_entries_of_source(actor=actor, source_id=run.id, limit=50)
    assert [each.number for each in found] == [1, 2]
    assert {each.source for each in found} == {run}


def test_lists_cost_the_same_for_ten_and_for_twenty(cast: Cast) -> None:
    actor = cast.owner.actor
    counts = []
    for size in (10, 20):
        for number in range(10):
            adjust(actor, make_product(actor, f"BOLT-{size}-{number}").id, "1")
        with counted_queries() as count:
            list_moves(actor=actor, wanted=MoveFilter())
            list_entries_before(actor=actor, before=None, limit=50)
            list_stock_as_of(actor=actor, wanted=DayFilter(day=TODAY))
            counts.append(count())
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" #12 ", 12), ("No. 1,200", 1200), ("²", None), ("x", None), ("9" * 19, None)],
)
def test_numbers_are_read_as_people_write_them(text: str, number: int | None) -> None:
    assert read_number(text=text) == number


# ── Stock as of a past day ───────────────────────────────────────────────────────────────────


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.fixture
def year(cast: Cast) -> Cast:
    """A history of a few days: two products, one of them used up."""
    actor = cast.owner.actor
    bolt, nut = make_product(actor, "bolt-8"), make_product(actor, "NUT-8", name="Nut")
    adjust(actor, nut.id, "10", at="1", occurred_on=day(0))
    adjust(actor, bolt.id, "100", at="5", occurred_on=day(1))
    adjust(actor, bolt.id, "50", at="6", occurred_on=day(3))
    adjust(actor, bolt.id, "-150", occurred_on=day(5))
    return cast


def as_of(cast: Cast, number: int, **wanted: object) -> list[str]:
    chosen = DayFilter(day=day(number), **wanted)  # type: ignore[arg-type]  # fields by name
    found = list_stock_as_of(actor=cast.accountant.actor, wanted=chosen)
    assert found.next_after is None
    return [f"{each.sku} {each.quantity:.0f} {each.value:.0f}" for each in found.rows]


def test_stock_is_told_for_any_day(year: Cast) -> None:
    assert as_of(year, -1) == []
    assert as_of(year, 0) == ["NUT-8 10 10"]
    assert as_of(year, 2) == ["bolt-8 100 500", "NUT-8 10 10"]
    assert as_of(year, 3) == ["bolt-8 150 800", "NUT-8 10 10"]
    assert as_of(year, 400) == ["NUT-8 10 10"]
    assert as_of(year, 400, with_empty=True) == ["bolt-8 0 0", "NUT-8 10 10"]
    assert as_of(year, 3, search="nut") == ["NUT-8 10 10"]
    values = [sum_value_as_of(actor=year.owner.actor, day=day(each)) for each in (-1, 0, 2, 3, 9)]
    assert values == [Decimal(each) for each in (0, 10, 510, 810, 10)]
    row = list_stock_as_of(actor=year.owner.actor, wanted=DayFilter(day=day(3))).rows[0]
    assert row.unit_cost == Decimal("5.333333")


def test_a_business_without_stock_is_worth_nothing(cast: Cast) -> None:
    assert sum_value_as_of(actor=cast.owner.actor, day=TODAY) == 0
    assert as_of(cast, 0) == []


def test_what_all_of_it_is_worth_leaves_the_columns_of_one(cast: Cast) -> None:
    """Ten products worth nearly a million millions each are more millionths than fit 64 bits."""
    actor = cast.owner.actor
    for number in range(11):
        product = make_product(actor, f"GOLD-{number}")
        day = TODAY - timedelta(days=2 if number < 10 else 0)
        adjust(actor, product.id, "999999999", at="999.900001", occurred_on=day)
    one = 999_999_999 * Decimal("999.900001")
    assert get_stock_value(actor=actor) == 11 * one
    assert sum_value_as_of(actor=actor, day=TODAY) == 11 * one
    assert sum_value_as_of(actor=actor, day=TODAY - timedelta(days=1)) == 10 * one
    assert sum_value_as_of(actor=actor, day=TODAY - timedelta(days=3)) == 0


@pytest.mark.parametrize(("chunk", "stretch"), [(200, 5000), (1, 1), (1, 2), (2, 2)])
def test_parts_follow_each_other(
    year: Cast, monkeypatch: pytest.MonkeyPatch, chunk: int, stretch: int
) -> None:
    monkeypatch.setattr(as_of_queries, "CHUNK", chunk)
    monkeypatch.setattr(as_of_queries, "STRETCH", stretch)
    for number, all_of_it in ((3, ["bolt-8", "NUT-8"]), (0, ["NUT-8"]), (-1, [])):
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            wanted = DayFilter(day=day(number), after=after)
            part = list_stock_as_of(actor=year.owner.actor, wanted=wanted, limit=1)
            seen += [each.sku for each in part.rows]
            after = part.next_after
        assert seen == all_of_it


def test_nobody_reads_it_without_permission(year: Cast) -> None:
    nobody = replace(year.owner.actor, permissions=frozenset())
    for ask in (
        lambda: list_moves(actor=nobody, wanted=MoveFilter()),
        lambda: get_entry(actor=nobody, entry_id=new_id()),
        lambda: list_entries_before(actor=nobody, before=None, limit=1),
        lambda: list_stock_as_of(actor=nobody, wanted=DayFilter(day=TODAY)),
        lambda: sum_value_as_of(actor=nobody, day=TODAY),
        lambda: get_stock_value(actor=nobody),
        lambda: has_entry(actor=nobody, kind=EntryKind.ADJUSTMENT),
        lambda: count_low_products(actor=nobody),
        lambda: read_stock(nobody, new_id()),
    ):
        with pytest.raises(PermissionMissing):
            ask()
