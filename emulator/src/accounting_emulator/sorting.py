"""Sorting a million rows in slices: no single step is longer than a few milliseconds.

The standard sort is one step that nobody can interrupt: a second and more for a million names. So
rows are first spread over some hundreds of boxes by splitters that are drawn from them, and each
box is sorted by itself. A value that is a splitter has a box of its own, because a value that
many rows share is surely drawn: such a box needs no sorting by this key and goes on to the next.

Rows come and go in chunks: making one list of a million, or letting go of it, is a long step too.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from accounting_emulator.slices import Work

CHUNK = 1_000
SPLITTERS = 512
type Keyed = tuple[Any, ...]
"""A row's id, and the values that it is sorted by."""
type Chunks = list[list[Keyed]]
"""Rows in lists of about a thousand."""


def sort_rows(*, chunks: Chunks, descends: Sequence[bool], place: int = 1) -> Work[Chunks]:
    """Sort rows by their values from `place` on, each up or down; equal ones stay in their order.

    Gives what the standard sort gives, key by key from the last to the first, and takes the
    chunks it was given apart.
    """
    if not descends:
        return chunks
    if len(chunks) < 4:
        return [_sorted(list(chain.from_iterable(chunks)), descends, place)]
    boxes = yield from _spread(chunks, place)
    ordered: Chunks = []
    turns = range(len(boxes))
    for number in reversed(turns) if descends[0] else turns:
        box, boxes[number] = boxes[number], []
        if number % 2:
            cut = [box[first : first + CHUNK] for first in range(0, len(box), CHUNK)]
            ordered += yield from sort_rows(chunks=cut, descends=descends[1:], place=place + 1)
        elif box:
            ordered.append(_sorted(box, descends, place))
        yield
    return ordered


def _sorted(rows: list[Keyed], descends: Sequence[bool], place: int) -> list[Keyed]:
    for offset, is_descending in reversed(list(enumerate(descends))):
        rows.sort(key=itemgetter(place + offset), reverse=is_descending)
    return rows


def _spread(chunks: Chunks, place: int) -> Work[list[list[Keyed]]]:
    """Put rows into boxes by one value: an odd box is for a splitter, an even one lies between."""
    step = max(1, len(chunks) * CHUNK // SPLITTERS)
    splitters = sorted({row[place] for chunk in chunks for row in chunk[::step]})
    own_box = {value: 2 * at + 1 for at, value in enumerate(splitters)}
    boxes: list[list[Keyed]] = [[] for _ in range(2 * len(splitters) + 1)]
    for number, chunk in enumerate(chunks):
        for row in chunk:
            value = row[place]
            box = own_box.get(value)
            boxes[2 * bisect_left(splitters, value) if box is None else box].append(row)
        chunks[number] = []
        yield
    return boxes
