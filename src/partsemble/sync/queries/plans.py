"""Reading the plan of a run, a page of its steps at a time.

A plan can have 100,000 steps. Its pages carry counts, so that the list jumps to where it wants
to begin and opens only the documents that it shows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from django.db.models import F
from django.db.models.expressions import CombinedExpression

from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import RunId
from partsemble.sync.models import PlanPage
from partsemble.sync.queries.runs import get_run
from partsemble.sync.rules import plans
from partsemble.sync.rules.guarding import is_held
from partsemble.sync.types import COUNTED_AS, RunView, StepKind, StepView

STEP_PAGE: Final = 100
SEARCH_LENGTH: Final = 100


class _Outline(NamedTuple):
    """A page of a plan without its document, and how many wanted steps it holds at most."""

    id: int
    first_sequence: int
    step_count: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which steps are listed; those of a kind are the ones that are not held back."""

    is_holding: bool
    kind: StepKind | None = None
    words: tuple[str, ...] = ()
    is_held: bool = False

    @property
    def count(self) -> F | CombinedExpression:
        """This will say how many of a page's steps are wanted, words aside."""
        if self.is_held:
            return F("deactivated") - F("confirmed")
        if self.kind is StepKind.DEACTIVATE and self.is_holding:
            return F("confirmed")
        return F("step_count" if self.kind is None else COUNTED_AS[self.kind])

    def includes(self, step: plans.ListedStep) -> bool:
        """This will tell whether a step is wanted."""
        is_waiting = is_held(step=step, is_holding=self.is_holding)
        if self.is_held or self.kind is not None:
            is_alike = self.is_held == is_waiting and self.kind in (None, step.kind)
            return is_alike and plans.is_named(step=step, words=self.words)
        return plans.is_named(step=step, words=self.words)


def list_steps(
    *,
    actor: Actor,
    run_id: RunId,
    kind: StepKind | None = None,
    search: str = "",
    page: int = 1,
) -> tuple[tuple[StepView, ...], bool]:
    """This will give one page of a run's changes, and whether there are more.

    Arguments:
        kind: only changes of this kind, without those that are held back.
        search: words that all are in the item's name, SKU or id.
        page: from 1; each has `STEP_PAGE` changes.

    Raises:
        PermissionMissing: without *run syncs*.
        RunNotFound: if the business has no such run.
    """
    run = get_run(actor=actor, run_id=run_id)
    wanted = _Wanted(_is_holding(run), kind, _split_words(search))
    return _list_page(run, wanted, page, actor)


def list_held_steps(
    *, actor: Actor, run_id: RunId, search: str = "", page: int = 1
) -> tuple[tuple[StepView, ...], bool]:
    """This will give one page of what a run holds back until a person confirms it (SYNC-6).

    Arguments:
        search: words that all are in the item's name, SKU or id.
        page: from 1; each has `STEP_PAGE` changes.

    Raises:
        PermissionMissing: without *run syncs*.
        RunNotFound: if the business has no such run.
    """
    run = get_run(actor=actor, run_id=run_id)
    if not _is_holding(run):
        return (), False
    wanted = _Wanted(is_holding=True, words=_split_words(search), is_held=True)
    return _list_page(run, wanted, page, actor)


def list_steps_after(
    *, actor: Actor, run_id: RunId, after: int, limit: int
) -> tuple[StepView, ...]:
    """This will give the changes of a run that follow one, in the order of the plan.

    Arguments:
        after: the sequence where the former answer ended; 0: from the first.
        limit: most rows to give.

    Raises:
        PermissionMissing: without *run syncs*.
        RunNotFound: if the business has no such run.
    """
    run = get_run(actor=actor, run_id=run_id)
    wanted = _Wanted(_is_holding(run))
    with business_scope(actor.business_id):
        outlines = _list_outlines(run, wanted)
        behind = [each for each in outlines if each.first_sequence + each.step_count > after + 1]
        found = (step for step in _open(run, behind, wanted) if step.sequence > after)
        return tuple(islice(found, limit))


def _is_holding(run: RunView) -> bool:
    return run.counts.held_back > 0


def _split_words(search: str) -> tuple[str, ...]:
    return tuple(search[:SEARCH_LENGTH].replace("\0", " ").casefold().split())


def _list_page(
    run: RunView, wanted: _Wanted, page: int, actor: Actor
) -> tuple[tuple[StepView, ...], bool]:
    passed = (max(1, page) - 1) * STEP_PAGE
    with business_scope(actor.business_id):
        outlines = _list_outlines(run, wanted)
        while not wanted.words and outlines and outlines[0].step_count <= passed:
            passed -= outlines.pop(0).step_count
        found = _open(run, outlines, wanted)
        rows = tuple(islice(found, passed, passed + STEP_PAGE + 1))
    return rows[:STEP_PAGE], len(rows) > STEP_PAGE


def _list_outlines(run: RunView, wanted: _Wanted) -> list[_Outline]:
    rows = PlanPage.objects.filter(run_id=run.id).annotate(wanted=wanted.count)
    for word in wanted.words:
        rows = rows.filter(names__contains=word)
    found = rows.filter(wanted__gt=0).order_by("first_sequence")
    return [_Outline(*row) for row in found.values_list("id", "first_sequence", "wanted")]


def _open(run: RunView, outlines: Iterable[_Outline], wanted: _Wanted) -> Iterator[StepView]:
    for outline in outlines:
        document = PlanPage.objects.values_list("steps", flat=True).get(id=outline.id)
        steps = plans.list_steps(bytes(document))
        for sequence, step in enumerate(steps, start=outline.first_sequence):
            if wanted.includes(step):
                yield view_step(run=run, sequence=sequence, step=step)


def view_step(*, run: RunView, sequence: int, step: plans.ListedStep) -> StepView:
    """This will show a step of a run's plan."""
    is_waiting = is_held(step=step, is_holding=_is_holding(run))
    return StepView(
        sequence=sequence,
        kind=step.kind,
        external_id=step.item.external_id,
        name=step.item.full_name,
        sku=step.item.sku,
        changes=step.changes,
        reason=step.reason,
        is_held=is_waiting,
        is_applied=sequence <= run.applied_steps and not is_waiting,
    )
