"""Products and services as the books keep them, packed to fit a million in memory.

A million Python objects with two dozen fields each would need more than a gigabyte. The shelf
keeps every item as one small msgpack array and unpacks it on demand (about three microseconds);
the fields that queries filter and sort by come first, so that a search unpacks only those.
None of these objects can be part of a cycle, so the cycle collector need not visit them.
"""

from array import array
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import compress
from typing import Any, Literal

import msgspec

from accounting_emulator.layers import Layers, quantity_of

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
    def on_hand(self) -> Decimal:
        """Give the units in stock; negative when more was sold than was there."""
        return quantity_of(layers=self.layers)


class ItemShelf:
    """All items of one company by id, packed; ids count up from 1 and are never reused."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._active = bytearray()
        self._parents: set[int] = set()
        self._ids_by_name: dict[str, int] | None = None
        self._pack = msgspec.msgpack.Encoder().encode
        self._unpack = msgspec.msgpack.Decoder(Item).decode
        self._unpack_head = msgspec.msgpack.Decoder(ItemHead).decode
        self.revision = 0

    def __len__(self) -> int:
        return len(self._packed)

    @property
    def next_id(self) -> int:
        """Give the id that the next new item will have."""
        return len(self._packed) + 1

    def find(self, *, item_id: int) -> Item | None:
        """Unpack one item, or nothing when the id was never given out."""
        if not 1 <= item_id <= len(self._packed):
            return None
        return self._unpack(self._packed[item_id - 1])

    def find_id_by_name(self, *, full_name: str) -> int | None:
        """Look a fully qualified name up, ignoring case; the index is made on first use."""
        if self._ids_by_name is None:
            self._ids_by_name = {head.full_name.casefold(): head.id for head in self.heads()}
        return self._ids_by_name.get(full_name.casefold())

    def put(self, *, item: Item) -> None:
        """Add an item under the next id or replace the one that has this id."""
        packed = self._pack(item)
        if item.id == self.next_id:
            self._packed.append(packed)
            self._active.append(item.active)
        else:
            self._forget_name(item_id=item.id)
            self._packed[item.id - 1] = packed
            self._active[item.id - 1] = item.active
        if item.parent_id is not None:
            self._parents.add(item.parent_id)
        if self._ids_by_name is not None:
            self._ids_by_name[item.full_name.casefold()] = item.id
        self.revision += 1

    def heads_of(self, *, ids: Iterable[int]) -> Iterator[ItemHead]:
        """Unpack the searchable part of these items, passing over ids never given out."""
        last = len(self._packed)
        return (self._unpack_head(self._packed[n - 1]) for n in ids if 1 <= n <= last)

    def heads(self) -> Iterator[ItemHead]:
        """Walk the searchable part of all items in the order of their ids."""
        return map(self._unpack_head, self._packed)

    def heads_with(self, *, piece: bytes, word: bytes, active: bool | None) -> Iterator[ItemHead]:
        """Walk the items whose packed bytes hold a word, and in lower case a piece.

        That is a cheap first look: both may also lie where nobody looked for them.
        """
        rows: Iterable[bytes] = self._packed
        if active is not None:
            wanted = self._active if active else bytes(not flag for flag in self._active)
            rows = compress(rows, wanted)
        if word:
            rows = (row for row in rows if word in row)
        if piece:
            rows = (row for row in rows if piece in row.lower())
        return map(self._unpack_head, rows)

    def items(self) -> Iterator[Item]:
        """Walk all items in the order of their ids."""
        return map(self._unpack, self._packed)

    def has_children(self, *, item_id: int) -> bool:
        """Say whether another item names this one as its parent."""
        return item_id in self._parents

    def ids(self, *, active: bool | None) -> array[int]:
        """List ids in order: the active ones, the others, or (None) all."""
        if active is None:
            return array("q", range(1, len(self._packed) + 1))
        wanted = int(active)
        return array("q", (n for n, flag in enumerate(self._active, 1) if flag == wanted))

    def _forget_name(self, *, item_id: int) -> None:
        if self._ids_by_name is None:
            return
        old = self._unpack_head(self._packed[item_id - 1])
        if self._ids_by_name.get(old.full_name.casefold()) == item_id:
            del self._ids_by_name[old.full_name.casefold()]
