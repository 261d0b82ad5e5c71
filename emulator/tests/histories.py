"""Random histories of a company's books, and what they leave behind."""

from datetime import date
from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from accounting_emulator.books import (
    AccountFields,
    Books,
    Command,
    CreateItem,
    EditItem,
    ItemFields,
    ListName,
    MergeItems,
    Refusal,
    RemoveItem,
    SaveAccount,
    SaveEntry,
    SaveSettings,
    SetQuantity,
)
from accounting_emulator.chart import standard_chart
from accounting_emulator.layers import value_of
from accounting_emulator.people import standard_lists
from accounting_emulator.workshop import furnish

AT, TODAY = 1_790_000_000, "2026-09-21"


def furnished() -> Books:
    books = Books(accounts=standard_chart(created_at=0))
    for name, entry in standard_lists(created_at=0):
        books.lists[name].take(entry=entry)
    books.open_with(items=furnish())
    return books


def find(books: Books, full_name: str) -> int:
    found = books.shelf.find_id_by_name(full_name=full_name)
    assert found is not None
    return found


quantities = st.decimals(-50, 500, places=3)
prices = st.decimals(0, 999, places=5)
names = st.text("abc ", min_size=1, max_size=4)
flags = st.booleans() | st.just(msgspec.UNSET)
days = st.dates(date(2024, 1, 1), date(2026, 12, 31)).map(str)
whens = {"at": st.just(AT), "today": st.just(TODAY)}
accounts = st.sampled_from((1, 20, 33, 34, 35, 48, 79, 80, 81, 82, 91, 92, 93, 94, 12345))
fields = st.builds(
    ItemFields,
    name=names | st.just(msgspec.UNSET),
    active=flags,
    purchase_cost=prices | st.none() | st.just(msgspec.UNSET),
    unit_price=prices | st.none(),
    asset_account=accounts | st.just(msgspec.UNSET),
)
items = st.integers(1, 75)
parents = st.none() | st.sampled_from((1, 2, 5, 6, 65, 66, 67, 70))
lists: st.SearchStrategy[ListName] = st.sampled_from(
    ("Customer", "Vendor", "Employee", "Class", "Department", "Term")
)
entries = st.none() | st.integers(1, 14)
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        CreateItem,
        **whens,
        type=st.sampled_from(("Inventory", "Service", "Category")),
        fields=fields,
        parent_id=parents,
        quantity=quantities,
        started_on=st.none() | days,
    ),
    st.builds(
        EditItem,
        **whens,
        item_id=items,
        fields=fields,
        parent_id=parents | st.just(msgspec.UNSET),
        quantity=quantities | st.none(),
        counted_on=st.none() | days,
        details=st.sampled_from(({}, {"ClassRef": {"value": "1"}}, {"ClassRef": None})),
    ),
    st.builds(SetQuantity, **whens, item_id=items, quantity=quantities, adjust_account=accounts),
    st.builds(MergeItems, **whens, item_id=items, into_id=items, vanishes=st.booleans()),
    st.builds(RemoveItem, **whens, item_id=items),
    st.builds(
        SaveAccount,
        **whens,
        account_id=st.none() | accounts,
        fields=st.builds(
            AccountFields,
            name=names,
            account_sub_type=st.sampled_from(("Inventory", "Checking", msgspec.UNSET)),
            parent_id=st.none() | accounts,
            active=flags,
        ),
        opening_balance=quantities,
        opened_on=st.none() | days,
    ),
    st.builds(
        SaveEntry,
        **whens,
        list=lists,
        entry_id=entries,
        name=names | st.just(msgspec.UNSET),
        parent_id=entries | st.just(msgspec.UNSET),
        active=flags,
        details=st.sampled_from(({}, {"Notes": "x", "BillRate": Decimal("1.50")})),
    ),
    st.builds(
        SaveSettings,
        **whens,
        subject=st.just("Preferences"),
        closed_through=st.none() | days | st.just(msgspec.UNSET),
    ),
)


def worth(books: Books) -> Decimal:
    """What all layers of all items are worth, summed one by one."""
    return sum((value_of(layers=item.layers) for item in books.shelf.items()), Decimal(0))


def snapshot(books: Books) -> object:
    """Everything the books know, so that two of them can be compared."""
    return (
        list(books.shelf.items()),
        {number: books.accounts[number] for number in sorted(books.accounts)},
        {name: dict(kept.rows) for name, kept in books.lists.items()},
        dict(books.settings),
        (books.ledger.closed_through, list(books.entries)),
        {number: amount for number, amount in books.balances.items() if amount},
    )


def play(history: list[Command]) -> tuple[Books, list[Command]]:
    books, accepted = furnished(), []
    for command in history:
        before = snapshot(books)
        try:
            books.execute(command=command)
            accepted.append(command)
        except Refusal:
            assert snapshot(books) == before
    return books, accepted
