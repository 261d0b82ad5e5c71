"""What a run did otherwise than the preview that a person looked at before (SYNC-4)."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from partsemble.accounting.mirror import digest_item
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import RunId
from partsemble.sync.correction_models import QuantityCorrection
from partsemble.sync.models import PlanPage
from partsemble.sync.queries.runs import get_run
from partsemble.sync.rules.comparing import Change, compare_changes
from partsemble.sync.rules.plans import read_steps
from partsemble.sync.types import CorrectionState, StepKind
from partsemble.sync.types.comparing import PreviewComparison

_OUTCOME: Final = ("code", "quantity", "on_hand_after", "shortage_after", "value_after")
"""What is left behind of a correction, its state besides."""


def compare_with_preview(*, actor: Actor, run_id: RunId) -> PreviewComparison | None:
    """This will say what a run did otherwise than the preview that it applied.

    None if it applied none, or if the plan of either is tidied away.

    Raises:
        PermissionMissing: without *run syncs*.
        RunNotFound: if the business has no such run.
    """
    run = get_run(actor=actor, run_id=run_id)
    if run.applied_preview is None or not run.is_plan_kept:
        return None
    preview = get_run(actor=actor, run_id=run.applied_preview)
    if not preview.is_plan_kept:
        return None
    with business_scope(actor.business_id):
        return PreviewComparison(
            preview=preview.id,
            items=compare_changes(
                shown=partial(_iterate_steps, preview.id), done=_iterate_steps(run.id)
            ),
            corrections=compare_changes(
                shown=partial(_iterate_corrections, preview.id), done=_iterate_corrections(run.id)
            ),
        )


def _iterate_steps(run_id: RunId) -> Iterator[Change[StepKind]]:
    """Give the steps of a run; one page of its plan is in memory at a time (SYNC-9)."""
    pages = PlanPage.objects.filter(run_id=run_id).order_by("first_sequence")
    for page_id in list(pages.values_list("id", flat=True)):
        document = PlanPage.objects.values_list("steps", flat=True).get(id=page_id)
        for step in read_steps(bytes(document)):
            item = step.item
            yield Change(
                deed=step.kind,
                about=item.external_id,
                name=item.full_name,
                fingerprint=f"{step.kind}:{digest_item(item)}",
            )


def _iterate_corrections(run_id: RunId) -> Iterator[Change[CorrectionState]]:
    rows = QuantityCorrection.objects.filter(run_id=run_id).order_by("product_id")
    columns = rows.values_list("state", "product_id", "product__name", *_OUTCOME)
    for state, product_id, name, *outcome in columns.iterator():
        yield Change(
            deed=CorrectionState(state),
            about=str(product_id),
            name=name,
            # A number for each of perhaps 100,000, and not six Decimals.
            fingerprint=hash((state, *outcome)),
        )
