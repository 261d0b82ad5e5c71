"""The changes of a run as its report lists them; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from partsemble.sync.types import Counts, StepKind, StepView
from partsemble.words.changes import ChangeInWords, Setting, describe_changes

STEP_WORDS: Final[Mapping[StepKind, str]] = {
    StepKind.CREATE: "Created",
    StepKind.UPDATE: "Updated",
    StepKind.DEACTIVATE: "Deactivated",
    StepKind.REACTIVATE: "Reactivated",
}
STEP_TONES: Final[Mapping[StepKind, str]] = {
    StepKind.CREATE: "ok",
    StepKind.UPDATE: "info",
    StepKind.DEACTIVATE: "warn",
    StepKind.REACTIVATE: "accent",
}
_WITHOUT_FIELDS: Final[Mapping[StepKind, str]] = {
    StepKind.CREATE: "New here, with all its fields",
    StepKind.UPDATE: "Edited in the books in fields that are not mirrored",
    StepKind.DEACTIVATE: "Inactive in the books",
    StepKind.REACTIVATE: "Active in the books again",
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One change of a run as it is shown."""

    external_id: str
    name: str
    path: str
    sku: str
    change: str
    tone: str
    fields: tuple[ChangeInWords, ...]
    remark: str
    """What stands where no field is named."""
    is_mirrored: bool
    """Whether the item is here, to be looked at."""

    @property
    def gist(self) -> str:
        """This will name the fields in a line."""
        return ", ".join(field.field for field in self.fields) or self.remark


@dataclass(frozen=True, slots=True)
class KindTab:
    """One kind of change, and how many of it a run made."""

    kind: StepKind
    label: str
    count: int


def show_step(step: StepView, *, setting: Setting) -> StepLine:
    """This will put one change into words."""
    path, _, name = step.name.rpartition(":")
    return StepLine(
        external_id=step.external_id,
        name=name,
        path=path.replace(":", " › "),
        sku=step.sku,
        change=STEP_WORDS[step.kind] if step.is_applied else "Not made",
        tone=STEP_TONES[step.kind] if step.is_applied else "neutral",
        fields=describe_changes(step.changes, setting=setting),
        remark=_WITHOUT_FIELDS[step.kind],
        is_mirrored=step.is_applied or step.kind is not StepKind.CREATE,
    )


def count_kinds(counts: Counts) -> tuple[KindTab, ...]:
    """This will say how many changes of each kind a run made."""
    by_kind = {
        StepKind.CREATE: counts.created,
        StepKind.UPDATE: counts.updated,
        StepKind.DEACTIVATE: counts.deactivated,
        StepKind.REACTIVATE: counts.reactivated,
    }
    return tuple(KindTab(kind, STEP_WORDS[kind], count) for kind, count in by_kind.items())
