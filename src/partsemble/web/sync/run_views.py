"""The page of one run: live while it goes, a report afterwards (SYNC-1, SYNC-5)."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from partsemble.kernel.ids import RunId
from partsemble.kernel.permissions import Permission
from partsemble.locks.errors import SyncLockHeld
from partsemble.sync.queries import STEP_PAGE, get_run, list_problems, list_steps
from partsemble.sync.services.start import end_abandoned_run
from partsemble.sync.types import RunState, RunView, StepKind
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.lists import link_pages, read_page
from partsemble.web.sync.changes import count_kinds, show_step
from partsemble.web.sync.progress import show_progress
from partsemble.web.sync.report import make_report
from partsemble.web.sync.when_free import build_when_free
from partsemble.words.changes import Setting


@business_screen(permission=Permission.RUN_SYNC)
def show_run(request: BusinessRequest, *, run_id: UUID) -> HttpResponse:
    """This will show a run: live while it goes, as a report afterwards."""
    run = _look_at_run(request, RunId(run_id))
    is_list = request.htmx and request.htmx.target == "changed"
    template = "sync/changes.html" if is_list else "sync/run.html"
    return render(request, template, _make_context(request, run))


@business_screen(permission=Permission.RUN_SYNC)
def show_run_live(request: BusinessRequest, *, run_id: UUID) -> HttpResponse:
    """This will show the part of a run's page that changes while the run goes."""
    run = _look_at_run(request, RunId(run_id))
    context = {**_make_context(request, run), "is_live": True}
    template = "sync/holder.html" if "brief" in request.GET else "sync/live.html"
    return render(request, template, context)


def _look_at_run(request: BusinessRequest, run_id: RunId) -> RunView:
    run = get_run(actor=request.actor, run_id=run_id)
    if run.is_open:
        # Its workers may have died for good; then this page is who notices.
        with suppress(SyncLockHeld):
            end_abandoned_run(business_id=request.business.id)
        run = get_run(actor=request.actor, run_id=run_id)
    return run


def _make_context(request: BusinessRequest, run: RunView) -> dict[str, Any]:
    context: dict[str, Any] = {
        "run": make_report(run),
        "business": request.business,
        "may_see_log": request.actor.is_allowed(Permission.VIEW_SYNC_LOG),
    }
    if run.is_open:
        progress = show_progress(run, now=timezone.now())
        # Said again only when it says something else: repeating it would talk over everything.
        is_news = request.GET.get("heard", "") != progress.spoken
        free = build_when_free(actor=request.actor, newest=run)
        return {**context, "progress": progress, "is_news": is_news, "free": free}
    if run.counts.problems:
        context["problems"] = list_problems(actor=request.actor, run_id=run.id)
    return context | _make_changes_context(request, run)


def _make_changes_context(request: BusinessRequest, run: RunView) -> dict[str, Any]:
    # A run that did not finish lists what it had planned, which its counts know nothing of.
    has_kinds = run.state is RunState.FINISHED
    kind = _read_kind(request.GET.get("show", "")) if has_kinds else None
    search = request.GET.get("q", "").strip()
    page = read_page(request.GET)
    steps, has_more = list_steps(
        actor=request.actor, run_id=run.id, kind=kind, search=search, page=page
    )
    tabs = count_kinds(run.counts) if has_kinds else ()
    # Counting what matches a search would open the whole plan.
    total = next((tab.count for tab in tabs if tab.kind == kind), run.planned_steps)
    setting = Setting(currency=request.business.currency, time_zone=request.business.time_zone)
    return {
        "kind": kind,
        "tabs": tabs,
        "search": search,
        "steps": [show_step(step, setting=setting) for step in steps],
        "pages": link_pages(
            query=request.GET,
            page=page,
            size=STEP_PAGE,
            shown=len(steps),
            total=None if search else total,
            has_more=has_more,
        ),
    }


def _read_kind(text: str) -> StepKind | None:
    return StepKind(text) if text in set(StepKind) else None
