"""A person finds items by a piece of name or SKU, whatever the size of the catalogue."""

import gc
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting_emulator.catalogue import generate
from accounting_emulator.finding import MAX_FOUND, ItemFinder, ItemSearch, State
from accounting_emulator.items import ItemShelf
from accounting_emulator.slices import finish
from accounting_emulator.workshop import furnish


def make_shelf(count: int | None = None) -> ItemShelf:
    shelf = ItemShelf()
    for item in furnish() if count is None else generate(count=count, seed=3):
        shelf.put(item=item)
    return shelf


WORKSHOP = make_shelf()
PIECES = sorted({piece for head in WORKSHOP.heads() for piece in (head.name[1:5], head.name[-3:])})


@given(
    text=st.sampled_from(["", "LAMP", "größe", "ø", "مصباح", "'", "%", "lf-", ":", *PIECES]),
    kind=st.sampled_from(["", "Inventory", "NonInventory", "Service", "Category", "Group"]),
    state=st.sampled_from(["all", "active", "inactive"]),
)
def test_it_finds_what_looking_at_every_item_finds(text: str, kind: str, state: State) -> None:
    expected = [
        head.id
        for head in sorted(WORKSHOP.heads(), key=lambda head: head.full_name.casefold())
        if (text.lower() in head.full_name.lower() or text.lower() in (head.sku or "").lower())
        and kind in ("", head.type)
        and (state == "all" or head.active == (state == "active"))
    ]
    search = ItemSearch(text=text, type=kind, state=state)
    found = finish(ItemFinder(shelf=WORKSHOP).find(search=search))
    assert list(found.ids) == expected
    assert (found.order, found.is_capped) == ("name", False)


def test_a_change_is_found_at_once() -> None:
    shelf = make_shelf()
    finder, search = ItemFinder(shelf=shelf), ItemSearch(text="zither")
    assert len(finish(finder.find(search=search)).ids) == 0
    item = shelf.find(item_id=9)
    assert item is not None
    shelf.put(item=msgspec.structs.replace(item, name="Zither", full_name="Zither"))
    assert list(finish(finder.find(search=search)).ids) == [9]
    assert finish(finder.find(search=search)) is finish(finder.find(search=search))


@pytest.fixture(scope="module")
def large() -> ItemFinder:
    return ItemFinder(shelf=make_shelf(100_000))


@pytest.mark.parametrize(
    ("search", "milliseconds"),
    [
        (ItemSearch(), 40),
        (ItemSearch(state="active"), 40),
        (ItemSearch(text="no such thing anywhere"), 300),
        (ItemSearch(text="a"), 400),
        (ItemSearch(type="Category"), 300),
    ],
)
def test_a_hundred_thousand_items_are_searched_in_an_instant(
    large: ItemFinder, search: ItemSearch, milliseconds: int
) -> None:
    gc.collect()
    gc.freeze()  # as the server does before it serves: what other tests keep is not looked through
    started = time.process_time()
    found = finish(large.find(search=search))
    spent = (time.process_time() - started) * 1000
    gc.unfreeze()
    assert spent < milliseconds
    assert found.is_capped == (search.text == "a")
    assert found.order == ("id" if search.is_whole else "name")
    assert len(found.ids) <= (100_000 if search.is_whole else MAX_FOUND)
