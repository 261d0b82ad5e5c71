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

CHUNK = 2_000
SPLITTERS = 512
ROWS_A_STEP = 500
type Keyed = tuple[Any, ...]
"""A row's id, and the values that it is sorted by."""
type Chunks = list[list[Keyed]]


def add_row(*, chunks: Chunks, row: Keyed) -> None:
    """Put a row at the end."""
    if not chunks or len(chunks[-1]) >= CHUNK:
        chunks.append([])
    chunks[-1].append(row)


def sort_rows(*, chunks: Chunks, descends: Sequence[bool], place: int = 1) -> Work[Chunks]:
    """Sort rows by their values from `place` on, each up or down; equal ones stay in their order.

    Gives what the standard sort gives, key by key from the last to the first, and takes the
    chunks it was given apart.
    """
    if not descends:
        return chunks
    if len(chunks) < 2:
        return [_sorted(chunks, descends, place)]
    boxes = yield from _spread(chunks, place)
    ordered: Chunks = []
    turns = range(len(boxes))
    for number in reversed(turns) if descends[0] else turns:
        box, boxes[number] = boxes[number], []
        if number % 2:
            ordered += yield from sort_rows(chunks=box, descends=descends[1:], place=place + 1)
        elif box:
            ordered.append(_sorted(box, descends, place))
        yield
    return ordered


def _sorted(chunks: Chunks, descends: Sequence[bool], place: int) -> list[Keyed]:
    rows = list(chain.from_iterable(chunks))
    for offset, is_descending in reversed(list(enumerate(descends))):
        rows.sort(key=itemgetter(place + offset), reverse=is_descending)
    return rows


def _spread(chunks: Chunks, place: int) -> Work[list[Chunks]]:
    """Put rows into boxes by one value: an odd box is for a splitter, an even one lies between."""
    step = max(1, len(chunks) * CHUNK // SPLITTERS)
    splitters = sorted({row[place] for chunk in chunks for row in chunk[::step]})
    boxes: list[Chunks] = [[] for _ in range(2 * len(splitters) + 1)]
    for number, chunk in enumerate(chunks):
        for row in chunk:
            at = bisect_left(splitters, row[place])
            is_splitter = at < len(splitters) and splitters[at] == row[place]
            add_row(chunks=boxes[2 * at + is_splitter], row=row)
        chunks[number] = []
        yield
    return boxes
