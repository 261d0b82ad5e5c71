"""Searches among many items: in slices, mended after edits, and nobody waits for them."""

import asyncio
import gc
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from itertools import batched
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting_emulator import sorting
from accounting_emulator.catalogue import generate
from accounting_emulator.finding import ItemFinder, ItemSearch
from accounting_emulator.items import ItemShelf
from accounting_emulator.objects import entities
from accounting_emulator.objects.item_searches import ItemSearches
from accounting_emulator.query import parse_query
from accounting_emulator.search import Reading, Sieve
from accounting_emulator.slices import Work, finish
from accounting_emulator.turns import LongWork
from conftest import Running, running

READING = Reading(zone=UTC)
STATEMENTS = (
    "select * from Item",
    "select * from Item where Active in (true, false) orderby Type desc, Name",
    "select * from Item where Active = false orderby UnitPrice desc",
    "select * from Item where Name like '%a%' orderby MetaData.LastUpdatedTime desc, Id desc",
    "select * from Item where Active in (true, false) orderby Id",
    "select * from Item orderby Id",
    "select * from Item where Active = false orderby Id",
    "select * from Item where Id in ('3', '99', '7') orderby Name",
    "select * from Item where MetaData.LastUpdatedTime >= '2024-06-01' orderby Id",
)


def make_shelf(count: int = 300) -> ItemShelf:
    shelf = ItemShelf()
    for item in generate(count=count, seed=3):
        shelf.put(item=item)
    return shelf


def plainly(shelf: ItemShelf, statement: str) -> list[int]:
    """What looking at every item and the standard sort give."""
    query = parse_query(statement=statement)
    sieve = Sieve(entity=entities.ITEM, query=query, reading=READING)
    rows = [sieve.key(head) for head in shelf.heads() if sieve.wants(head)]
    for place, descends in reversed(list(enumerate(sieve.descends, 1))):
        rows.sort(key=itemgetter(place), reverse=descends)
    return [row[0] for row in rows]


edits = st.tuples(
    st.integers(1, 305), st.sampled_from("aZö"), st.booleans(), st.integers(0, 4), st.booleans()
)


@settings(max_examples=60, deadline=None)
@given(rounds=st.lists(st.lists(edits, max_size=8), max_size=4))
def test_what_was_found_is_mended_after_edits(rounds: list[list[Any]]) -> None:
    shelf = make_shelf()
    searches = ItemSearches(shelf=shelf)
    at = max(head.updated_at for head in shelf.heads())
    for changes in ([], *rounds):
        for number, letter, active, price, touches in changes:
            item = shelf.find(item_id=min(number, len(shelf)))
            assert item is not None
            new = {"id": min(number, shelf.next_id), "name": letter, "active": active,
                   "unit_price": price or None,
                   "updated_at": at + price if touches else item.updated_at}  # fmt: skip
            shelf.put(item=msgspec.structs.replace(item, **new))
        for statement in STATEMENTS:
            found = finish(searches.select(query=parse_query(statement=statement), reading=READING))
            assert list(found) == plainly(shelf, statement), statement


def test_edits_during_a_search_are_in_what_it_finds() -> None:
    shelf, draw = make_shelf(3_000), random.Random(5)  # noqa: S311 # for a test
    for statement in STATEMENTS:
        searches, query = ItemSearches(shelf=shelf), parse_query(statement=statement)
        work = searches.select(query=query, reading=READING)
        found: list[int] = []

        def search(work: Work[Sequence[int]] = work, found: list[int] = found) -> Work[None]:
            found += yield from work

        for _ in search():
            item = shelf.find(item_id=draw.randrange(1, 3_000))
            assert item is not None
            name = draw.choice("abcxyz") * 3
            shelf.put(item=msgspec.structs.replace(item, name=name, active=draw.random() < 0.5))
        assert found == plainly(shelf, statement), statement


def test_after_too_many_edits_it_searches_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounting_emulator.items.MAX_REMEMBERED", 3)
    shelf = make_shelf()
    searches = ItemSearches(shelf=shelf)
    query = parse_query(statement=STATEMENTS[0])
    finish(searches.select(query=query, reading=READING))
    for number in range(1, 9):
        item = shelf.find(item_id=number)
        assert item is not None
        shelf.put(item=msgspec.structs.replace(item, name="Same"))
    assert shelf.changed_since(revision=shelf.revision - 4) is None
    assert list(finish(searches.select(query=query, reading=READING))) == plainly(
        shelf, STATEMENTS[0]
    )


def test_names_that_change_while_the_index_is_made_are_found() -> None:
    shelf = make_shelf(2_000)
    work = shelf.index_names()
    next(work)
    for number, name in ((5, "Fresh"), (1_900, "Late"), (6, "Fresh too")):
        item = shelf.find(item_id=number)
        assert item is not None
        shelf.put(item=msgspec.structs.replace(item, name=name, full_name=name))
        assert (item.id, item.full_name) == (number, item.full_name)
    finish(work)
    assert shelf.find_id_by_name(full_name="fresh") == 5
    assert shelf.find_id_by_name(full_name="LATE") == 1_900
    assert shelf.find_id_by_name(full_name="fresh too") == 6
    for head in generate(count=2_000, seed=3):
        expected = None if head.id in (5, 6, 1_900) else head.id
        assert shelf.find_id_by_name(full_name=head.full_name) == expected


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 60)), max_size=200),
    descends=st.sampled_from([(), (True,), (False, True), (True, False)]),
)
def test_sorting_in_boxes_is_sorting(
    values: list[tuple[int, int]], descends: tuple[bool, ...]
) -> None:
    expected = [(number, *pair) for number, pair in enumerate(values)]
    before, sorting.CHUNK = sorting.CHUNK, 5
    try:
        chunks: sorting.Chunks = [list(chunk) for chunk in batched(expected, 5)]
        ordered = finish(sorting.sort_rows(chunks=chunks, descends=descends))
    finally:
        sorting.CHUNK = before
    for place, is_descending in reversed(list(enumerate(descends, 1))):
        expected.sort(key=itemgetter(place), reverse=is_descending)
    assert [row for chunk in ordered for row in chunk] == expected


def test_work_that_many_wait_for_is_done_once_and_in_slices() -> None:
    begun = []

    def work() -> Work[int]:
        begun.append(1)
        for _ in range(40):
            time.sleep(0.001)
            yield
        return 7

    async def wait_for_it() -> tuple[list[int], int]:
        long, turns = LongWork(), 0

        async def ask() -> int:
            return await long.carry_out(key="it", make=work)

        waiting = asyncio.gather(*(ask() for _ in range(5)))
        while not waiting.done():
            await asyncio.sleep(0)
            turns += 1
        return await waiting, turns

    answers, turns = asyncio.run(wait_for_it())
    assert (answers, len(begun)) == ([7] * 5, 1)
    assert turns > 5, "others had their turn"


@pytest.fixture(scope="module")
def large() -> ItemShelf:
    return make_shelf(60_000)


def longest_step(work: Work[Any]) -> float:
    """Milliseconds on a processor, which a busy machine hardly stretches."""
    longest, is_over = 0.0, False
    gc.collect()
    gc.freeze()  # as the server does before it serves
    while not is_over:
        began = time.process_time()
        is_over = next(work, "over") == "over"
        longest = max(longest, time.process_time() - began)
    gc.unfreeze()
    return longest * 1_000


@pytest.mark.parametrize("statement", STATEMENTS)
def test_no_step_of_a_search_is_long(large: ItemShelf, statement: str) -> None:
    searches, query = ItemSearches(shelf=large), parse_query(statement=statement)
    assert longest_step(searches.select(query=query, reading=READING)) < 25
    item = large.find(item_id=77)
    assert item is not None
    large.put(item=item)
    assert longest_step(searches.select(query=query, reading=READING)) < 25, "one was edited"


@pytest.mark.parametrize("search", [ItemSearch(text="zzz"), ItemSearch(state="active")])
def test_no_step_of_a_person_s_search_is_long(large: ItemShelf, search: ItemSearch) -> None:
    assert longest_step(ItemFinder(shelf=large).find(search=search)) < 25


def test_no_step_of_indexing_names_is_long() -> None:
    assert longest_step(make_shelf(20_000).index_names()) < 25


def test_others_are_served_while_names_are_sorted(tmp_path: Path) -> None:
    is_over, served = threading.Event(), []

    def read_meanwhile(server: Running) -> None:
        with httpx2.Client(headers=server.headers()) as client:
            address = f"{server.ready['base_url']}/v3/company/{server.ready['realm_id']}/account/81"
            while not is_over.is_set():
                served.append(client.get(address).status_code)

    with running(tmp_path, "--items", "60000") as server, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_meanwhile, server)
        while len(served) < 3:
            time.sleep(0.01)
        before = len(served)
        assert server.query("select * from Item").status_code == 200
        meanwhile = len(served) - before
        is_over.set()
        reading.result()
    assert set(served) == {200}
    assert meanwhile >= 5
