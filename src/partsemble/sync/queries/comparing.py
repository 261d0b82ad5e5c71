"""What a run planned otherwise than the preview that a person looked at before (SYNC-4)."""

from collections.abc import Iterator
from typing import Final

from partsemble.accounting.mirror import digest_item
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import RunId
from partsemble.sync.models import PlanPage
from partsemble.sync.queries.runs import get_run
from partsemble.sync.rules.deciding import PlannedStep
from partsemble.sync.rules.plans import read_steps
from partsemble.sync.types import Difference, DifferenceKind, PreviewComparison

DIFFERENCE_LIMIT: Final = 100
"""Differences that are named; the counts say how many there are."""


def compare_with_preview(*, actor: Actor, run_id: RunId) -> PreviewComparison | None:
    """This will say what a run planned otherwise than the preview that it applied.

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
    comparison = PreviewComparison(preview=preview.id)
    with business_scope(actor.business_id):
        _compare(comparison, run.id)
    return comparison


def _compare(comparison: PreviewComparison, run_id: RunId) -> None:
    shown = {
        step.item.external_id: _fingerprint(step) for step in _iterate_steps(comparison.preview)
    }
    for step in _iterate_steps(run_id):
        before = shown.pop(step.item.external_id, None)
        if before is None:
            _note(comparison, DifferenceKind.ADDED, step)
        elif before == _fingerprint(step):
            comparison.same += 1
        else:
            _note(comparison, DifferenceKind.OTHER, step)
    for step in _iterate_steps(comparison.preview) if shown else ():
        if step.item.external_id in shown:
            _note(comparison, DifferenceKind.MISSING, step)


def _iterate_steps(run_id: RunId) -> Iterator[PlannedStep]:
    """Give the steps of a run; one page of its plan is in memory at a time (SYNC-9)."""
    pages = PlanPage.objects.filter(run_id=run_id).order_by("first_sequence")
    for page_id in list(pages.values_list("id", flat=True)):
        document = PlanPage.objects.values_list("steps", flat=True).get(id=page_id)
        yield from read_steps(bytes(document))


def _fingerprint(step: PlannedStep) -> str:
    """Two steps with the same leave the same item behind, in the same way."""
    return f"{step.kind}:{digest_item(step.item)}"


def _note(comparison: PreviewComparison, kind: DifferenceKind, step: PlannedStep) -> None:
    comparison.counts[kind] += 1
    if len(comparison.differences) < DIFFERENCE_LIMIT:
        comparison.differences.append(
            Difference(
                kind=kind,
                step=step.kind,
                external_id=step.item.external_id,
                name=step.item.full_name,
            )
        )
