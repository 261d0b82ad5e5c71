"""What a reading of the books means for the mirror. Pure.

Observed rows are held against known ones, one page at a time, and become steps or reasons to
skip. Nothing here knows where either came from, so the same reading against the same mirror
gives the same plan, and a plan against a mirror that already follows it is empty (SYNC-4).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from partsemble.accounting.documents import BUNDLE_TYPES, Item, ItemGlimpse, ItemType
from partsemble.accounting.mirror import Change, KnownItem, compare_items, digest_item
from partsemble.sync.types import SkipReason, StepKind, StepReason


class PlannedStep(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One change that the mirror needs, against the row as it was known.

    Also the form in which it is stored: later columns go to the end and have defaults.
    """

    kind: StepKind
    item: Item
    known: KnownItem | None
    changes: Mapping[str, Change] = msgspec.field(default_factory=dict)
    reason: StepReason = StepReason.NONE
    is_confirmed: bool = False
    """Whether a person has let this deactivation through."""


def is_wanted(*, item_type: ItemType, types: frozenset[ItemType]) -> bool:
    """This will tell whether the filter includes a type; Group and Bundle mean each other."""
    if item_type in BUNDLE_TYPES:
        return not BUNDLE_TYPES.isdisjoint(types)
    return item_type in types


def decide(
    *, observed: Item, known: KnownItem | None, types: frozenset[ItemType]
) -> StepKind | SkipReason:
    """This will say what one observed item means for the mirror.

    An item outside the filter is skipped whether or not it is known: leaving the filter
    deactivates nothing (SYNC-6). An inactive item that was never known stays unknown (S2).
    """
    if not is_wanted(item_type=observed.type, types=types):
        return SkipReason.TYPE
    if known is None:
        return StepKind.CREATE if observed.is_active else SkipReason.UNCHANGED
    if known.digest == digest_item(observed):
        return SkipReason.UNCHANGED
    if known.is_active and not observed.is_active:
        return StepKind.DEACTIVATE
    if observed.is_active and not known.is_active:
        return StepKind.REACTIVATE
    return StepKind.UPDATE


@dataclass(frozen=True, slots=True)
class PagePlan:
    """What one page of a reading comes to."""

    steps: tuple[PlannedStep, ...]
    skipped_unchanged: int
    skipped_by_type: Mapping[ItemType, int]


@dataclass(frozen=True, slots=True)
class Glance:
    """What of a page is known without opening its records."""

    familiar: frozenset[str]
    """External ids of the items that are as they were."""
    skipped_unchanged: int
    skipped_by_type: Mapping[ItemType, int]


def glance_at_page(
    *,
    glimpses: Iterable[ItemGlimpse],
    known: Mapping[str, str],
    types: frozenset[ItemType],
) -> Glance:
    """This will find the items of a page that need not be opened: `decide` would skip them.

    Arguments:
        glimpses: of the items that this reading has not seen yet.
        known: fingerprints of the records that mirrored rows were written from, by external id.
        types: the filter.
    """
    first_sights = {each.external_id: each for each in glimpses}.values()
    familiar = [each for each in first_sights if known.get(each.external_id) == each.fingerprint]
    by_type = Counter(each.type for each in familiar)
    unwanted = {
        each: n for each, n in by_type.items() if not is_wanted(item_type=each, types=types)
    }
    return Glance(
        familiar=frozenset(each.external_id for each in familiar),
        skipped_unchanged=len(familiar) - sum(unwanted.values()),
        skipped_by_type=unwanted,
    )


def sort_page(
    *,
    observed: Iterable[Item],
    known: Mapping[str, KnownItem],
    types: frozenset[ItemType],
) -> PagePlan:
    """This will decide every item of a page, in its order.

    Arguments:
        observed: the page's items.
        known: mirrored rows by external id; more than the page's are allowed.
        types: the filter.
    """
    steps: list[PlannedStep] = []
    unchanged, by_type = 0, Counter[ItemType]()
    for item in observed:
        row = known.get(item.external_id)
        decision = decide(observed=item, known=row, types=types)
        if isinstance(decision, StepKind):
            steps.append(PlannedStep(kind=decision, item=item, known=row))
        elif decision is SkipReason.TYPE:
            by_type[item.type] += 1
        else:
            unchanged += 1
    return PagePlan(steps=tuple(steps), skipped_unchanged=unchanged, skipped_by_type=dict(by_type))


def explain_steps(
    *,
    steps: Iterable[PlannedStep],
    mirrored: Mapping[str, Item],
    confirmed: Collection[str] = frozenset(),
) -> tuple[PlannedStep, ...]:
    """This will add to each step which fields change, and whether it is confirmed.

    Arguments:
        steps: as `sort_page` gave them.
        mirrored: the full mirrored items by external id, at least those that steps know.
        confirmed: external ids of the items that a person has let be deactivated.
    """
    return tuple(
        step
        if step.known is None
        else replace(
            step,
            changes=compare_items(before=mirrored[step.item.external_id], after=step.item),
            is_confirmed=_is_confirmed(step, confirmed),
        )
        for step in steps
    )


def plan_absences(
    *,
    mirrored: Mapping[str, Item],
    known: Mapping[str, KnownItem],
    confirmed: Collection[str] = frozenset(),
) -> tuple[PlannedStep, ...]:
    """This will plan the end of items that the books no longer have (SYNC-6).

    Arguments:
        mirrored: the full mirrored items by external id, all of them active.
        known: the same rows as a plan knows them.
        confirmed: external ids of the items that a person has let be deactivated.
    """
    absent = (
        PlannedStep(
            kind=StepKind.DEACTIVATE,
            item=replace(item, is_active=False),
            known=known[external_id],
            reason=StepReason.ABSENT,
        )
        for external_id, item in mirrored.items()
    )
    return explain_steps(steps=absent, mirrored=mirrored, confirmed=confirmed)


def _is_confirmed(step: PlannedStep, confirmed: Collection[str]) -> bool:
    return step.kind is StepKind.DEACTIVATE and step.item.external_id in confirmed
