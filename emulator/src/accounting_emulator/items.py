"""Products and services as the books keep them, packed to fit a million in memory.

A million Python objects with two dozen fields each would need more than a gigabyte. The shelf
keeps every item as one small msgpack array and unpacks it on demand (about three microseconds);
the fields that queries filter and sort by come first, so that a search unpacks only those.
None of these objects can be part of a cycle, so the cycle collector need not visit them.

Looking at all of them takes seconds, so the shelf knows some things without looking: what the
stock is worth, which block of items was last updated when, and which items changed of late.
"""

from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import compress, islice
from typing import Any, Literal

import msgspec

from accounting_emulator.layers import ZERO, Layers, quantity_of, value_of
from accounting_emulator.slices import Work, finish

BLOCK = 1_024
MAX_REMEMBERED = 10_000
NAMES_A_STEP = 500
FLAGS_A_STEP = 10_000
_INACTIVE, _ACTIVE, _GONE = 0, 1, 2
_WANTED = {
    wanted: bytes.maketrans(bytes((_INACTIVE, _ACTIVE, _GONE)), bytes(flags))
    for wanted, flags in ((None, (1, 1, 0)), (True, (0, 1, 0)), (False, (1, 0, 0)))
}
ItemType = Literal["Inventory", "NonInventory", "Service", "Group", "Category"]


class ItemHead(msgspec.Struct, frozen=True, array_like=True, kw_only=True, gc=False):
    """The part of an item that can be searched; times in seconds since 1970 UTC."""

    id: int
    name: str
    full_name: str
    sku: str | None
    type: ItemType
    active: bool
    unit_price: Decimal | None
    created_at: int
    updated_at: int


class GroupLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One component of a bundle."""

    item_id: int
    quantity: Decimal


class Item(ItemHead, frozen=True, array_like=True, kw_only=True, gc=False):
    """One product or service; prices per unit in the home currency."""

    sync_token: int = 0
    parent_id: int | None = None
    level: int = 0
    description: str | None = None
    taxable: bool = False
    purchase_description: str | None = None
    purchase_cost: Decimal | None = None
    income_account: int | None = None
    expense_account: int | None = None
    asset_account: int | None = None
    started_on: str | None = None
    reorder_point: Decimal | None = None
    layers: Layers = ()
    group_lines: tuple[GroupLine, ...] = ()
    details: dict[str, Any] = {}

    @property
    def is_tracked(self) -> bool:
        """Say whether the books count this item's quantity."""
        return self.type == "Inventory"

    @property
    def members(self) -> set[int]:
        """Give the ids of a bundle's components."""
        return {line.item_id for line in self.group_lines}

    @property
    def on_hand(self) -> Decimal:
        """Give the units in stock; negative when more was sold than was there."""
        return quantity_of(layers=self.layers)


class ItemShelf:
    """All items of one company by id, packed; ids count up from 1 and are never reused.

    An item that was removed leaves an empty place and its flag.
    """

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._flags = bytearray()
        self._gone = 0
        self._parents: set[int] = set()
        self._ids_by_name: dict[str, int] | None = None
        self._latest: list[int] = []
        self._changed: deque[int] = deque(maxlen=MAX_REMEMBERED)
        self._pack = msgspec.msgpack.Encoder().encode
        self._unpack = msgspec.msgpack.Decoder(Item).decode
        self._unpack_head = msgspec.msgpack.Decoder(ItemHead).decode
        self.revision = 0
        self.value = ZERO

    def __len__(self) -> int:
        return len(self._packed) - self._gone

    @property
    def next_id(self) -> int:
        """Give the id that the next new item will have."""
        return len(self._packed) + 1

    def find(self, *, item_id: int) -> Item | None:
        """Unpack one item, or nothing when the id was never given out, or the item is gone."""
        if not 1 <= item_id <= len(self._packed):
            return None
        packed = self._packed[item_id - 1]
        return self._unpack(packed) if packed else None

    def find_id_by_name(self, *, full_name: str) -> int | None:
        """Look a fully qualified name up, ignoring case; the index is made on first use."""
        wanted = full_name.casefold()
        number = finish(self.index_names()).get(wanted, 0)
        heads = self.heads_of(ids=(number,))
        return next((head.id for head in heads if head.full_name.casefold() == wanted), None)

    def index_names(self) -> Work[dict[str, int]]:
        """Make the index of names, unless it is there: a second at a million items.

        What was renamed meanwhile may still be found under its former name as well, so whoever
        finds something looks at the name it has now.
        """
        while self._ids_by_name is None:
            begun, names = self.revision, {}
            for number, head in enumerate(self.heads()):
                names[head.full_name.casefold()] = head.id
                if number % NAMES_A_STEP == 0:
                    yield
            changed = self.changed_since(revision=begun)
            if changed is not None:
                names |= {head.full_name.casefold(): head.id for head in self.heads_of(ids=changed)}
                self._ids_by_name = names
        return self._ids_by_name

    def put(self, *, item: Item) -> None:
        """Add an item under the next id or replace the one that has this id."""
        packed = self._pack(item)
        if item.id == self.next_id:
            self._packed.append(packed)
            self._flags.append(item.active)
        else:
            self._forget(old=self._unpack(self._packed[item.id - 1]))
            self._packed[item.id - 1] = packed
            self._flags[item.id - 1] = item.active
        if item.parent_id is not None:
            self._parents.add(item.parent_id)
        if self._ids_by_name is not None:
            self._ids_by_name[item.full_name.casefold()] = item.id
        self.value += value_of(layers=item.layers)
        self._note(item)

    def remove(self, *, item_id: int) -> None:
        """Let an item be gone for good."""
        old = self._unpack(self._packed[item_id - 1])
        self._forget(old=old)
        self._packed[item_id - 1] = b""
        self._flags[item_id - 1] = _GONE
        self._gone += 1
        self._note(old)

    def _forget(self, *, old: Item) -> None:
        """Let go of what is known of an item that is about to be replaced."""
        self.value -= value_of(layers=old.layers)
        names = self._ids_by_name
        if names is not None and names.get(old.full_name.casefold()) == old.id:
            del names[old.full_name.casefold()]

    def _note(self, item: Item) -> None:
        """Know what would take long to find out."""
        block = (item.id - 1) // BLOCK
        if block == len(self._latest):
            self._latest.append(item.updated_at)
        self._latest[block] = max(self._latest[block], item.updated_at)
        self._changed.append(item.id)
        self.revision += 1

    def changed_since(self, *, revision: int) -> set[int] | None:
        """List the items that changed since a revision; None when too many did to remember."""
        count = self.revision - revision
        if count > len(self._changed):
            return None
        return set(islice(reversed(self._changed), count))

    def updated_since(self, *, at: float) -> Iterator[int]:
        """Walk the ids of all items that may have been updated at an instant or later."""
        for block, latest in enumerate(self._latest):
            if latest >= at:
                first = block * BLOCK + 1
                yield from range(first, min(first + BLOCK, self.next_id))

    def heads_of(self, *, ids: Iterable[int]) -> Iterator[ItemHead]:
        """Unpack the searchable part of these items, passing over ids that nobody has."""
        last = len(self._packed)
        there = (packed for n in ids if 1 <= n <= last and (packed := self._packed[n - 1]))
        return map(self._unpack_head, there)

    def heads(self) -> Iterator[ItemHead]:
        """Walk the searchable part of all items in the order of their ids."""
        return map(self._unpack_head, filter(None, self._packed))

    def heads_with(
        self, *, piece: bytes = b"", word: bytes = b"", active: bool | None = None
    ) -> Iterator[list[ItemHead]]:
        """Walk, block by block, the items whose bytes hold a word, and in lower case a piece.

        That is a cheap first look: both may also lie where nobody looked for them.
        """
        for first in range(0, len(self._packed), BLOCK):
            flags = self._flags[first : first + BLOCK].translate(_WANTED[active])
            rows: Iterable[bytes] = compress(self._packed[first : first + BLOCK], flags)
            if word:
                rows = (row for row in rows if word in row)
            if piece:
                rows = (row for row in rows if piece in row.lower())
            yield [self._unpack_head(row) for row in rows]

    def items(self) -> Iterator[Item]:
        """Walk all items in the order of their ids."""
        return map(self._unpack, filter(None, self._packed))

    def has_children(self, *, item_id: int) -> bool:
        """Say whether another item names this one as its parent."""
        return item_id in self._parents

    def ids(self, *, active: bool | None) -> Work[Sequence[int]]:
        """List ids in order: of the items that are active, of the others, or (None) of all."""
        if active is None and not self._gone:
            return range(1, self.next_id)
        found = array("q")
        for first in range(1, self.next_id, FLAGS_A_STEP):
            flags = self._flags[first - 1 : first - 1 + FLAGS_A_STEP].translate(_WANTED[active])
            found.extend(compress(range(first, first + len(flags)), flags))
            yield
        return found
