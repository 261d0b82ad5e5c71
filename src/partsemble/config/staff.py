"""The staff's pages under `/staff/`: support looks across businesses, and leaves a trace (LOG-2).

Everything is read-only, and only `GET` is answered. Around each page the staff's scope is
entered, which on PostgreSQL is a transaction that row-level security lets see every business;
the page is rendered inside it, because templates of the admin fetch rows late. Whose rows were
on the page is then written into the activity log of each of those businesses, once an hour per
person and subject, so that an owner sees who looked.

People sign in like everybody else, with their second step if they have one. To whoever is not
staff these pages do not exist.

The admin's scripts evaluate expressions in attributes and set styles, which the policy of our
own pages forbids; so these pages, and no others, have a policy of their own.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Final

import structlog
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.utils.csp import CSP
from unfold.sites import UnfoldAdminSite

from partsemble.database.models import BusinessOwned
from partsemble.database.scope import staff_scope
from partsemble.database.staff import LookOnlyAdmin
from partsemble.identity.services import record_staff_look
from partsemble.kernel.ids import BusinessId, UserId

STAFF_CSP: Final = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
_SAFE_METHODS: Final = ("GET", "HEAD")
_log = structlog.get_logger("partsemble.staff")

type _View = Callable[..., HttpResponseBase]


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """Pages for whoever runs this installation."""

    site_title = "Partsemble staff"
    site_header = "Partsemble staff"
    index_title = "Look, and change nothing"

    def register(
        self,
        model_or_iterable: object,
        admin_class: type | None = None,
        **options: object,
    ) -> None:
        """This will take up pages that only look; those that other packages bring are left out."""
        if admin_class is not None and issubclass(admin_class, LookOnlyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """This will tell whether somebody is staff."""
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def admin_view(self, view: _View, cacheable: bool = False) -> _View:  # noqa: FBT001, FBT002 Django's signature
        """This will guard a page, put it into the staff's scope, and record whose rows it had."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise Http404
            if request.method not in _SAFE_METHODS:
                return HttpResponseNotAllowed(_SAFE_METHODS)
            response: HttpResponseBase = _look(request, inner, *args, **kwargs)
            response._csp_config = STAFF_CSP  # type: ignore[attr-defined]  # where Django's middleware looks
            patch_cache_control(response, private=True, no_store=True)
            return response

        wrapped: _View = update_wrapper(guarded, view)
        return wrapped

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """This will lead to the sign-in page of all people."""
        del extra_context
        return redirect_to_login(request.get_full_path())

    def logout(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """This will lead to where all people sign out."""
        del request, extra_context
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """This will lead to where all people change their password."""
        del request, extra_context
        return redirect("account_change_password")


def find_styles(request: HttpRequest) -> str:
    """This will name our few lines of style for these pages."""
    del request
    return static("staff/staff.css")


def find_mark(request: HttpRequest) -> str:
    """This will name the picture of the site."""
    del request
    return static("web/img/mark.svg")


def find_copying(request: HttpRequest) -> str:
    """This will name the script that copies."""
    del request
    return static("web/js/copy.js")


def find_landmarks(request: HttpRequest) -> str:
    """This will name the script that says where a page's content begins."""
    del request
    return static("staff/staff.js")


def _look(request: HttpRequest, view: _View, *args: object, **kwargs: object) -> Any:  # noqa: ANN401 Django's own
    with staff_scope():
        response = view(request, *args, **kwargs)
        if not isinstance(response, SimpleTemplateResponse):
            return response
        response.render()
        if request.user.pk is None:
            raise AssertionError("Whoever is staff is signed in.")
        model, seen = _find_seen(response.context_data or {})
        if model is not None and seen:
            subject = str(model._meta.verbose_name_plural)
            record_staff_look(
                user_id=UserId(request.user.pk),
                label=str(request.user),
                business_ids=seen,
                subject=subject,
            )
            _log.info("staff_looked", user=str(request.user.pk), subject=subject, count=len(seen))
    return response


def _find_seen(context: dict[str, Any]) -> tuple[Any, frozenset[BusinessId]]:
    """Whose rows are on a page: of a list, or of one record."""
    rows = _list_shown(context)
    model = type(rows[0]) if rows else None
    ids = (getattr(row, _name_column(row), None) for row in rows)
    return model, frozenset(BusinessId(each) for each in ids if each is not None)


def _list_shown(context: dict[str, Any]) -> list[Any]:
    if "cl" in context:
        return list(context["cl"].result_list)
    return [context["original"]] if context.get("original") is not None else []


def _name_column(row: object) -> str:
    column: str = getattr(row, "BUSINESS_COLUMN", BusinessOwned.BUSINESS_COLUMN)
    return column
