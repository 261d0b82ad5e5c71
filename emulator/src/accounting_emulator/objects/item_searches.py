"""Searches among a million items: done in slices, kept, and mended when a few items change.

Clients page through one order a thousand rows at a time, and somebody may be editing meanwhile.
Searching anew after each edit would cost seconds, so what was found is kept as a list of ids, and
the items that changed since are taken out of it and put in where they belong now, by bisection.
A search that takes long is not upset by edits either: it ends with what it saw on its way,
and is mended like any other.
"""

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import filterfalse

from accounting_emulator.items import ItemHead, ItemShelf
from accounting_emulator.objects import entities
from accounting_emulator.query import Query
from accounting_emulator.search import Reading, Sieve, earliest, select_ids
from accounting_emulator.slices import Work
from accounting_emulator.sorting import Keyed

MAX_KEPT = 16
FEW = 4
"""So few ids are looked for one by one; of more, one pass through all takes them out."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, when the shelf was at a revision."""

    revision: int
    ids: array[int]


class ItemSearches:
    """The searches among one company's items."""

    def __init__(self, *, shelf: ItemShelf) -> None:
        self._shelf = shelf
        self._kept: OrderedDict[tuple[Query, Reading], Found] = OrderedDict()

    def select(self, *, query: Query, reading: Reading) -> Work[Sequence[int]]:
        """List the ids of the items a query wants, in its order, as the items are at the end.

        Raises:
            QueryInvalid: the query names a property that cannot be used so.
        """
        key = (query.search, reading)
        shelf, found = self._shelf, self._kept.get(key)
        if found is not None and found.revision == shelf.revision:
            self._kept.move_to_end(key)
            return found.ids
        flags = _flags_alone(query)
        if flags == {True, False}:
            return (yield from shelf.ids(active=None))
        sieve = Sieve(entity=entities.ITEM, query=query, reading=reading)
        while found is None or found.revision != shelf.revision:
            mended = None if found is None else self._mend(found, sieve)
            if mended is None:
                revision = shelf.revision
                if flags is None:
                    rows = self._candidates(query, reading)
                    ids = yield from select_ids(sieve=sieve, rows=rows)
                else:
                    some = (yield from shelf.ids(active=True in flags)) if flags else ()
                    ids = array("q", some)
                mended = Found(revision, ids)
            found = self._kept[key] = mended
            self._kept.move_to_end(key)
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return found.ids

    def _candidates(self, query: Query, reading: Reading) -> Iterable[ItemHead]:
        """Walk the items that can be wanted at all."""
        shelf = self._shelf
        if query.alternatives:
            return shelf.heads()
        named = entities.named_ids(conditions=query.conditions)
        if named is not None:
            return shelf.heads_of(ids=named)
        since = earliest(query=query, field="MetaData.LastUpdatedTime", reading=reading)
        return shelf.heads() if since is None else shelf.heads_of(ids=shelf.updated_since(at=since))

    def _mend(self, found: Found, sieve: Sieve) -> Found | None:
        """Bring what was found up to date; None when too much has changed."""
        shelf = self._shelf
        changed = shelf.changed_since(revision=found.revision)
        if changed is None:
            return None
        ids = _without(found.ids, changed)
        moved = [sieve.key(row) for row in shelf.heads_of(ids=changed) if sieve.wants(row)]
        moved.sort(key=cmp_to_key(sieve.compare))
        mended, done = array("q"), 0
        for row in moved:
            place = self._place(ids, row, sieve)
            mended.extend(ids[done:place])
            mended.append(row[0])
            done = place
        mended.extend(ids[done:])
        return Found(shelf.revision, mended)

    def _place(self, ids: array[int], row: Keyed, sieve: Sieve) -> int:
        """Find where a row belongs among ids that are in order."""
        low, high = 0, len(ids)
        while low < high:
            middle = (low + high) // 2
            (head,) = self._shelf.heads_of(ids=(ids[middle],))
            if sieve.compare(sieve.key(head), row) < 0:
                low = middle + 1
            else:
                high = middle
        return low


def _without(ids: array[int], gone: set[int]) -> array[int]:
    if len(gone) > FEW:
        return array("q", filterfalse(gone.__contains__, ids))
    left = ids[:]
    for number in gone:
        with suppress(ValueError):
            left.remove(number)
    return left


def _flags_alone(query: Query) -> set[bool] | None:
    """Give which items are wanted when the flags alone can tell, as by clients that read all.

    Raises:
        QueryInvalid: a flag is compared with what is none.
    """
    orders = [(order.field.lower(), order.is_descending) for order in query.orders]
    names = {condition.field.lower() for condition in query.conditions}
    if orders != [("id", False)] or names - {"active"} or query.alternatives:
        return None
    wanted = {True, False} if names else {True}
    for condition in query.conditions:
        wanted &= entities.wanted_flags(condition=condition)
    return wanted
