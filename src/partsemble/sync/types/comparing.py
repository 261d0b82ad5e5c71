"""How a run and the preview that a person looked at before compare (SYNC-4)."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from partsemble.kernel.ids import RunId
from partsemble.sync.types import CorrectionState, StepKind


class DifferenceKind(StrEnum):
    """How what a run does differs from what its preview showed."""

    ADDED = "added"
    """The preview had nothing of it."""
    MISSING = "missing"
    """Only the preview had it."""
    OTHER = "other"
    """Both have it, and it is not the same."""


@dataclass(frozen=True, slots=True)
class Difference[Deed]:
    """One item or product with which run and preview did not do the same."""

    kind: DifferenceKind
    deed: Deed
    """What the run does to it; if only the preview did something, what that was."""
    about: str
    name: str


@dataclass(slots=True)
class Compared[Deed]:
    """What is the same in a run and its preview, and what is not."""

    same: int = 0
    counts: Counter[DifferenceKind] = field(default_factory=Counter)
    differences: list[Difference[Deed]] = field(default_factory=list)
    """The first hundred of them."""


@dataclass(frozen=True, slots=True)
class PreviewComparison:
    """What a run did and what its preview showed."""

    preview: RunId
    items: Compared[StepKind]
    corrections: Compared[CorrectionState]
