"""The books: what items, stock and names do, in examples."""

from decimal import Decimal

import pytest

from accounting_emulator.books import CreateItem, EditItem, ItemFields, Refusal, SetQuantity
from accounting_emulator.chart import INVENTORY_ASSET
from accounting_emulator.trial import trial_balance
from histories import AT, TODAY, find, furnished

HERON = 'Lamps:Table:Table lamp "Heron"'


def edit(item_id: int, fields: ItemFields) -> EditItem:
    return EditItem(at=AT, today=TODAY, item_id=item_id, fields=fields)


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
