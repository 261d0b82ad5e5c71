"""The items as a table, made for catalogues of a million rows.

Rendered items are cached, because clients read the same ones again and again; a change of the
books makes the affected ones stale.
"""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from accounting_emulator.books import Books, Event
from accounting_emulator.items import Item
from accounting_emulator.objects import entities, wire
from accounting_emulator.objects.item_searches import ItemSearches
from accounting_emulator.query import Query
from accounting_emulator.search import Reading
from accounting_emulator.slices import Work

MAX_CACHED_ITEMS = 150_000
_SHOWN_IN_ITEMS = ("Account", "Vendor", "Class", "TaxCode")


class ItemTable:
    """The products and services of one company."""

    entity = entities.ITEM

    def __init__(self, *, books: Books, zone: tzinfo) -> None:
        self._books = books
        self._wire = wire.ItemWire(books=books, zone=zone)
        self._rendered: dict[int | None, bytes] = {}
        self._searches = ItemSearches(shelf=books.shelf)

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

    def select(self, *, query: Query, reading: Reading) -> Work[Sequence[int]]:
        """List the ids of the items a query wants, in its order.

        Raises:
            QueryInvalid: the query names a property that cannot be used so.
        """
        return self._searches.select(query=query, reading=reading)

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
