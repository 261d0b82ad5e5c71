"""What runs, their modes and their steps are called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from partsemble.sync.types import (
    CorrectionState,
    FullReason,
    ReadMode,
    RunState,
    StepKind,
    Trigger,
)
from partsemble.sync.types.comparing import DifferenceKind

STATE_WORDS: Final[Mapping[RunState, str]] = MappingProxyType(
    {
        RunState.QUEUED: "Getting ready",
        RunState.READING: "Reading the books",
        RunState.APPLYING: "Updating the list",
        RunState.FINISHED: "Finished",
        RunState.FAILED: "Did not finish",
    }
)
"""A run gets ready until the first items arrive: it waits for a worker, who reads accounts,
vendors and preferences first."""
STATE_TONES: Final[Mapping[RunState, str]] = MappingProxyType(
    {
        RunState.QUEUED: "neutral",
        RunState.READING: "info",
        RunState.APPLYING: "info",
        RunState.FINISHED: "ok",
        RunState.FAILED: "bad",
    }
)
TRIGGER_WORDS: Final[Mapping[Trigger, str]] = MappingProxyType(
    {
        Trigger.PERSON: "by hand",
        Trigger.COMMAND: "by a command",
        Trigger.API: "by a program",
        Trigger.SCHEDULE: "on schedule",
        Trigger.WEBHOOK: "after a change in the books",
    }
)
MODE_WORDS: Final[Mapping[ReadMode, str]] = MappingProxyType(
    {ReadMode.FULL: "Full", ReadMode.INCREMENTAL: "Changes only"}
)
REASON_WORDS: Final[Mapping[FullReason, str]] = MappingProxyType(
    {
        FullReason.NONE: "Everything is read.",
        FullReason.FIRST: "Everything is read, because this is the first sync of these books.",
        FullReason.ASKED: "Everything is read, because a full sync was asked for.",
        FullReason.FILTER_CHANGED: "Everything is read, because other types are chosen now.",
        FullReason.WEEKLY: "Everything is read, because the last full sync was a week ago.",
        FullReason.LAYOUT_CHANGED: (
            "Everything is read, because Partsemble keeps other fields than it did before."
        ),
        FullReason.UNFINISHED: (
            "Everything is read, because the last full sync broke off, or lost records on the way."
        ),
        FullReason.NO_CLOCK: (
            "Everything is read, because your books did not say when they answered last time."
        ),
        FullReason.MUCH_OPEN: (
            "Everything is read, because so many items are held back or have problems."
        ),
        FullReason.FOLDERS_CHANGED: (
            "Everything is read, because a category or an item with others below it was renamed."
        ),
        FullReason.MUCH_CHANGED: (
            "Everything is read, because so much changed that the books no longer say what was "
            "deleted."
        ),
        FullReason.ROWS_VANISHED: (
            "Everything is read, because your books have fewer records than before."
        ),
    }
)
STEP_WORDS: Final[Mapping[StepKind, str]] = MappingProxyType(
    {
        StepKind.CREATE: "Created",
        StepKind.UPDATE: "Updated",
        StepKind.DEACTIVATE: "Deactivated",
        StepKind.REACTIVATE: "Reactivated",
    }
)
STEP_TONES: Final[Mapping[StepKind, str]] = MappingProxyType(
    {
        StepKind.CREATE: "ok",
        StepKind.UPDATE: "info",
        StepKind.DEACTIVATE: "warn",
        StepKind.REACTIVATE: "accent",
    }
)
CORRECTION_WORDS: Final[Mapping[CorrectionState, str]] = MappingProxyType(
    {
        CorrectionState.APPLIED: "Stock corrected",
        CorrectionState.HELD: "Correction of stock held back",
        CorrectionState.REPORTED: "Difference of stock left alone",
        CorrectionState.REFUSED: "Correction of stock not possible",
    }
)
DIFFERENCE_WORDS: Final[Mapping[DifferenceKind, str]] = MappingProxyType(
    {
        DifferenceKind.ADDED: "Not in the preview",
        DifferenceKind.OTHER: "Other than in the preview",
        DifferenceKind.MISSING: "Only in the preview",
    }
)
