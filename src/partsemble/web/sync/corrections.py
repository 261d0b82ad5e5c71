"""What a run made of quantities and costs, as its report lists it; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from partsemble.kernel.ids import EntryId, ProductId
from partsemble.sync.types import CorrectionCounts, CorrectionState, CorrectionView, HoldReason
from partsemble.words.figures import count_things, show_change, show_quantity, show_value_step
from partsemble.words.sentences import explain_code

STATE_WORDS: Final = MappingProxyType(
    {
        CorrectionState.APPLIED: ("Corrected", "ok"),
        CorrectionState.HELD: ("Held back", "warn"),
        CorrectionState.REPORTED: ("Left alone", "neutral"),
        CorrectionState.REFUSED: ("Not possible", "bad"),
    }
)
PREVIEW_WORDS: Final = MappingProxyType(
    {
        CorrectionState.APPLIED: "Would be corrected",
        CorrectionState.HELD: "Would be held back",
        CorrectionState.REPORTED: "Would be left alone",
        CorrectionState.REFUSED: "Not possible",
    }
)
HOLD_WORDS: Final = MappingProxyType(
    {
        HoldReason.VALUE: "One of many that change the value of your stock too much at once",
        HoldReason.EMPTIED: "One of more than ten products that would have nothing left",
    }
)


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One product whose item said something else than expected."""

    product_id: ProductId
    sku: str
    name: str
    unit: str
    state: str
    tone: str
    remote: str
    expected: str
    change: str
    """Of the quantity, signed; empty if it does not change."""
    before: str
    after: str
    """Empty where nothing changed."""
    value_before: str
    value_after: str
    remark: str
    entries: tuple[tuple[str, EntryId | None], ...]
    """Numbers of the stock transactions, and which those are, for whoever may look at them."""


@dataclass(frozen=True, slots=True)
class CorrectionReport:
    """The part of a run's report about quantities and costs."""

    title: str
    lead: str
    lines: tuple[CorrectionLine, ...]
    total: int
    is_preview: bool

    @property
    def has_more(self) -> bool:
        """This will tell whether there are more lines than are shown."""
        return self.total > len(self.lines)


def make_correction_report(
    *,
    counts: CorrectionCounts,
    found: Sequence[CorrectionView],
    entries: Mapping[int, EntryId],
    is_preview: bool = False,
) -> CorrectionReport:
    """This will put corrections into words.

    Arguments:
        found: the lines that are shown, perhaps not all.
        entries: their stock transactions, by number; none for whoever may not look at them.
        is_preview: whether they are only foreseen.
    """
    if counts.differing:
        title = f"{count_things(counts.differing, noun='product')} counted otherwise in your books"
        lead = (
            "Partsemble is the master of quantities, so nothing is touched. Expected is what your "
            "books should show now: on hand, less what was done here and is not in your books yet. "
            "Any difference arose there."
        )
    elif is_preview:
        title = "Quantities and costs that would change"
        lead = (
            "Expected is what your books should show: on hand, less what was done here and is not "
            "in your books yet. Any difference arose there, and a sync brings it here."
        )
    else:
        title = "Quantities and costs"
        lead = (
            "Expected is what your books should have shown: on hand, less what was done here and "
            "is not in your books yet. Any difference arose there."
        )
    return CorrectionReport(
        title=title,
        lead=lead,
        lines=tuple(
            show_correction(each, entries=entries, is_preview=is_preview) for each in found
        ),
        total=counts.total,
        is_preview=is_preview,
    )


def list_numbers(view: CorrectionView) -> list[int]:
    """This will give the numbers of the stock transactions that corrected a product."""
    return [each for each in (view.entry_number, view.cost_entry_number) if each is not None]


def show_correction(
    view: CorrectionView, *, entries: Mapping[int, EntryId], is_preview: bool = False
) -> CorrectionLine:
    """This will put one product into words."""
    state, tone = STATE_WORDS[view.state]
    changes = view.state in {CorrectionState.APPLIED, CorrectionState.HELD}
    is_left = view.state is CorrectionState.REPORTED
    value_before, value_after = show_value_step(before=view.value_before, after=view.value_after)
    return CorrectionLine(
        product_id=view.product_id,
        sku=view.sku,
        name=view.name,
        unit=view.unit,
        state=PREVIEW_WORDS[view.state] if is_preview else state,
        tone=tone,
        remote=show_quantity(view.remote),
        expected=show_quantity(view.expected),
        change=show_change(view.quantity) if view.quantity and not is_left else "",
        before=show_quantity(view.on_hand_before),
        after=show_quantity(view.on_hand_after) if changes and view.quantity else "",
        value_before=value_before,
        value_after=value_after,
        remark=_remark(view),
        entries=tuple((f"{each:,}", entries.get(each)) for each in list_numbers(view)),
    )


def say_corrections(counts: CorrectionCounts) -> list[str]:
    """This will say in parts of a line what a run made of quantities and costs."""
    said = (
        (counts.applied, "corrected"),
        (counts.held_back, "not corrected until you confirm"),
        (counts.refused, "impossible to correct"),
        (counts.differing, "counted otherwise in your books"),
    )
    return [f"{count_things(number, noun='product')} {words}" for number, words in said if number]


def _remark(view: CorrectionView) -> str:
    if view.state is CorrectionState.REFUSED:
        return explain_code(code=view.code, facts={}).what
    if view.state is CorrectionState.REPORTED:
        return _compare(view)
    if view.code:
        return HOLD_WORDS[HoldReason(view.code)]
    if view.shortage_after:
        return f"{show_quantity(view.shortage_after)} {view.unit} short: what arrives next fills it"
    return ""


def _compare(view: CorrectionView) -> str:
    more = "more" if view.quantity > 0 else "less"
    return f"Your books count {show_quantity(abs(view.quantity))} {view.unit} {more} than expected"
