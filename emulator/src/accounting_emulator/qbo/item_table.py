"""The items as a table, made for catalogues of a million rows.

Rendered items and the results of recent searches are cached, because clients page through the
same order a thousand rows at a time; a change of the books makes the affected ones stale.
"""

from array import array
from collections import OrderedDict
from collections.abc import Iterable
from datetime import tzinfo

from accounting_emulator.books import Books, Event
from accounting_emulator.items import Item
from accounting_emulator.qbo import entities, wire
from accounting_emulator.query import Query
from accounting_emulator.search import Reading, mentions, select_ids

ITEM = entities.ITEM
MAX_CACHED_ITEMS = 150_000
MAX_CACHED_SEARCHES = 16
_SHOWN_IN_ITEMS = ("Account", "Vendor", "Class", "TaxCode")


class ItemTable:
    """The products and services of one company."""

    entity = ITEM

    def __init__(self, *, books: Books, zone: tzinfo) -> None:
        self._books = books
        self._wire = wire.ItemWire(books=books, zone=zone)
        self._rendered: dict[int | None, bytes] = {}
        self._found: OrderedDict[tuple[object, ...], array[int]] = OrderedDict()

    def find(self, *, number: int) -> Item | None:
        """Give one item, or None."""
        return self._books.shelf.find(item_id=number)

    def forget(self, *, events: tuple[Event, ...]) -> None:
        """Drop the rendered items that events have made stale."""
        for event in events:
            if event.entity in _SHOWN_IN_ITEMS:
                self._rendered.clear()
            elif event.entity == "Item":
                for number in (event.id, event.deleted_id):
                    self._rendered.pop(number, None)
                if self._books.shelf.has_children(item_id=event.id):
                    self._rendered.clear()

    def select(self, *, query: Query, reading: Reading) -> array[int]:
        """List the ids of the items a query wants, in its order.

        Raises:
            QueryInvalid: the query names a property that cannot be used so.
        """
        revision = self._books.shelf.revision
        key = (revision, reading, query.conditions, query.alternatives, query.orders)
        found = self._found.get(key)
        if found is None:
            found = self._search(query, reading)
            self._found[key] = found
            if len(self._found) > MAX_CACHED_SEARCHES:
                self._found.popitem(last=False)
        self._found.move_to_end(key)
        return found

    def _search(self, query: Query, reading: Reading) -> array[int]:
        shelf = self._books.shelf
        if query.alternatives:
            return select_ids(entity=ITEM, rows=shelf.heads(), query=query, reading=reading)
        orders = [(order.field.lower(), order.is_descending) for order in query.orders]
        if orders == [("id", False)] and all(
            condition.field.lower() == "active" for condition in query.conditions
        ):
            return self._by_id(query)
        named = entities.named_ids(conditions=query.conditions)
        rows = shelf.heads() if named is None else shelf.heads_of(ids=named)
        return select_ids(entity=ITEM, rows=rows, query=query, reading=reading)

    def _by_id(self, query: Query) -> array[int]:
        """Answer the commonest search, all or all active items by id, from the flags alone."""
        shelf = self._books.shelf
        if not mentions(query=query, field="Active"):
            return shelf.ids(active=True)
        wanted = {True, False}
        for condition in query.conditions:
            wanted &= entities.wanted_flags(condition=condition)
        if len(wanted) == 2:
            return shelf.ids(active=None)
        return shelf.ids(active=wanted.pop()) if wanted else array("q")

    def render(self, *, ids: Iterable[int]) -> list[bytes]:
        """Give items as they go over the wire, in JSON."""
        rendered, answer = self._rendered, []
        if len(rendered) > MAX_CACHED_ITEMS:
            rendered.clear()
        for number in ids:
            body = rendered.get(number)
            if body is None:
                item = self._books.get_item(item_id=number)
                body = self._wire.render(item=item)
                if item.type != "Group":  # it names other items: their changes would age it
                    rendered[number] = body
            answer.append(body)
        return answer
