"""Finding items as a person does: by a piece of name or SKU, a page at a time, among a million.

The query language of the accounting API unpacks and compares every item, which takes a second or
two at a million. A person types a few letters and looks at fifty rows, so here the packed bytes
are searched first: the letters in lower case either occur in them or the item is passed over
unread (about 0.2 microseconds). What remains is unpacked and looked at closely, and the search
ends when more is found than anybody pages through.

Lists that short are sorted by name. Longer ones, which only a search for nothing gives, stay in
the order of ids: sorting a million names would cost three seconds after every change.

Letters beyond ASCII are compared closely only; of the others, the longest run is searched first.
"""

import re
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

import msgspec

from accounting_emulator.items import ItemHead, ItemShelf
from accounting_emulator.slices import Work

State = Literal["all", "active", "inactive"]
MAX_FOUND = 10_000
MAX_KEPT = 8
_ACTIVE: dict[State, bool | None] = {"all": None, "active": True, "inactive": False}
_ASCII_RUN = re.compile(r"[\x20-\x7e]+")


class ItemSearch(msgspec.Struct, frozen=True, kw_only=True):
    """What a person looks for; empty texts ask for nothing."""

    text: str = ""
    type: str = ""
    state: State = "all"

    @property
    def is_whole(self) -> bool:
        """Say whether it asks for no words at all, so that the flags alone can tell."""
        return not self.text and not self.type

    def matches(self, head: ItemHead) -> bool:
        """Say whether this is one of the items, whatever its state."""
        if self.type not in ("", head.type):
            return False
        wanted = self.text.lower()
        return wanted in head.full_name.lower() or wanted in (head.sku or "").lower()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of what was found; `is_capped` when there are more than these."""

    ids: Sequence[int]
    order: Literal["name", "id"]
    is_capped: bool = False


class ItemFinder:
    """Searches one company's items, and keeps the last results until an item changes."""

    def __init__(self, *, shelf: ItemShelf) -> None:
        self._shelf = shelf
        self._kept: OrderedDict[tuple[int, ItemSearch], Found] = OrderedDict()

    def find(self, *, search: ItemSearch) -> Work[Found]:
        """List the items a person looks for, by name unless there are too many."""
        key = (self._shelf.revision, search)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = yield from self._find(search)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return found

    def _find(self, search: ItemSearch) -> Work[Found]:
        active = _ACTIVE[search.state]
        if search.is_whole:
            ids = yield from self._shelf.ids(active=active)
            if len(ids) > MAX_FOUND:
                return Found(ids=ids, order="id")
            heads = list(self._shelf.heads_of(ids=ids))
        else:
            heads = yield from self._look(search)
        is_capped = len(heads) > MAX_FOUND
        heads = sorted(heads[:MAX_FOUND], key=lambda head: (head.full_name.casefold(), head.id))
        by_name = array("q", (head.id for head in heads))
        return Found(ids=by_name, order="name", is_capped=is_capped)

    def _look(self, search: ItemSearch) -> Work[list[ItemHead]]:
        """Walk all items until more are found than anybody looks through."""
        blocks = self._shelf.heads_with(
            piece=_longest_piece(search.text),
            word=search.type.encode(),
            active=_ACTIVE[search.state],
        )
        found: list[ItemHead] = []
        for heads in blocks:
            found += filter(search.matches, heads)
            if len(found) > MAX_FOUND:
                break
            yield
        return found


def _longest_piece(text: str) -> bytes:
    """Give what the packed bytes of every wanted item hold, in lower case."""
    longest: str = max(_ASCII_RUN.findall(text), key=len, default="")
    return longest.lower().encode()
