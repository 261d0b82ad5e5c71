"""What stock transactions are called, and what is wrong with a ledger."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from partsemble.stock.queries.verifying import Deviation, Flaw
from partsemble.stock.types import AdjustmentReason, Counterpart, EntryKind

ENTRY_WORDS: Final[Mapping[EntryKind, str]] = MappingProxyType(
    {
        EntryKind.OPENING: "Opening",
        EntryKind.ADJUSTMENT: "Adjustment",
        EntryKind.SYNC: "Sync",
        EntryKind.SYNC_COST: "Cost from sync",
        EntryKind.REVERSAL: "Reversal",
        EntryKind.VARIANCE: "Variance",
        EntryKind.FILL: "Shortage filled",
    }
)

ENTRY_HINTS: Final[Mapping[EntryKind, str]] = MappingProxyType(
    {
        EntryKind.OPENING: "What was there when the product came.",
        EntryKind.ADJUSTMENT: "Somebody changed the quantity by hand.",
        EntryKind.SYNC: "The quantity was brought in step with the books.",
        EntryKind.SYNC_COST: "The unit cost was brought in step with the books.",
        EntryKind.REVERSAL: "An earlier stock transaction was taken back.",
        EntryKind.VARIANCE: "What was taken back had been used at another cost meanwhile.",
        EntryKind.FILL: "An arrival made up for what was missing before.",
    }
)

REASON_WORDS: Final[Mapping[AdjustmentReason, str]] = MappingProxyType(
    {
        AdjustmentReason.RECEIVED: "Received stock",
        AdjustmentReason.COUNT: "Count correction",
        AdjustmentReason.LOSS: "Breakage / loss",
        AdjustmentReason.OTHER: "Other",
    }
)

COUNTERPART_WORDS: Final[Mapping[Counterpart, str]] = MappingProxyType(
    {
        Counterpart.SUPPLIER: "Supplier",
        Counterpart.PRODUCTION: "Production",
        Counterpart.CUSTOMER: "Customer",
        Counterpart.ADJUSTMENT: "Adjustment",
        Counterpart.OPENING: "Opening",
        Counterpart.BOOKS: "Books",
    }
)

_FLAW_SENTENCES: Final[Mapping[Flaw, str]] = MappingProxyType(
    {
        Flaw.BALANCE: "{subject}: {field} is stored as {stored}, its moves come to {summed}.",
        Flaw.RUNNING: "{subject}: {field} is stored as {stored}, moves up to it come to {summed}.",
        Flaw.NEGATIVE: "{subject}: {field} comes to {stored} and has to be {summed}.",
        Flaw.ENTRY: "Entry {subject}: it was posted with {stored} moves and has {summed}.",
        Flaw.REVERSAL: "{subject}: {field} of an entry and its reversal comes to {stored}.",
        Flaw.TRIGGER: "The trigger {subject} is not in place: posted rows could be changed.",
    }
)


def say_deviation(deviation: Deviation) -> str:
    """This will say in a sentence what is off."""
    return _FLAW_SENTENCES[deviation.flaw].format(
        subject=deviation.subject,
        field=deviation.field.replace("_", " "),
        stored=deviation.stored,
        summed=deviation.summed,
    )
