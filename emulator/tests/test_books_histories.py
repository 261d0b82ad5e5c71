"""The books after any history: balanced, complete, and the same again when replayed."""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from accounting_emulator.books import Books, Command, CreateItem, MergeItems, RemoveItem
from accounting_emulator.books.name_lists import PEOPLE
from accounting_emulator.journal import Journal, Record, read_records
from accounting_emulator.profile import Founding
from accounting_emulator.slices import finish
from accounting_emulator.trial import trial_balance
from histories import commands, play, snapshot, worth


def held_in_stock(books: Books) -> Decimal:
    """What the ledger says lies in the accounts that items keep their stock in."""
    return sum((books.balances[number] for number in stock_accounts(books)), Decimal(0))


def stock_accounts(books: Books) -> set[int]:
    """The accounts of what is counted; a service may name one too, of any kind."""
    items = books.shelf.items()
    return {item.asset_account for item in items if item.is_tracked and item.asset_account}


def lost_id(command: Command) -> int | None:
    """The item that nobody knows any more."""
    match command:
        case RemoveItem(item_id=number) | MergeItems(item_id=number, vanishes=True):
            return number
        case _:
            return None


@settings(max_examples=120, deadline=None)
@given(st.lists(commands, max_size=30))
def test_no_history_unbalances_the_books_or_loses_an_id(history: list[Command]) -> None:
    books, accepted = play(history)
    trial = trial_balance(books=books)
    assert trial.is_balanced
    assert all(sum(line.amount for line in entry.lines) == 0 for entry in books.entries)
    made = sum(isinstance(command, CreateItem) for command in accepted)
    gone = {lost_id(command) for command in accepted} - {None}
    ids = [head.id for head in books.shelf.heads()]
    assert ids == [number for number in range(1, 65 + made) if number not in gone]
    assert len(books.shelf) == len(ids)
    assert books.shelf.next_id == 65 + made
    assert ids == list(finish(books.shelf.ids(active=None)))
    full_names = [head.full_name.casefold() for head in books.shelf.heads()]
    assert len(set(full_names)) == len(full_names)
    chart = [account.full_name.casefold() for account in books.accounts.values()]
    assert len(set(chart)) == len(chart)
    people = [row for name in PEOPLE for row in books.lists[name].rows.values()]
    assert sorted(row.id for row in people) == list(range(1, len(people) + 1))
    assert len({row.name.casefold() for row in people}) == len(people)


@settings(max_examples=60, deadline=None)
@given(st.lists(commands, max_size=30))
def test_the_stock_accounts_hold_what_the_layers_are_worth(history: list[Command]) -> None:
    opened_in_stock = Decimal(0)
    books, accepted = play(history)
    for entry in books.entries:
        if entry.memo in ("Opening balance", "Account made inactive"):
            number = entry.lines[0 if entry.memo == "Opening balance" else 1].account
            if number in stock_accounts(books):
                opened_in_stock += sum(row.amount for row in entry.lines if row.account == number)
    assert held_in_stock(books) == worth(books) + opened_in_stock
    assert worth(books) == books.shelf.value
    assert len(accepted) <= len(history)


@settings(max_examples=60, deadline=None)
@given(st.lists(commands, max_size=30))
def test_replaying_the_accepted_commands_gives_the_same_books(history: list[Command]) -> None:
    books, accepted = play(history)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal"
        journal = Journal(path=path, founding=Founding(company="x", seed=0, items=None))
        for command in accepted:
            journal.append(record=Record(realm_id="1", books=(command,)))
        journal.close()
        kept = [command for record in read_records(path=path) for command in record.books]
    again, all_of_them = play(kept)
    assert all_of_them == accepted
    assert snapshot(again) == snapshot(books)
