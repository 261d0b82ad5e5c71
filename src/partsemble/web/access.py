"""Who may open which screen: every view says so in one line, and nothing is open by omission.

    @business_screen(permission=Permission.VIEW_INVENTORY)
    def list_items(request: BusinessRequest) -> HttpResponse: ...

    @business_screen(permission=Permission.RUN_SYNC, methods=("POST",))
    def start_sync(request: BusinessRequest) -> HttpResponse: ...

The declaration is kept on the view, where a test reads it: it walks every address of the
project, fails for one that declares nothing, and tries each as every role, as nobody, and as
another business's owner. Addresses of other people's views are in `DECLARED_ELSEWHERE`.

A refusal that a view does not show itself becomes a page, or, for htmx, a notice on the page
that asked (`errors.show_refusal`). A screen opens no database transaction; queries and services
do that themselves, late and short.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial, wraps
from types import MappingProxyType
from typing import Any, Final, Protocol, cast

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from partsemble.accounting.queries.connections import BooksLook, look_at_books
from partsemble.identity.queries import list_memberships
from partsemble.identity.types import BusinessView, MembershipView
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import DomainError
from partsemble.kernel.ids import UserId
from partsemble.kernel.permissions import Permission
from partsemble.web.errors import show_refusal
from partsemble.words.sentences import MISTAKES_OF_OURS

LAST_BUSINESS: Final = "last_business"
"""Session key: the short name of the business that its person looked at last."""

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Audience(Enum):
    """Who a screen is for."""

    PUBLIC = "public"
    """Anybody."""
    USER = "user"
    """Whoever is signed in."""
    BUSINESS = "business"
    """A member of the business in the address, with a permission."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a screen declares; without a permission any member of the business may open it."""

    audience: Audience
    permission: Permission | None = None
    methods: tuple[str, ...] = ("GET",)


class ScreenRequest(HttpRequest):
    """A request as middleware leaves it."""

    htmx: HtmxDetails


class UserRequest(ScreenRequest):
    """A request of somebody who is signed in."""

    user_id: UserId


class BusinessRequest(UserRequest):
    """A request of a member of the business in the address."""

    actor: Actor
    business: BusinessView
    memberships: tuple[MembershipView, ...]
    """In this business and all others."""
    books: BooksLook
    """Looked at when somebody asks, and once."""


class Screen(Protocol):
    """A view that has declared who may open it."""

    access: Access

    def __call__(self, request: HttpRequest, **arguments: Any) -> HttpResponseBase:  # noqa: ANN401 whatever the address captures
        """This will answer the request."""


type _Decorator = Callable[[Callable[..., HttpResponseBase]], Screen]

_PUBLIC: Final = Access(audience=Audience.PUBLIC, methods=("GET", "POST"))
_USER: Final = Access(audience=Audience.USER, methods=("GET", "POST"))

DECLARED_ELSEWHERE: Final[Mapping[str, Access]] = MappingProxyType(
    {
        "account_login": _PUBLIC,
        "account_logout": _PUBLIC,
        "account_signup": _PUBLIC,
        "account_inactive": _PUBLIC,
        "account_confirm_email": _PUBLIC,
        "account_email_verification_sent": _PUBLIC,
        "account_confirm_login_code": _PUBLIC,
        "account_reset_password": _PUBLIC,
        "account_reset_password_done": _PUBLIC,
        "account_reset_password_from_key": _PUBLIC,
        "account_reset_password_from_key_done": _PUBLIC,
        "mfa_authenticate": _PUBLIC,
        "account_email": _USER,
        "account_change_password": _USER,
        "account_set_password": _USER,
        "account_reauthenticate": _USER,
        "mfa_index": _USER,
        "mfa_reauthenticate": _USER,
        "mfa_activate_totp": _USER,
        "mfa_deactivate_totp": _USER,
        "mfa_view_recovery_codes": _USER,
        "mfa_generate_recovery_codes": _USER,
        "mfa_download_recovery_codes": _USER,
    }
)
"""Addresses by name whose views are allauth's; it checks sign-in by itself."""


def public_screen(*, methods: tuple[str, ...] = ("GET",)) -> _Decorator:
    """This will declare a view that anybody may open."""
    return _declare(Access(audience=Audience.PUBLIC, methods=methods), _admit_anybody)


def user_screen(*, methods: tuple[str, ...] = ("GET",)) -> _Decorator:
    """This will declare a view for whoever is signed in; others are led to the sign-in page."""
    return _declare(Access(audience=Audience.USER, methods=methods), _admit_user)


def business_screen(
    *, permission: Permission | None, methods: tuple[str, ...] = ("GET",)
) -> _Decorator:
    """This will declare a view under `/b/<slug:slug>/` for members who hold the permission.

    The view gets `request.actor` and `request.business` instead of the slug. To anybody else
    the business does not exist (404); without the permission there is a page that says so (403).

    Arguments:
        permission: what it takes to open the page or press the button; None for any member.
    """
    access = Access(audience=Audience.BUSINESS, permission=permission, methods=methods)
    return _declare(access, _admit_member)


type _Admission = Callable[[HttpRequest, Access, dict[str, Any]], HttpResponseBase | None]


def _declare(access: Access, admit: _Admission) -> _Decorator:
    def decorate(view: Callable[..., HttpResponseBase]) -> Screen:
        @wraps(view)
        def screen(request: HttpRequest, **arguments: Any) -> HttpResponseBase:  # noqa: ANN401 whatever the address captures
            try:
                refusal = admit(request, access, arguments)
                response = refusal or _answer(request, access, view, arguments)
            except DomainError as error:
                if error.code in MISTAKES_OF_OURS:
                    raise
                response = show_refusal(request, error=error)
            if access.audience is not Audience.PUBLIC:
                # After signing out, Back must not show what was seen before.
                patch_cache_control(response, private=True, no_store=True)
            return response

        declared = cast("Screen", screen)
        declared.access = access
        return declared

    return decorate


def _answer(
    request: HttpRequest,
    access: Access,
    view: Callable[..., HttpResponseBase],
    arguments: dict[str, Any],
) -> HttpResponseBase:
    if request.method not in (*access.methods, "HEAD", "OPTIONS"):
        return HttpResponseNotAllowed(access.methods)
    return view(request, **arguments)


def _admit_anybody(_: HttpRequest, __: Access, ___: dict[str, Any]) -> None:
    return None


def _admit_user(
    request: HttpRequest, access: Access, arguments: dict[str, Any]
) -> HttpResponseBase | None:
    del access, arguments
    if not request.user.is_authenticated:
        return lead_to_sign_in(request)
    cast("UserRequest", request).user_id = UserId(request.user.pk)
    return None


def _admit_member(
    request: HttpRequest, access: Access, arguments: dict[str, Any]
) -> HttpResponseBase | None:
    refusal = _admit_user(request, access, arguments)
    if refusal is not None:
        return refusal
    guest = cast("BusinessRequest", request)
    slug = arguments.pop("slug")
    guest.memberships = list_memberships(user_id=guest.user_id)
    here = next((each for each in guest.memberships if each.business.slug == slug), None)
    if here is None:
        raise Http404
    guest.actor, guest.business = here.actor, here.business
    look = partial(look_at_books, business_id=here.business.id)
    guest.books = cast("BooksLook", SimpleLazyObject(look))
    if request.session.get(LAST_BUSINESS) != slug:
        request.session[LAST_BUSINESS] = slug
    if access.permission is not None:
        guest.actor.demand(access.permission)
    return None


def lead_to_sign_in(request: HttpRequest) -> HttpResponse:
    """This will lead to the sign-in page, and from there back to the page that was asked for.

    A fragment that htmx asked for can't be shown alone, so the whole page goes.
    """
    address = resolve_url("account_login")
    htmx = cast("ScreenRequest", request).htmx
    back = htmx.current_url_abs_path if htmx else request.get_full_path()
    if back and (htmx or request.method in _SAFE_METHODS):
        address += "?" + urlencode({REDIRECT_FIELD_NAME: back})
    return HttpResponseClientRedirect(address) if htmx else redirect(address)
