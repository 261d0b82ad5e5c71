"""Two items turn out to be one: stock, value, bundles, and what clients see of it."""

import pytest

from accounting_emulator.books import MergeItems, Refusal, SetQuantity
from accounting_emulator.layers import value_of
from accounting_emulator.trial import trial_balance
from conftest import Running
from histories import AT, TODAY, find, furnished, worth

OAK = "Parts:Wood & Metal:Oak base 20 cm"
WALNUT = "Parts:Wood & Metal:Walnut base 20 cm"


def merge(item_id: int, into_id: int) -> MergeItems:
    return MergeItems(at=AT, today=TODAY, item_id=item_id, into_id=into_id)


def test_the_item_that_stays_takes_the_stock_over_layer_by_layer() -> None:
    books = furnished()
    oak, walnut = find(books, OAK), find(books, WALNUT)
    layers = [books.get_item(item_id=number).layers for number in (oak, walnut)]
    before = dict(books.balances)
    (event,) = books.execute(command=merge(walnut, oak))
    assert (event.operation, event.id, event.deleted_id) == ("Merge", oak, walnut)
    kept, lost = books.get_item(item_id=oak), books.get_item(item_id=walnut)
    assert kept.layers == (*layers[0], *layers[1])
    assert (lost.active, lost.layers, lost.name) == (False, (), "Walnut base 20 cm (deleted)")
    assert dict(books.balances) == before, "the value stays in the same account"


def test_stock_that_was_owed_is_covered_at_its_true_cost() -> None:
    books = furnished()
    oak, walnut = find(books, OAK), find(books, WALNUT)
    books.execute(command=SetQuantity(at=AT, today=TODAY, item_id=walnut, quantity=-5))  # type: ignore[arg-type] # whole numbers will do
    books.execute(command=merge(walnut, oak))
    kept = books.get_item(item_id=oak)
    assert kept.on_hand == 95
    assert kept.layers[0].quantity == 35
    trial = trial_balance(books=books)
    assert trial.is_balanced
    assert books.balances[81] == trial.inventory_value == worth(books)
    assert value_of(layers=kept.layers) == 35 * kept.layers[0].value / 35 + kept.layers[1].value


def test_bundles_name_the_item_that_stays() -> None:
    books = furnished()
    heron = find(books, 'Lamps:Table:Table lamp "Heron"')
    walnut = find(books, 'Lamps:Table:Table lamp "Heron", walnut')
    bundle = find(books, "Heron gift set")
    books.execute(command=merge(heron, walnut))
    members = [line.item_id for line in books.get_item(item_id=bundle).group_lines]
    assert heron not in members
    assert members[0] == walnut


@pytest.mark.parametrize(
    ("lost", "kept"),
    [
        (OAK, OAK),
        (OAK, "Rewiring"),
        ("Parts:Shades", "Parts:Electrical"),
        ("Lantern, old pattern (deleted)", OAK),
        ("Heron gift set", "Reed ring, fitted"),
    ],
)
def test_what_is_not_alike_cannot_be_one(lost: str, kept: str) -> None:
    books = furnished()
    with pytest.raises(Refusal, match="merged"):
        books.execute(command=merge(find(books, lost), find(books, kept)))


def test_an_item_is_merged_between_two_pages_of_a_reading(emulator: Running) -> None:
    command = {"path": "items/20/merge", "body": {"into": "40"}}
    fault = {"kind": "commands", "path": "/query", "after": 1, "commands": [command]}
    emulator.control("POST", "faults", fault)
    statement = "select * from Item orderby Id startposition {} maxresults 30"
    pages = [emulator.rows(statement.format(start)) for start in (1, 31, 61)]
    before = next(item for item in pages[0] if item["Id"] == "20")
    after = next(item for item in pages[1] if item["Id"] == "40")
    lost = emulator.read("item/20").json()["Item"]
    assert after["QtyOnHand"] == before["QtyOnHand"] + emulator.control("GET", "items/40")[
        "layers"][0]["quantity"]  # fmt: skip
    assert (lost["Active"], lost["QtyOnHand"]) == (False, 0)
    ids = [item["Id"] for page in pages for item in page]
    assert "31" not in ids, "it moved up to a page that was already read"
    assert emulator.control("GET", "trial-balance")["is_balanced"]
