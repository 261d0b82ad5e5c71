"""Settings → Integrations, and the way to the provider's consent page and back (CONN-1)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from partsemble.accounting.queries.connections import find_shown_books, is_installed
from partsemble.accounting.services.connections import complete_connection, disconnect
from partsemble.accounting.services.consent import begin_connection, redeem_state
from partsemble.accounting.types import Callback, ProviderKey
from partsemble.identity.queries import get_business
from partsemble.kernel.errors import DomainError
from partsemble.kernel.permissions import Permission
from partsemble.kernel.secret import Secret
from partsemble.web.access import BusinessRequest, UserRequest, business_screen, user_screen
from partsemble.web.connection.card import build_card
from partsemble.web.connection.health import look_at_health
from partsemble.web.connection.mode import look_at_mode
from partsemble.web.sync.card import build_sync_card
from partsemble.words.sentences import MISTAKES_OF_OURS, explain


@business_screen(permission=Permission.VIEW_INVENTORY)
def show_integrations(request: BusinessRequest) -> HttpResponse:
    """This will show how the business is connected to its books."""
    card = build_card(
        connection=find_shown_books(actor=request.actor),
        may_manage=request.actor.is_allowed(Permission.MANAGE_CONNECTION),
        can_connect=is_installed(provider=ProviderKey.QBO),
    )
    sync = build_sync_card(actor=request.actor) if card.company else None
    context = {
        "card": card,
        "mode": look_at_mode(actor=request.actor) if card.company else None,
        "sync": sync,
        "health": look_at_health(actor=request.actor) if card.company else None,
        "may_see_log": request.actor.is_allowed(Permission.VIEW_SYNC_LOG),
    }
    return render(request, "connection/integrations.html", context)


@business_screen(permission=Permission.MANAGE_CONNECTION, methods=("POST",))
def begin_consent(request: BusinessRequest) -> HttpResponse:
    """This will send the person to the provider's page, where they choose a company."""
    try:
        url = begin_connection(actor=request.actor, session_key=_read_session_key(request))
    except DomainError as error:
        _say_refusal(request, error)
        return redirect("integrations", slug=request.business.slug)
    return redirect(url)


@user_screen()
def finish_consent(request: UserRequest) -> HttpResponse:
    """This will take up a person who comes back from the provider, and connect the business."""
    actor = redeem_state(
        user_id=request.user_id,
        session_key=_read_session_key(request),
        state=request.GET.get("state", ""),
    )
    callback = Callback(
        code=Secret(request.GET.get("code", "")),
        company_id=request.GET.get("realmId", ""),
        error=request.GET.get("error", ""),
    )
    try:
        connection = complete_connection(actor=actor, callback=callback)
    except DomainError as error:
        _say_refusal(request, error)
    else:
        messages.success(request, f"Connected to {connection.company_name}.")
    return redirect("integrations", slug=get_business(actor=actor).slug)


@business_screen(permission=Permission.MANAGE_CONNECTION, methods=("POST",))
def give_up_connection(request: BusinessRequest) -> HttpResponse:
    """This will disconnect the business from its books."""
    try:
        is_revoked = disconnect(actor=request.actor)
    except DomainError as error:
        _say_refusal(request, error)
    else:
        if is_revoked:
            messages.success(request, "Disconnected. Your items and links are kept.")
        else:
            messages.warning(
                request,
                "Disconnected here, and our keys are thrown away. QuickBooks could not be told: "
                "remove Partsemble from your apps there too.",
            )
    return redirect("integrations", slug=request.business.slug)


def _read_session_key(request: HttpRequest) -> str:
    if request.session.session_key is None:
        raise AssertionError("Whoever is signed in has a session.")
    return request.session.session_key


def _say_refusal(request: HttpRequest, error: DomainError) -> None:
    if error.code in MISTAKES_OF_OURS:
        raise error
    refusal = explain(error)
    messages.error(request, f"{refusal.what} {refusal.why} {refusal.remedy}")
