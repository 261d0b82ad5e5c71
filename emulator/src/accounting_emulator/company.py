"""One company: its books, its profile, and the bytes and orders kept ready for its readers.

Rendered items and the results of recent searches are cached, because clients page through the
same order a thousand rows at a time; a change of the books makes the affected ones stale.
"""

from array import array
from collections import OrderedDict
from collections.abc import Callable
from zoneinfo import ZoneInfo

import msgspec

from accounting_emulator import chart
from accounting_emulator.books import Books, Command, Event
from accounting_emulator.catalogue import generate
from accounting_emulator.items import Item
from accounting_emulator.profile import CompanyProfile, Founding
from accounting_emulator.qbo import entities, wire
from accounting_emulator.query import Query
from accounting_emulator.search import Reading, mentions, select_ids
from accounting_emulator.switches import Switches
from accounting_emulator.workshop import FOUNDED, furnish

MAX_CACHED_ITEMS = 150_000
MAX_CACHED_SEARCHES = 16


class Company:
    """Everything that belongs to one realm id."""

    def __init__(
        self, *, profile: CompanyProfile, books: Books, get_switches: Callable[[], Switches]
    ) -> None:
        self.profile = profile
        self.books = books
        self.zone = ZoneInfo(profile.time_zone)
        self._get_switches = get_switches
        self._wire = wire.ItemWire(books=books, zone=self.zone)
        self._rendered: dict[int, bytes] = {}
        self._found: OrderedDict[tuple[object, ...], array[int]] = OrderedDict()

    def execute(self, *, command: Command) -> tuple[Event, ...]:
        """Carry a command out on the books and forget what it made stale.

        Raises:
            Refusal: the books do not allow it.
        """
        events = self.books.execute(command=command)
        if any(event.entity != "Item" for event in events):
            self._rendered.clear()
        for event in events:
            self._rendered.pop(event.id, None)
            if self.books.shelf.has_children(item_id=event.id):
                self._rendered.clear()
        return events

    def find_items(self, *, query: Query) -> array[int]:
        """List the ids of the items a query wants, in its order.

        Raises:
            QueryInvalid: the query names a property that cannot be used so.
        """
        switches, shelf = self._get_switches(), self.books.shelf
        reading = Reading(zone=self.zone, is_case_sensitive=switches.text_comparison == "exact")
        key = (shelf.revision, reading.is_case_sensitive, query.conditions, query.orders)
        found = self._found.get(key)
        if found is None:
            found = self._search(query, reading)
            self._found[key] = found
            if len(self._found) > MAX_CACHED_SEARCHES:
                self._found.popitem(last=False)
        self._found.move_to_end(key)
        return found

    def _search(self, query: Query, reading: Reading) -> array[int]:
        orders = [(order.field.lower(), order.is_descending) for order in query.orders]
        if orders == [("id", False)] and all(
            condition.field.lower() == "active" for condition in query.conditions
        ):
            return self._by_id(query)
        named = entities.named_ids(conditions=query.conditions)
        shelf = self.books.shelf
        rows = shelf.heads() if named is None else shelf.heads_of(ids=named)
        return select_ids(entity=entities.ITEM, rows=rows, query=query, reading=reading)

    def _by_id(self, query: Query) -> array[int]:
        """Answer the commonest search, all or all active items by id, from the flags alone."""
        shelf = self.books.shelf
        if not mentions(query=query, field="Active"):
            return shelf.ids(active=True)
        wanted = {True, False}
        for condition in query.conditions:
            wanted &= entities.wanted_flags(condition=condition)
        if len(wanted) == 2:
            return shelf.ids(active=None)
        return shelf.ids(active=wanted.pop()) if wanted else array("q")

    def render_items(self, *, ids: array[int]) -> list[bytes]:
        """Give items as they go over the wire, in JSON."""
        rendered, answer = self._rendered, []
        if len(rendered) > MAX_CACHED_ITEMS:
            rendered.clear()
        for number in ids:
            body = rendered.get(number)
            if body is None:
                item = self.books.get_item(item_id=number)
                body = self._wire.render(item=item)
                if item.type != "Group":  # it names other items: their changes would age it
                    rendered[number] = body
            answer.append(body)
        return answer


def found_company(
    *, profile: CompanyProfile, founding: Founding, get_switches: Callable[[], Switches]
) -> Company:
    """Make the company that a founding describes: always the same for the same words."""
    books = Books(accounts=chart.standard_chart(created_at=int(FOUNDED.timestamp())))
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
