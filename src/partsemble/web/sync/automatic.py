"""Syncs without anybody in front of them: by themselves, and when the lock is free."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from partsemble.accounting.queries.connections import find_connection
from partsemble.accounting.types import ConnectionView
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries.waiting import get_automatic_sync
from partsemble.sync.services.schedule import choose_automatic_sync
from partsemble.sync.services.waiting import ask_for_sync_when_free, call_off_waiting_sync
from partsemble.sync.types import Rhythm, RunView, Trigger
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.sync.forms import AutomaticSyncForm
from partsemble.web.sync.when_free import build_when_free


@business_screen(permission=Permission.MANAGE_CONNECTION, methods=("POST",))
def choose_automatic(request: BusinessRequest) -> HttpResponse:
    """This will store when syncs start by themselves."""
    form = AutomaticSyncForm(request.POST)
    if not form.is_valid():
        connection = find_connection(actor=request.actor)
        context = {"automatic": _build_automatic(request, connection, form)}
        return render(request, "sync/automatic_page.html", context, status=422)
    choose_automatic_sync(
        actor=request.actor,
        rhythm=Rhythm(form.cleaned_data["rhythm"]),
        hour=int(form.cleaned_data["hour"]),
        follows_changes=form.cleaned_data["follows_changes"],
    )
    messages.success(request, "Saved when syncs start by themselves.")
    return redirect("sync_items", slug=request.business.slug)


@business_screen(permission=Permission.RUN_SYNC, methods=("POST",))
def run_when_free(request: BusinessRequest) -> HttpResponse:
    """This will remember that a sync is wanted as soon as nothing is in its way (LOCK-5)."""
    ask_for_sync_when_free(actor=request.actor, trigger=Trigger.PERSON)
    messages.success(request, "The sync starts by itself as soon as nothing else runs.")
    return redirect("sync_items", slug=request.business.slug)


@business_screen(permission=Permission.RUN_SYNC, methods=("POST",))
def call_off_sync(request: BusinessRequest) -> HttpResponse:
    """This will forget the sync that waits to be free."""
    if call_off_waiting_sync(actor=request.actor):
        messages.success(request, "The waiting sync is cancelled.")
    else:
        messages.info(request, "No sync was waiting any more: it has started, or was cancelled.")
    return redirect("sync_items", slug=request.business.slug)


def build_automatic_context(
    request: BusinessRequest, *, connection: ConnectionView | None, newest: RunView | None
) -> dict[str, Any]:
    """This will say on the Sync Items page what starts by itself, and what waits."""
    return {
        "automatic": _build_automatic(request, connection),
        "free": build_when_free(actor=request.actor, newest=newest),
    }


def _build_automatic(
    request: BusinessRequest,
    connection: ConnectionView | None,
    form: AutomaticSyncForm | None = None,
) -> dict[str, Any]:
    now = get_automatic_sync(actor=request.actor, connection=connection)
    if form is None:
        form = AutomaticSyncForm(
            initial={
                "rhythm": now.rhythm.value,
                "hour": now.hour,
                "follows_changes": now.follows_changes,
            }
        )
    return {
        "form": form,
        "is_on": now.rhythm is not Rhythm.OFF,
        "next_at": now.next_at,
        "is_paused": now.is_paused,
        "follows_changes": now.follows_changes,
        "may_choose": request.actor.is_allowed(Permission.MANAGE_CONNECTION),
    }
