"""How a reading of accounts or vendors is held against what is known of them. Pure.

Such lists are short next to the items: a chart has a few hundred accounts, a workshop a few
thousand vendors. So no plan is stored; a reading is compared as a whole, and what differs is
written. A digest per row tells what differs, as with items (`mirror`).

What a complete reading lacks is not deleted, because documents refer to it: it is kept, marked
as absent, and comes back under the same id when the books show it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from hashlib import blake2b
from typing import Final
from uuid import UUID

import msgspec

from partsemble.accounting.documents import AccountType, LedgerAccount, Vendor

DIGEST_BYTES: Final = 16
_CHART_ORDER: Final = {each: place for place, each in enumerate(AccountType)}
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class ListReading[Record: LedgerAccount | Vendor]:
    """A list as it was read from its first row to its last."""

    records: tuple[Record, ...]
    is_complete: bool
    """Whether what it lacks is absent; not so if a row could not be read."""


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """What comparing needs to know of a mirrored row."""

    id: UUID
    digest: str
    is_present: bool


@dataclass(frozen=True, slots=True)
class ListPlan[Record: LedgerAccount | Vendor]:
    """What the mirror of a list needs."""

    new: tuple[Record, ...]
    changed: tuple[tuple[KnownRecord, Record], ...]
    """With those that were absent and are back."""
    absent: tuple[KnownRecord, ...]


def compare_lists[Record: LedgerAccount | Vendor](
    *, reading: ListReading[Record], known: Mapping[str, KnownRecord]
) -> ListPlan[Record]:
    """This will say what a reading changes about the mirror.

    Arguments:
        reading: of the whole list; a record that it shows twice counts as it came last.
        known: every mirrored row by external id.
    """
    observed = {each.external_id: each for each in reading.records}
    gone = known.keys() - observed.keys() if reading.is_complete else frozenset()
    return ListPlan(
        new=tuple(each for name, each in observed.items() if name not in known),
        changed=tuple(
            (known[name], each)
            for name, each in observed.items()
            if name in known and not _is_as_known(each, known[name])
        ),
        absent=tuple(known[name] for name in sorted(gone) if known[name].is_present),
    )


def digest_record(record: LedgerAccount | Vendor) -> str:
    """This will give the digest of what is mirrored of a record, as 32 hexadecimal digits."""
    return blake2b(_encode(astuple(record)), digest_size=DIGEST_BYTES).hexdigest()


def write_chart_place(account: LedgerAccount) -> str:
    """This will write a text by which accounts sort as a chart shows them.

    By type from bank to expenses, then by number where the bookkeeper numbers, then by name,
    parents before their children.
    """
    return f"{_CHART_ORDER[account.type]:02} {account.number} {account.full_name}".casefold()


def write_search_text(words: Iterable[str]) -> str:
    """This will write the text that a search looks through."""
    return "\n".join(words).casefold()


def _is_as_known(record: LedgerAccount | Vendor, known: KnownRecord) -> bool:
    return known.is_present and known.digest == digest_record(record)
