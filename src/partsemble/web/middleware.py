"""What happens around every request: how large, under which code for support, what caches need."""

import secrets
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from partsemble.web.errors import too_large

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without the letters that are mistaken for digits when read out on the telephone."""
_CODE_LENGTH: Final = 8


MULTIPART_BYTES: Final = 11 * 1024 * 1024
"""Of one form with a file: the largest file that anything here takes, and a little around it."""
_DRAINED_BYTES: Final = 64 * 1024 * 1024
"""As much as is read and thrown away, so that a browser that still sends gets to see the answer."""
_GULP: Final = 1024 * 1024


class FormSizeMiddleware:
    """Turns forms away at the door that are larger than anything here takes.

    Django would put them on the disk first: the token against forgeries stands in the form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """This will answer a request, or say that it is too large."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_form = (request.content_type or "").startswith("multipart/")
        if not is_form or not length.isdecimal() or int(length) <= MULTIPART_BYTES:
            return self.get_response(request)
        left = min(int(length), _DRAINED_BYTES)
        while left > 0 and (gulp := request.read(min(left, _GULP))):
            left -= len(gulp)
        return too_large(request)


class FragmentMiddleware:
    """Keeps fragments and whole pages of one address apart.

    A browser keeps what an address answered and shows it again when somebody presses Back; it
    must not show the fragment that htmx got there. And when htmx itself goes back to a page that
    it no longer has, it asks for the whole of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """This will answer a request with what it depends on."""
        if "HTTP_HX_HISTORY_RESTORE_REQUEST" in request.META:
            request.META.pop("HTTP_HX_REQUEST", None)
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response


class SupportCodeMiddleware:
    """Names every request by a short code that its log lines and its error page share."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """This will answer the request with the code in reach of logs and pages."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
        request.support_code = code  # type: ignore[attr-defined] # the request is Django's class
        with structlog.contextvars.bound_contextvars(request=code):
            response = self.get_response(request)
        response["X-Request-Id"] = code
        return response
