"""Item syncs: starting one, and following it to its end (SYNC-1, SYNC-5)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from ninja import Router, Status
from pydantic import Field

from partsemble.accounting.documents import ItemType
from partsemble.api.access import ApiRequest, Token
from partsemble.api.paging import PAGE_SIZE, Cursor, Limit, Page, make_page, read_cursor
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.services import IdempotencyKey, name_record
from partsemble.api.wire import Order, Shape
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import InvalidInput
from partsemble.kernel.ids import RunId
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries import (
    RunPosition,
    get_run,
    list_runs,
    list_steps_after,
)
from partsemble.sync.services import start
from partsemble.sync.types import (
    FullReason,
    ReadMode,
    RunState,
    RunView,
    StartMode,
    StepKind,
    StepReason,
    StepView,
    Trigger,
)
from partsemble.words.sentences import explain_code

router = Router(tags=["item-syncs"])

RUNS: Final = "item-syncs"


class StartItemSync(Order):
    """What is asked for."""

    full: bool = Field(default=False, description="Read everything, not only what changed.")
    preview: bool = Field(
        default=False, description="Only say what would change; nothing is, and no lock is taken."
    )
    applies: UUID | None = Field(
        default=None, description="The preview that you looked at before; see its comparison."
    )
    confirms: UUID | None = Field(
        default=None, description="The run whose held-back steps are to be let through."
    )


class Counts(Shape):
    """What a run came to; the figures add up to the items that it read or knew about."""

    created: int
    updated: int
    deactivated: int
    reactivated: int
    skipped_unchanged: int
    skipped_type: int
    held_back: int
    problems: int


class Corrections(Shape):
    """What a run made of quantities and costs, in products (SYNC-7, SYNC-8).

    A preview's say what a sync would make of them.
    """

    applied: int
    held_back: int
    refused: int
    differing: int
    """Counted otherwise in the books, and left alone."""


class Failure(Shape):
    """Why a run did not finish."""

    code: str
    title: str
    detail: str


class ItemSync(Shape):
    """One run, live or as a report."""

    id: UUID
    state: RunState
    trigger: Trigger
    mode: ReadMode
    full_reason: FullReason
    is_preview: bool
    applies: UUID | None
    confirms: UUID | None
    started_by: str
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    types: list[ItemType]
    total_rows: int | None
    read_rows: int
    planned_steps: int
    applied_steps: int
    counts: Counts
    followed: int
    """Linked products that took over what their items say; a preview's, that would."""
    corrections: Corrections
    failure: Failure | None


class FieldChange(Shape):
    """One field before and after; numbers are written as text, with all their digits."""

    field: str
    before: Any
    after: Any


class SyncStep(Shape):
    """One change of a run's plan."""

    sequence: int
    kind: StepKind
    external_id: str
    name: str
    reason: StepReason
    is_held: bool
    is_applied: bool
    changes: list[FieldChange]


@router.post(
    "",
    auth=Token(needs=Permission.RUN_SYNC),
    response={202: ItemSync, EVERYWHERE | {400, 404, 409, 413}: Problem},
)
def start_item_sync(
    request: ApiRequest,
    *,
    body: StartItemSync = StartItemSync(),  # noqa: B008 it is frozen
    idempotency_key: IdempotencyKey = None,
) -> Status[ItemSync]:
    """This will start a run and hand it to a worker; follow it at its own address.

    One sync or build runs at a time (409 `sync_lock_held`); a preview runs beside them, and while
    one is open, that one is given back.
    """
    run_id = None
    if idempotency_key is not None:
        run_id = RunId(
            name_record(
                business_id=request.actor.business_id,
                key=idempotency_key,
                operation=f"{request.method} {request.path}",
                body=body.model_dump(mode="json", exclude_defaults=True),
            )
        )
    run_id = _start(request.actor, body, run_id)
    return Status(202, _show_run(get_run(actor=request.actor, run_id=run_id)))


def _start(actor: Actor, body: StartItemSync, run_id: RunId | None) -> RunId:
    mode = StartMode.FULL if body.full else StartMode.AUTOMATIC
    if body.preview:
        if body.applies or body.confirms:
            raise InvalidInput(
                field="preview",
                problem="A preview neither applies nor confirms anything.",
                remedy="Leave out applies and confirms, or preview.",
            )
        return start.start_item_preview(actor=actor, trigger=Trigger.API, run_id=run_id, mode=mode)
    return start.start_item_sync(
        actor=actor,
        trigger=Trigger.API,
        run_id=run_id,
        mode=mode,
        applies=RunId(body.applies) if body.applies else None,
        confirms=RunId(body.confirms) if body.confirms else None,
    )


@router.get(
    "",
    auth=Token(needs=Permission.RUN_SYNC),
    response={200: Page[ItemSync], EVERYWHERE: Problem},
)
def list_item_syncs(
    request: ApiRequest,
    *,
    previews: bool = False,
    cursor: Cursor = None,
    limit: Limit = PAGE_SIZE,
) -> Page[ItemSync]:
    """This will list the runs, newest first, or the previews."""
    name = f"{RUNS}.previews" if previews else RUNS
    after = read_cursor(cursor, name=name, kind=RunPosition)
    return make_page(
        list_runs(actor=request.actor, limit=limit + 1, after=after, is_preview=previews),
        limit=limit,
        show=_show_run,
        name=name,
        locate=lambda each: RunPosition(queued_at=each.queued_at, id=each.id),
    )


@router.get(
    "{run_id}",
    auth=Token(needs=Permission.RUN_SYNC),
    response={200: ItemSync, EVERYWHERE | {404}: Problem},
)
def show_item_sync(request: ApiRequest, *, run_id: UUID) -> ItemSync:
    """This will show one run: how far it is, or what it came to."""
    return _show_run(get_run(actor=request.actor, run_id=RunId(run_id)))


@router.get(
    "{run_id}/steps",
    auth=Token(needs=Permission.RUN_SYNC),
    response={200: Page[SyncStep], EVERYWHERE | {404}: Problem},
)
def list_sync_steps(
    request: ApiRequest, *, run_id: UUID, cursor: Cursor = None, limit: Limit = PAGE_SIZE
) -> Page[SyncStep]:
    """This will list the changes of a run in the order of its plan."""
    name = f"{RUNS}.{run_id}.steps"
    found = list_steps_after(
        actor=request.actor,
        run_id=RunId(run_id),
        after=read_cursor(cursor, name=name, kind=int) or 0,
        limit=limit + 1,
    )
    return make_page(
        found, limit=limit, show=_show_step, name=name, locate=lambda each: each.sequence
    )


def _show_run(run: RunView) -> ItemSync:
    counts = run.counts
    return ItemSync(
        id=run.id,
        state=run.state,
        trigger=run.trigger,
        mode=run.mode,
        full_reason=run.full_reason,
        is_preview=run.is_preview,
        applies=run.applied_preview,
        confirms=run.confirmed_run,
        started_by=run.actor_label,
        queued_at=run.queued_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        types=[each for each in ItemType if each in run.types],
        total_rows=run.total_rows,
        read_rows=run.read_rows,
        planned_steps=run.planned_steps,
        applied_steps=run.applied_steps,
        counts=Counts(
            created=counts.created,
            updated=counts.updated,
            deactivated=counts.deactivated,
            reactivated=counts.reactivated,
            skipped_unchanged=counts.skipped_unchanged,
            skipped_type=counts.skipped_type,
            held_back=counts.held_back,
            problems=counts.problems,
        ),
        followed=run.followed,
        corrections=Corrections(
            applied=run.corrections.applied,
            held_back=run.corrections.held_back,
            refused=run.corrections.refused,
            differing=run.corrections.differing,
        ),
        failure=_show_failure(run),
    )


def _show_failure(run: RunView) -> Failure | None:
    if run.state is not RunState.FAILED:
        return None
    said = explain_code(code=run.failure_code, facts=run.failure_facts)
    return Failure(code=said.code, title=said.what, detail=f"{said.why} {said.remedy}")


def _show_step(step: StepView) -> SyncStep:
    return SyncStep(
        sequence=step.sequence,
        kind=step.kind,
        external_id=step.external_id,
        name=step.name,
        reason=step.reason,
        is_held=step.is_held,
        is_applied=step.is_applied,
        changes=[
            FieldChange(field=field, before=before, after=after)
            for field, (before, after) in step.changes.items()
        ],
    )
