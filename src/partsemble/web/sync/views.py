"""The pages of item syncs, under Settings → Integrations."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.connections import find_connection
from partsemble.kernel.ids import RunId
from partsemble.kernel.permissions import Permission
from partsemble.locks.errors import SyncLockHeld
from partsemble.locks.types import HolderKind
from partsemble.sync.queries import (
    STEP_PAGE,
    get_item_types,
    get_run,
    list_problems,
    list_runs,
    list_steps,
)
from partsemble.sync.services.start import (
    choose_item_types,
    end_abandoned_run,
    start_item_sync,
)
from partsemble.sync.types import RunState, RunView, StepKind, Trigger
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.lists import link_pages, read_page
from partsemble.web.sync.card import list_chosen_types
from partsemble.web.sync.forms import ItemTypesForm
from partsemble.web.sync.report import count_kinds, make_report, show_step
from partsemble.words.sentences import explain


@business_screen(permission=Permission.RUN_SYNC)
def sync_items(request: BusinessRequest) -> HttpResponse:
    """This will show what a sync reads, the button, and the runs so far."""
    return _show_sync_items(request, _make_types_form(request))


@business_screen(permission=Permission.RUN_SYNC, methods=("POST",))
def start_sync(request: BusinessRequest) -> HttpResponse:
    """This will start a run and lead to its page, or to the page of the one that runs (LOCK-5)."""
    try:
        run_id = start_item_sync(actor=request.actor, trigger=Trigger.PERSON)
    except SyncLockHeld as held:
        said = explain(held)
        messages.warning(request, f"{said.what} {said.why} {said.remedy}")
        if held.facts["kind"] is not HolderKind.ITEM_SYNC:
            return redirect("sync_items", slug=request.business.slug)
        run_id = RunId(UUID(str(held.facts["holder_id"])))
    return redirect("sync_run", slug=request.business.slug, run_id=run_id)


@business_screen(permission=Permission.MANAGE_CONNECTION, methods=("POST",))
def choose_types(request: BusinessRequest) -> HttpResponse:
    """This will store which item types the next runs read."""
    form = ItemTypesForm(request.POST)
    if not form.is_valid():
        return _show_sync_items(request, form, status=422)
    choose_item_types(actor=request.actor, types=[ItemType(t) for t in form.cleaned_data["types"]])
    messages.success(request, "The next sync reads these types.")
    return redirect("sync_items", slug=request.business.slug)


@business_screen(permission=Permission.RUN_SYNC)
def show_run(request: BusinessRequest, *, run_id: UUID) -> HttpResponse:
    """This will show a run: live while it goes, as a report afterwards."""
    return render(request, "sync/run.html", _make_run_context(request, RunId(run_id)))


@business_screen(permission=Permission.RUN_SYNC)
def show_run_live(request: BusinessRequest, *, run_id: UUID) -> HttpResponse:
    """This will show the part of a run's page that changes while the run goes."""
    return render(request, "sync/live.html", _make_run_context(request, RunId(run_id)))


def _make_types_form(request: BusinessRequest) -> ItemTypesForm:
    chosen = get_item_types(business_id=request.business.id)
    return ItemTypesForm(initial={"types": [each.value for each in chosen]})


def _show_sync_items(
    request: BusinessRequest, form: ItemTypesForm, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "chosen_types": list_chosen_types(business_id=request.business.id),
        "connection": find_connection(actor=request.actor),
        "runs": [make_report(run) for run in list_runs(actor=request.actor)],
        "may_choose_types": request.actor.is_allowed(Permission.MANAGE_CONNECTION),
    }
    return render(request, "sync/sync_items.html", context, status=status)


def _make_run_context(request: BusinessRequest, run_id: RunId) -> dict[str, Any]:
    run = get_run(actor=request.actor, run_id=run_id)
    if run.is_open:
        # Its workers may have died for good; then this page is who notices.
        with suppress(SyncLockHeld):
            end_abandoned_run(business_id=request.business.id)
        run = get_run(actor=request.actor, run_id=run_id)
    context: dict[str, Any] = {"run": make_report(run)}
    if run.counts.problems:
        context["problems"] = list_problems(actor=request.actor, run_id=run_id)
    if not run.is_open:
        context |= _make_steps_context(request, run)
    return context


def _make_steps_context(request: BusinessRequest, run: RunView) -> dict[str, Any]:
    # A run that did not finish lists what it had planned, which its counts know nothing of.
    has_kinds = run.state is RunState.FINISHED
    kind = _read_kind(request.GET.get("show", "")) if has_kinds else None
    page = read_page(request.GET)
    steps, has_more = list_steps(actor=request.actor, run_id=run.id, kind=kind, page=page)
    tabs = count_kinds(run.counts) if has_kinds else ()
    return {
        "kind": kind,
        "tabs": tabs,
        "steps": [show_step(step) for step in steps],
        "pages": link_pages(
            query=request.GET,
            page=page,
            size=STEP_PAGE,
            shown=len(steps),
            total=next((tab.count for tab in tabs if tab.kind == kind), run.planned_steps),
            has_more=has_more,
        ),
    }


def _read_kind(text: str) -> StepKind | None:
    return StepKind(text) if text in set(StepKind) else None
