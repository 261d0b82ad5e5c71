"""One company: its profile, its books, and the tables its readers see."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import msgspec

from accounting_emulator import chart
from accounting_emulator.books import Books, Command, Event
from accounting_emulator.catalogue import generate
from accounting_emulator.changes import ChangeTimes
from accounting_emulator.finding import ItemFinder
from accounting_emulator.items import Item
from accounting_emulator.objects import entities
from accounting_emulator.objects.item_table import ItemTable
from accounting_emulator.objects.tables import AccountTable, ListTable, SingleTable, Table
from accounting_emulator.people import standard_lists
from accounting_emulator.profile import CompanyProfile, Founding
from accounting_emulator.query import Query
from accounting_emulator.search import Reading
from accounting_emulator.slices import Work
from accounting_emulator.switches import Switches
from accounting_emulator.workshop import FOUNDED, furnish


class Company:
    """Everything that belongs to one realm id."""

    def __init__(
        self, *, profile: CompanyProfile, books: Books, get_switches: Callable[[], Switches]
    ) -> None:
        self.profile = profile
        self.books = books
        self.zone = ZoneInfo(profile.time_zone)
        self._get_switches = get_switches
        self.tables = self._make_tables()
        self.changes = ChangeTimes()
        self.finder = ItemFinder(shelf=books.shelf)

    def _make_tables(self) -> dict[str, Table]:
        books, profile, zone = self.books, self.profile, self.zone
        singles = (entities.COMPANY_INFO, entities.PREFERENCES)
        tables: tuple[Table, ...] = (
            ItemTable(books=books, zone=zone),
            AccountTable(books=books, profile=profile, zone=zone),
            *(ListTable(name=n, books=books, profile=profile, zone=zone) for n in books.lists),
            *(SingleTable(entity=e, books=books, profile=profile, zone=zone) for e in singles),
        )
        return {table.entity.name.lower(): table for table in tables}

    def execute(self, *, command: Command) -> tuple[Event, ...]:
        """Carry a command out on the books and forget what it made stale.

        Raises:
            Refusal: the books do not allow it.
        """
        events = self.books.execute(command=command)
        for table in self.tables.values():
            table.forget(events=events)
        self.changes.note(events=events, at=command.at)
        return events

    def search(self, *, table: Table, query: Query) -> Work[Sequence[int]]:
        """List the ids of the rows of a table that a query wants, in its order.

        Raises:
            QueryInvalid: the query names a property that cannot be used so.
        """
        switches = self._get_switches()
        reading = Reading(
            zone=self.zone,
            is_case_sensitive=switches.text_comparison == "exact",
            empty_is_missing=switches.empty_text_finds == "missing",
        )
        return table.select(query=query, reading=reading)


def found_company(
    *, profile: CompanyProfile, founding: Founding, get_switches: Callable[[], Switches]
) -> Company:
    """Make the company that a founding describes: always the same for the same words."""
    founded_at = int(FOUNDED.timestamp())
    books = Books(accounts=chart.standard_chart(created_at=founded_at))
    for name, entry in standard_lists(created_at=founded_at):
        books.lists[name].take(entry=entry)
    if founding.items is None:
        items = furnish()
    else:
        items = generate(count=founding.items, seed=founding.seed)
    books.open_with(items=items if profile.has_stock else map(_uncounted, items))
    return Company(profile=profile, books=books, get_switches=get_switches)


def _uncounted(item: Item) -> Item:
    """Keep an item as a plan without stock keeps it."""
    if item.type != "Inventory":
        return item
    return msgspec.structs.replace(
        item,
        type="NonInventory",
        layers=(),
        asset_account=None,
        expense_account=chart.SUPPLIES,
        started_on=None,
        reorder_point=None,
    )
