"""The changes of a run as its report lists them; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from partsemble.sync.types import CorrectionState, Counts, StepKind, StepReason, StepView
from partsemble.sync.types.comparing import Compared, Difference, PreviewComparison
from partsemble.words.changes import ChangeInWords, Setting, describe_changes
from partsemble.words.figures import count_things
from partsemble.words.runs import CORRECTION_WORDS, DIFFERENCE_WORDS, STEP_TONES, STEP_WORDS

HELD: Final = "held"
"""What the address calls the changes that are held back."""
_WITHOUT_FIELDS: Final[Mapping[StepKind, str]] = {
    StepKind.CREATE: "New here, with all its fields",
    StepKind.UPDATE: "Edited in the books in fields that are not mirrored",
    StepKind.DEACTIVATE: "Inactive in the books",
    StepKind.REACTIVATE: "Active in the books again",
}
_ABSENT: Final = "No longer in the books: deleted, or merged into another item"


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
    """One kind of change, and how many of it a run made; `show` is its word in the address."""

    show: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One item or product of which a run made something else than its preview had shown."""

    name: str
    what: str
    step: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a run and the preview before it compare."""

    text: str
    is_same: bool
    lines: tuple[DifferenceLine, ...]


def show_step(step: StepView, *, setting: Setting, is_preview: bool = False) -> StepLine:
    """This will put one change into words."""
    path, _, name = step.name.rpartition(":")
    is_absent = step.reason is StepReason.ABSENT
    return StepLine(
        external_id=step.external_id,
        name=name,
        path=path.replace(":", " › "),
        sku=step.sku,
        change=_name_change(step, is_preview=is_preview),
        tone=STEP_TONES[step.kind] if step.is_applied or step.is_held or is_preview else "neutral",
        # Of what is gone, nothing was read that could be set beside what is known.
        fields=() if is_absent else describe_changes(step.changes, setting=setting),
        remark=_ABSENT if is_absent else _WITHOUT_FIELDS[step.kind],
        is_mirrored=step.kind is not StepKind.CREATE or step.is_applied,
    )


def _name_change(step: StepView, *, is_preview: bool) -> str:
    if step.is_held:
        return "Held back"
    if is_preview:
        return f"Would be {STEP_WORDS[step.kind].lower()}"
    return STEP_WORDS[step.kind] if step.is_applied else "Not made"


def count_kinds(counts: Counts) -> tuple[KindTab, ...]:
    """This will say how many changes of each kind a run made, and how many it holds back."""
    by_kind = {
        StepKind.CREATE: counts.created,
        StepKind.UPDATE: counts.updated,
        StepKind.DEACTIVATE: counts.deactivated,
        StepKind.REACTIVATE: counts.reactivated,
    }
    tabs = [KindTab(kind, STEP_WORDS[kind], count) for kind, count in by_kind.items()]
    if counts.held_back:
        tabs.append(KindTab(HELD, "Held back", counts.held_back))
    return tuple(tabs)


def describe_comparison(comparison: PreviewComparison) -> Comparison:
    """This will say how a run differed from the preview that was looked at before (SYNC-4)."""
    items, corrections = comparison.items, comparison.corrections
    lines = [_show_difference(each, STEP_WORDS, path=" › ") for each in items.differences]
    lines += [_show_difference(each, CORRECTION_WORDS) for each in corrections.differences]
    return Comparison(
        text=_sum_up(items, corrections) if lines else _say_same(items.same, corrections.same),
        is_same=not lines,
        lines=tuple(lines),
    )


def _say_same(items: int, corrections: int) -> str:
    stock = f" and the stock of {count_things(corrections, noun='product')}" if corrections else ""
    return f"Exactly as the preview showed: {count_things(items, noun='change')}{stock}."


def _sum_up(items: Compared[StepKind], corrections: Compared[CorrectionState]) -> str:
    if not corrections.same and not corrections.counts:
        return f"Your books moved on after the preview: {_tally(items)}."
    return (
        "Your books or your stock moved on after the preview. "
        f"Changes of items: {_tally(items)}. Products' stock: {_tally(corrections)}."
    )


def _tally[Deed](compared: Compared[Deed]) -> str:
    differing = [
        f"{compared.counts[kind]:,} {words[0].lower()}{words[1:]}"
        for kind, words in DIFFERENCE_WORDS.items()
        if compared.counts[kind]
    ]
    return ", ".join([f"{compared.same:,} as shown", *differing])


def _show_difference[Deed](
    difference: Difference[Deed], words: Mapping[Deed, str], path: str = ":"
) -> DifferenceLine:
    return DifferenceLine(
        name=difference.name.replace(":", path),
        what=DIFFERENCE_WORDS[difference.kind],
        step=words[difference.deed],
    )
