"""The page of one run: live while it goes, a report afterwards (SYNC-1, SYNC-5)."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from partsemble.kernel.ids import RunId
from partsemble.kernel.permissions import Permission
from partsemble.locks.errors import SyncLockHeld
from partsemble.stock.queries.balances import sum_retired_stock
from partsemble.stock.queries.entries import find_entry_ids
from partsemble.sync.queries import (
    STEP_PAGE,
    compare_with_preview,
    find_held_run,
    get_run,
    list_held_steps,
    list_problems,
    list_steps,
)
from partsemble.sync.queries.corrections import CORRECTION_PAGE, list_corrections, sum_held_value
from partsemble.sync.queries.refreshes import list_refreshes
from partsemble.sync.services.start import end_abandoned_run
from partsemble.sync.types import CorrectionView, RunState, RunView, StepKind, StepView
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.lists import link_pages, read_page
from partsemble.web.sync.changes import (
    HELD,
    KindTab,
    count_kinds,
    describe_comparison,
    show_step,
)
from partsemble.web.sync.corrections import CorrectionReport, list_numbers, make_correction_report
from partsemble.web.sync.progress import show_progress
from partsemble.web.sync.report import make_report
from partsemble.web.sync.when_free import build_when_free
from partsemble.words.changes import Setting
from partsemble.words.figures import show_value, show_value_change
from partsemble.words.refreshes import say_refreshes

CORRECTIONS_SHOWN: Final = 10
"""Products that the report itself shows; all of them have a page of their own."""


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


@business_screen(permission=Permission.RUN_SYNC)
def show_run_corrections(request: BusinessRequest, *, run_id: UUID) -> HttpResponse:
    """This will list what a run made of quantities and costs (SYNC-7, SYNC-8)."""
    run = get_run(actor=request.actor, run_id=RunId(run_id))
    page = read_page(request.GET)
    found, has_more = list_corrections(actor=request.actor, run_id=run.id, page=page)
    context = {
        "run": make_report(run),
        "business": request.business,
        "corrections": _report_corrections(request, run, found),
        "pages": link_pages(
            query=request.GET,
            page=page,
            size=CORRECTION_PAGE,
            shown=len(found),
            total=f"{run.corrections.total:,}",
            has_more=has_more,
        ),
    }
    return render(request, "sync/corrections.html", context)


def _look_at_run(request: BusinessRequest, run_id: RunId) -> RunView:
    run = get_run(actor=request.actor, run_id=run_id)
    if run.is_open:
        # Its workers may have died for good; then this page is who notices.
        with suppress(SyncLockHeld):
            end_abandoned_run(business_id=request.business.id, is_preview=run.is_preview)
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
    refreshes = list_refreshes(actor=request.actor, run_id=run.id)
    context["refreshed"] = say_refreshes(refreshes)
    if run.counts.problems:
        context["problems"] = list_problems(actor=request.actor, run_id=run.id)
    return context | _make_outcome_context(request, run) | _make_changes_context(request, run)


def _make_changes_context(request: BusinessRequest, run: RunView) -> dict[str, Any]:
    # A run that did not finish lists what it had planned, which its counts know nothing of.
    tabs = count_kinds(run.counts) if run.state is RunState.FINISHED else ()
    tab = next((each for each in tabs if each.show == request.GET.get("show", "")), None)
    search, page = request.GET.get("q", "").strip(), read_page(request.GET)
    steps, has_more = _list_steps(request, run, tab, search, page)
    setting = Setting(currency=request.business.currency, time_zone=request.business.time_zone)
    query = request.GET.copy()
    query.pop("heard", None)  # of the live part, which turns no pages
    # Counting what matches a search would open the whole plan.
    total = None if search else tab.count if tab else run.planned_steps
    return {
        "tab": tab,
        "tabs": tabs,
        "search": search,
        "steps": [show_step(step, setting=setting, is_preview=run.is_preview) for step in steps],
        "pages": link_pages(
            query=query,
            page=page,
            size=STEP_PAGE,
            shown=len(steps),
            total=None if total is None else f"{total:,}",
            has_more=has_more,
        ),
    }


def _list_steps(
    request: BusinessRequest, run: RunView, tab: KindTab | None, search: str, page: int
) -> tuple[tuple[StepView, ...], bool]:
    if tab is not None and tab.show == HELD:
        return list_held_steps(actor=request.actor, run_id=run.id, search=search, page=page)
    kind = StepKind(tab.show) if tab else None
    return list_steps(actor=request.actor, run_id=run.id, kind=kind, search=search, page=page)


def _make_outcome_context(request: BusinessRequest, run: RunView) -> dict[str, Any]:
    """What is only said of a run that has finished: what waits for a word, and what differed."""
    context: dict[str, Any] = {}
    if run.corrections.total:
        found, _ = list_corrections(actor=request.actor, run_id=run.id)
        context["corrections"] = _report_corrections(request, run, found[:CORRECTIONS_SHOWN])
    if run.corrections.held_back:
        held_value = sum_held_value(actor=request.actor, run_id=run.id)
        context["held_value"] = show_value_change(held_value)
    if (run.counts.held_back or run.corrections.held_back) and not run.is_preview:
        held = find_held_run(actor=request.actor)
        context["is_confirmable"] = held is not None and held.id == run.id
    if run.counts.deactivated:
        count, worth = sum_retired_stock(actor=request.actor)
        context["retired"] = {"count": count, "worth": show_value(worth)}
    if run.applied_preview is not None:
        comparison = compare_with_preview(actor=request.actor, run_id=run.id)
        context["applied_preview"] = run.applied_preview
        context["comparison"] = describe_comparison(comparison) if comparison else None
    return context


def _report_corrections(
    request: BusinessRequest, run: RunView, found: Sequence[CorrectionView]
) -> CorrectionReport:
    numbers = [number for each in found for number in list_numbers(each)]
    may_look = request.actor.is_allowed(Permission.VIEW_INVENTORY)
    entries = find_entry_ids(actor=request.actor, numbers=numbers) if may_look else {}
    return make_correction_report(
        counts=run.corrections, found=found, entries=entries, is_preview=run.is_preview
    )
