"""The page of API tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst

from partsemble.identity.queries import list_tokens
from partsemble.identity.services import issue_token, revoke_token
from partsemble.identity.types import IssuedToken, TokenView
from partsemble.kernel.ids import TokenId
from partsemble.kernel.permissions import ALL_PERMISSIONS, Permission
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.tokens.forms import TokenForm
from partsemble.words.names import PERMISSION_WORDS, say_since

_SENT_FORMS: Final = "token_forms"
_REMEMBERED: Final = 20
"""Forms of tokens that a session knows again."""


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token as it is shown."""

    id: TokenId
    name: str
    prefix: str
    may: str
    person: str
    last_used: str
    expires_at: datetime | None
    is_expired: bool


@business_screen(permission=Permission.MANAGE_SETTINGS, methods=("GET", "POST"))
def api_tokens(request: BusinessRequest) -> HttpResponse:
    """This will list the tokens, and make one, whose secret this one answer shows."""
    form = TokenForm(request.POST or None, actor=request.actor)
    if not form.is_valid():
        return _show(request, form, status=422 if form.is_bound else 200)
    if not _is_first_time(request, key=str(form.cleaned_data["key"])):
        messages.info(request, "That token was made already; its secret is shown once.")
        return redirect("api_tokens", slug=request.business.slug)
    issued = issue_token(
        actor=request.actor,
        name=form.cleaned_data["name"],
        scopes=form.read_scopes(),
        expires_at=form.read_end(now=timezone.now()),
    )
    return _show(request, TokenForm(actor=request.actor), issued=issued)


@business_screen(permission=Permission.MANAGE_SETTINGS, methods=("POST",))
def revoke_api_token(request: BusinessRequest, *, token_id: UUID) -> HttpResponse:
    """This will end a token and lead back to the list."""
    revoke_token(actor=request.actor, token_id=TokenId(token_id))
    messages.success(request, "Revoked. Whatever used it is let in no more.")
    return redirect("api_tokens", slug=request.business.slug)


def _is_first_time(request: BusinessRequest, *, key: str) -> bool:
    """Whether this form was not sent before, as whoever loads the answer again does."""
    sent = request.session.get(_SENT_FORMS, [])
    request.session[_SENT_FORMS] = [*sent, key][-_REMEMBERED:]
    return key not in sent


def show_token(token: TokenView) -> TokenLine:
    """This will put a token into words."""
    scopes = [PERMISSION_WORDS[each] for each in Permission if each in token.scopes]
    return TokenLine(
        id=token.id,
        name=token.name,
        prefix=token.prefix,
        may="Everything" if token.scopes == ALL_PERMISSIONS else capfirst(", ".join(scopes)),
        person=token.person,
        last_used="Never" if token.last_used_at is None else say_since(token.last_used_at),
        expires_at=token.expires_at,
        is_expired=token.is_expired,
    )


def _show(
    request: BusinessRequest,
    form: TokenForm,
    *,
    status: int = 200,
    issued: IssuedToken | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "tokens": [show_token(each) for each in list_tokens(actor=request.actor)],
        "issued_name": issued.name if issued else "",
        "secret": issued.secret.reveal() if issued else "",
        "base_url": request.build_absolute_uri("/api/v1"),
    }
    response = render(request, "tokens/api_tokens.html", context, status=status)
    response["Cache-Control"] = "no-store"  # the secret is on it once
    return response
