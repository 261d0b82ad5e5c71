"""QuickBooks' change data capture as typed values, only what is gone. Pure.

Source: QBO accounting API reference, ChangeDataCapture: whole objects by kind, at most 1,000 of
them without pages, and stubs with the status `Deleted` after them.
"""

from typing import Final

import msgspec

MAX_OBJECTS: Final = 1_000
"""An answer that is so long may have been cut off, and the stubs come last."""
DELETED: Final = "Deleted"


class _Row(msgspec.Struct, frozen=True, gc=False):
    """A record, or what is left of it."""

    id: str = msgspec.field(default="", name="Id")
    status: str = ""


class _Group(msgspec.Struct, frozen=True):
    """The changes of one kind of record; without any it is empty."""

    items: list[_Row] = msgspec.field(default_factory=list, name="Item")


class _Response(msgspec.Struct, frozen=True):
    """Groups in no promised order."""

    groups: list[_Group] = msgspec.field(default_factory=list, name="QueryResponse")


class _Reply(msgspec.Struct, frozen=True):
    """The whole answer."""

    responses: list[_Response] = msgspec.field(name="CDCResponse")


_decode = msgspec.json.Decoder(_Reply).decode


def decode_deleted_items(body: bytes) -> frozenset[str] | None:
    """This will give the ids of items that are gone; None if the answer may have been cut off.

    Raises:
        msgspec.DecodeError: if it is no answer of change data capture.
    """
    rows = [row for part in _decode(body).responses for group in part.groups for row in group.items]
    if len(rows) >= MAX_OBJECTS:
        return None
    return frozenset(row.id for row in rows if row.status == DELETED)
