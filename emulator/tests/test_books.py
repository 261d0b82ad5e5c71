"""The books: balanced after any history, and the same again when replayed."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting_emulator.books import (
    Books,
    Command,
    CreateItem,
    EditItem,
    ItemFields,
    MergeItems,
    Refusal,
    SetQuantity,
)
from accounting_emulator.chart import INVENTORY_ASSET, standard_chart
from accounting_emulator.trial import trial_balance
from accounting_emulator.workshop import furnish

AT, TODAY = 1_790_000_000, "2026-09-21"


def furnished() -> Books:
    books = Books(accounts=standard_chart(created_at=0))
    books.open_with(items=furnish())
    return books


def edit(item_id: int, fields: ItemFields) -> EditItem:
    return EditItem(at=AT, today=TODAY, item_id=item_id, fields=fields)


def find(books: Books, full_name: str) -> int:
    found = books.shelf.find_id_by_name(full_name=full_name)
    assert found is not None
    return found


HERON = 'Lamps:Table:Table lamp "Heron"'
quantities = st.decimals(-50, 500, places=3)
prices = st.decimals(0, 999, places=5)
names = st.text("abc ", min_size=1, max_size=4)
fields = st.builds(
    ItemFields,
    name=names | st.just(msgspec.UNSET),
    active=st.booleans() | st.just(msgspec.UNSET),
    purchase_cost=prices | st.none() | st.just(msgspec.UNSET),
    unit_price=prices | st.none(),
)
items = st.integers(1, 75)
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        CreateItem,
        at=st.just(AT),
        today=st.just(TODAY),
        type=st.sampled_from(("Inventory", "Service", "Category")),
        fields=fields,
        parent_id=st.none() | items,
        quantity=quantities,
    ),
    st.builds(EditItem, at=st.just(AT), today=st.just(TODAY), item_id=items, fields=fields),
    st.builds(
        SetQuantity,
        at=st.just(AT),
        today=st.just(TODAY),
        item_id=items,
        quantity=quantities,
        adjust_account=st.sampled_from((91, 80, 34, 81, 12345)),
    ),
    st.builds(MergeItems, at=st.just(AT), today=st.just(TODAY), item_id=items, into_id=items),
)


def play(history: list[Command]) -> tuple[Books, list[Command]]:
    books, accepted = furnished(), []
    for command in history:
        before = dict(books.balances)
        try:
            books.execute(command=command)
            accepted.append(command)
        except Refusal:
            assert dict(books.balances) == before
    return books, accepted


@settings(max_examples=60, deadline=None)
@given(st.lists(commands, max_size=25))
def test_no_history_unbalances_the_books_or_loses_an_item(history: list[Command]) -> None:
    books, accepted = play(history)
    trial = trial_balance(books=books)
    assert trial.is_balanced
    assert all(sum(line.amount for line in entry.lines) == 0 for entry in books.entries)
    assert books.balances[INVENTORY_ASSET] == trial.inventory_value
    made = sum(isinstance(command, CreateItem) for command in accepted)
    assert [head.id for head in books.shelf.heads()] == list(range(1, 65 + made))
    full_names = [head.full_name.casefold() for head in books.shelf.heads()]
    assert len(set(full_names)) == len(full_names)


@settings(max_examples=30, deadline=None)
@given(st.lists(commands, max_size=25))
def test_replaying_the_accepted_commands_gives_the_same_books(history: list[Command]) -> None:
    books, accepted = play(history)
    written = [msgspec.json.encode(command) for command in accepted]
    again, all_of_them = play([msgspec.json.decode(line, type=Command) for line in written])
    assert all_of_them == accepted
    assert list(again.shelf.items()) == list(books.shelf.items())
    assert again.entries == books.entries


def test_an_inventory_item_opens_against_opening_balance_equity() -> None:
    books = furnished()
    before = books.balances[INVENTORY_ASSET]
    made = CreateItem(
        at=AT,
        today=TODAY,
        type="Inventory",
        fields=ItemFields(name="Ferrule", purchase_cost=Decimal("0.335")),
        quantity=Decimal(3),
    )
    (event,) = books.execute(command=made)
    assert books.balances[INVENTORY_ASSET] - before == Decimal("1.01")
    assert books.entries[-1].memo == "Opening stock"
    assert books.get_item(item_id=event.id).on_hand == 3


def test_deactivating_renames_empties_and_frees_the_name() -> None:
    books = furnished()
    heron = find(books, HERON)
    books.execute(command=edit(heron, ItemFields(active=False)))
    item = books.get_item(item_id=heron)
    assert item.name == 'Table lamp "Heron" (deleted)'
    assert item.on_hand == 0
    other = find(books, "Lamps:Table:Table lamp Wren")
    books.execute(command=edit(other, ItemFields(name='Table lamp "Heron"')))
    books.execute(command=edit(other, ItemFields(active=False)))
    assert books.get_item(item_id=other).name == 'Table lamp "Heron" (deleted 1)'
    books.execute(command=edit(heron, ItemFields(active=True)))
    assert books.get_item(item_id=heron).name == 'Table lamp "Heron" (deleted)'
    assert trial_balance(books=books).is_balanced


def test_deactivating_twice_changes_nothing() -> None:
    books = furnished()
    heron = find(books, HERON)
    books.execute(command=edit(heron, ItemFields(active=False)))
    before = books.get_item(item_id=heron)
    assert books.execute(command=edit(heron, ItemFields(active=False))) == ()
    assert books.get_item(item_id=heron) == before


def test_renaming_a_category_renames_what_is_below_it() -> None:
    books = furnished()
    books.execute(command=edit(find(books, "Lamps"), ItemFields(name="Lights")))
    item = books.get_item(item_id=find(books, 'Lights:Table:Table lamp "Heron"'))
    assert item.sync_token == books.get_item(item_id=item.id).sync_token
    assert books.shelf.find_id_by_name(full_name=HERON) is None


@pytest.mark.parametrize(
    ("fields", "obstacle"),
    [
        (ItemFields(name="Table lamp Wren"), "duplicate_name"),
        (ItemFields(name="a:b"), "bad_name"),
        (ItemFields(name="a\tb"), "bad_name"),
        (ItemFields(name="x" * 101), "too_long"),
        (ItemFields(name="  "), "missing"),
    ],
)
def test_bad_names_are_refused(fields: ItemFields, obstacle: str) -> None:
    books = furnished()
    with pytest.raises(Refusal) as refused:
        books.execute(command=edit(find(books, HERON), fields))
    assert refused.value.obstacle == obstacle


def test_a_category_cannot_be_made_inactive() -> None:
    books = furnished()
    with pytest.raises(Refusal):
        books.execute(command=edit(find(books, "Lamps"), ItemFields(active=False)))


def test_an_adjustment_against_the_asset_account_is_refused() -> None:
    books = furnished()
    with pytest.raises(Refusal, match="must be different than the inventory asset"):
        books.execute(
            command=SetQuantity(
                at=AT,
                today=TODAY,
                item_id=find(books, HERON),
                quantity=Decimal(1),
                adjust_account=INVENTORY_ASSET,
            )
        )
