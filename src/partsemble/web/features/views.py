"""Settings → Features, and where quantities are kept (BIZ-4, CONN-8)."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from partsemble.accounting.queries.connections import find_connection, get_connection
from partsemble.accounting.types import ConnectionView, InventoryMode
from partsemble.identity.queries import has_feature
from partsemble.identity.types import Feature
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries.corrections import list_differences
from partsemble.sync.services.mastering import switch_inventory_mode, switch_receiving
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.features.changes import (
    Change,
    Takeover,
    describe_mode,
    describe_receiving,
)

SHOWN: Final = 20
"""Products that a switch lists; the count says how many there are."""


@business_screen(permission=Permission.MANAGE_SETTINGS)
def features(request: BusinessRequest) -> HttpResponse:
    """This will list what can be switched on."""
    return render(request, "features/features.html", {"is_receiving": _is_receiving(request)})


@business_screen(permission=Permission.MANAGE_SETTINGS, methods=("GET", "POST"))
def change_receiving(request: BusinessRequest) -> HttpResponse:
    """This will say what switching Receiving means, and switch it."""
    is_on = _is_receiving(request)
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "on"
        if switch_receiving(actor=request.actor, is_on=wanted):
            messages.success(request, f"Receiving is {'on' if wanted else 'off'}.")
        return redirect("features", slug=request.business.slug)
    connection = find_connection(actor=request.actor)
    is_sync = connection is not None and connection.mode is InventoryMode.SYNC
    takeover = _foresee_takeover(request, connection) if is_on and is_sync else None
    change = describe_receiving(is_on=is_on, is_sync=is_sync, takeover=takeover)
    return _show(request, change, wanted="off" if is_on else "on", back="features")


@business_screen(permission=Permission.MANAGE_CONNECTION, methods=("GET", "POST"))
def change_inventory_mode(request: BusinessRequest) -> HttpResponse:
    """This will say what changing the mode of the connection means, and change it."""
    connection = get_connection(actor=request.actor)
    is_sync = connection.mode is InventoryMode.SYNC
    if request.method == "POST":
        is_wanted = request.POST.get("wanted") == InventoryMode.SYNC
        mode = InventoryMode.SYNC if is_wanted else InventoryMode.PARTSEMBLE_ONLY
        if switch_inventory_mode(actor=request.actor, mode=mode):
            messages.success(request, "Changed where quantities are kept.")
        return redirect("integrations", slug=request.business.slug)
    is_receiving = _is_receiving(request)
    leads = not is_sync and not is_receiving
    takeover = _foresee_takeover(request, connection) if leads else None
    change = describe_mode(is_sync=is_sync, is_receiving=is_receiving, takeover=takeover)
    wanted = InventoryMode.PARTSEMBLE_ONLY if is_sync else InventoryMode.SYNC
    return _show(request, change, wanted=wanted.value, back="integrations")


def _foresee_takeover(
    request: BusinessRequest, connection: ConnectionView | None
) -> Takeover | None:
    if connection is None:
        return None
    pairs, count = list_differences(actor=request.actor, limit=SHOWN)
    return Takeover(company=connection.company_name, count=count, pairs=pairs)


def _show(request: BusinessRequest, change: Change, *, wanted: str, back: str) -> HttpResponse:
    context = {
        "change": change,
        "wanted": wanted,
        "back_url": reverse(back, kwargs={"slug": request.business.slug}),
    }
    return render(request, "features/change.html", context)


def _is_receiving(request: BusinessRequest) -> bool:
    return has_feature(business_id=request.business.id, feature=Feature.RECEIVING)
