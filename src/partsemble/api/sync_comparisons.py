"""What a sync did otherwise than its preview (SYNC-4)."""

from typing import Any
from uuid import UUID

from ninja import Router

from partsemble.api.access import ApiRequest, Token
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.wire import Shape
from partsemble.kernel.ids import RunId
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries import compare_with_preview
from partsemble.sync.types import CorrectionState, StepKind
from partsemble.sync.types.comparing import Compared, DifferenceKind

router = Router(tags=["item-syncs"])


class StepDifference(Shape):
    """One item of which run and preview planned different changes."""

    difference: DifferenceKind
    kind: StepKind
    external_id: str
    name: str


class CorrectionDifference(Shape):
    """One product whose quantity or cost run and preview did not treat alike."""

    difference: DifferenceKind
    state: CorrectionState
    product_id: UUID
    name: str


class ComparedCorrections(Shape):
    """How the corrections of a run and its preview compare."""

    same: int
    added: int
    missing: int
    other: int
    differences: list[CorrectionDifference]
    """The first hundred."""


class Comparison(Shape):
    """What a run did otherwise than the preview that was looked at before."""

    preview: UUID
    same: int
    added: int
    missing: int
    other: int
    differences: list[StepDifference]
    """The first hundred."""
    corrections: ComparedCorrections


@router.get(
    "{run_id}/comparison",
    auth=Token(needs=Permission.RUN_SYNC),
    response={200: Comparison | None, EVERYWHERE | {404}: Problem},
)
def compare_item_sync(request: ApiRequest, *, run_id: UUID) -> Comparison | None:
    """This will say what a run did otherwise than the preview that it applied.

    `null` if it applied none, or if the changes of either are tidied away.
    """
    found = compare_with_preview(actor=request.actor, run_id=RunId(run_id))
    if found is None:
        return None
    items, corrections = found.items, found.corrections
    return Comparison(
        preview=found.preview,
        **_count_differences(items),
        differences=[
            StepDifference(
                difference=each.kind, kind=each.deed, external_id=each.about, name=each.name
            )
            for each in items.differences
        ],
        corrections=ComparedCorrections(
            **_count_differences(corrections),
            differences=[
                CorrectionDifference(
                    difference=each.kind,
                    state=each.deed,
                    product_id=UUID(each.about),
                    name=each.name,
                )
                for each in corrections.differences
            ],
        ),
    )


def _count_differences(compared: Compared[Any]) -> dict[str, int]:
    counts = {kind.value: compared.counts[kind] for kind in DifferenceKind}
    return {"same": compared.same, **counts}
