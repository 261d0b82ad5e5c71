"""How a page of a plan is written down. Pure.

A plan of 100,000 steps as 100,000 rows costs more than the mirror that it leads to. So the steps
of one page of the reading are one document in one row. It is compressed, because the database
pays for every byte twice (its log and its table) and the fastest level takes under a
microsecond a step to save nine tenths of them.

Documents are read for as long as plans are kept, by later versions too: a step is an array that
may only grow at its end, and whatever is added to `Item` needs a default.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from partsemble.sync.rules.deciding import PlannedStep
from partsemble.sync.types import StepKind, StepReason

COMPRESSION: Final = 1
"""The fastest; the best one takes ten times as long for a tenth less."""


class ListedItem(msgspec.Struct, frozen=True, gc=False):
    """As much of an item as a list of steps shows."""

    external_id: str
    full_name: str
    sku: str


class ListedStep(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The first columns of a step, without the figures of its item."""

    kind: StepKind
    item: ListedItem
    known: msgspec.Raw
    changes: Mapping[str, tuple[object, object]]
    reason: StepReason = StepReason.NONE
    is_confirmed: bool = False


_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = msgspec.json.Decoder(list[PlannedStep]).decode
_decode_listed = msgspec.json.Decoder(list[ListedStep]).decode


def write_steps(steps: Sequence[PlannedStep]) -> bytes:
    """This will write steps down as one document."""
    return zlib.compress(_encode(steps), COMPRESSION)


def read_steps(document: bytes) -> list[PlannedStep]:
    """This will read what `write_steps` wrote."""
    return _decode(zlib.decompress(document))


def list_steps(document: bytes) -> list[ListedStep]:
    """This will read as much of the same as a list shows."""
    return _decode_listed(zlib.decompress(document))


def write_names(steps: Iterable[PlannedStep]) -> str:
    """This will write down what steps are searched by."""
    return "\n".join(
        _name(each.item.full_name, each.item.sku, each.item.external_id) for each in steps
    )


def is_named(*, step: ListedStep, words: Iterable[str]) -> bool:
    """This will tell whether a step has every word in its name, SKU or id; words are casefolded."""
    text = _name(step.item.full_name, step.item.sku, step.item.external_id)
    return all(word in text for word in words)


def _name(full_name: str, sku: str, external_id: str) -> str:
    return f"{full_name} {sku} {external_id}".casefold()
