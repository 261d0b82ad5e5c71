"""The pages of item syncs, under Settings → Integrations."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from partsemble.accounting.documents import ItemType
from partsemble.kernel.ids import RunId
from partsemble.kernel.permissions import Permission
from partsemble.locks.errors import SyncLockHeld
from partsemble.sync.errors import RunNotFound
from partsemble.sync.queries import get_item_types, list_runs
from partsemble.sync.services.start import (
    choose_item_types,
    start_item_preview,
    start_item_sync,
)
from partsemble.sync.types import StartMode, Trigger
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.sync.automatic import build_automatic_context
from partsemble.web.sync.card import list_chosen_types
from partsemble.web.sync.forms import ItemTypesForm
from partsemble.web.sync.history import build_history
from partsemble.web.sync.refused import show_lock_refusal
from partsemble.web.sync.standing import STANDING_RUNS, judge_standing


@business_screen(permission=Permission.RUN_SYNC)
def sync_items(request: BusinessRequest) -> HttpResponse:
    """This will show what a sync reads, the button, and the runs so far."""
    return _show_sync_items(request, _make_types_form(request))


@business_screen(permission=Permission.RUN_SYNC, methods=("POST",))
def start_sync(request: BusinessRequest) -> HttpResponse:
    """This will start a run and lead to its page, or say what is in its way (LOCK-5).

    The form may ask for a full one, name the preview that it applies, or the run whose held-back
    changes it confirms.
    """
    try:
        run_id = start_item_sync(
            actor=request.actor,
            trigger=Trigger.PERSON,
            mode=_read_mode(request),
            applies=_read_run_id(request, "applies"),
            confirms=_read_run_id(request, "confirms"),
        )
    except SyncLockHeld as held:
        return show_lock_refusal(request, held=held)
    return redirect("sync_run", slug=request.business.slug, run_id=run_id)


@business_screen(permission=Permission.RUN_SYNC, methods=("POST",))
def start_preview(request: BusinessRequest) -> HttpResponse:
    """This will have a preview made and lead to its page; it changes nothing (SYNC-4)."""
    run_id = start_item_preview(actor=request.actor, trigger=Trigger.PERSON)
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


def _read_mode(request: BusinessRequest) -> StartMode:
    is_full = request.POST.get("mode") == StartMode.FULL
    return StartMode.FULL if is_full else StartMode.AUTOMATIC


def _read_run_id(request: BusinessRequest, name: str) -> RunId | None:
    text = request.POST.get(name, "")
    if not text:
        return None
    try:
        return RunId(UUID(text))
    except ValueError as error:
        raise RunNotFound(run_id=text) from error


def _make_types_form(request: BusinessRequest) -> ItemTypesForm:
    chosen = get_item_types(business_id=request.business.id)
    return ItemTypesForm(initial={"types": [each.value for each in chosen]})


def _show_sync_items(
    request: BusinessRequest, form: ItemTypesForm, status: int = 200
) -> HttpResponse:
    connection = request.books.connection
    runs = list_runs(actor=request.actor, limit=STANDING_RUNS)
    may_choose = request.actor.is_allowed(Permission.MANAGE_CONNECTION)
    context = {
        "form": form,
        "chosen_types": () if may_choose else list_chosen_types(business_id=request.business.id),
        "standing": judge_standing(
            connection=connection.state if connection else None, runs=runs, now=timezone.now()
        ),
        **build_history(actor=request.actor, query=request.GET),
        "may_choose_types": may_choose,
        **build_automatic_context(request, connection=connection, newest=runs[0] if runs else None),
    }
    page = "history" if request.htmx else "sync_items"
    return render(request, f"sync/{page}.html", context, status=status)
