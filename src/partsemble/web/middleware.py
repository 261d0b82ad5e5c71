"""What happens around every request: a code for support, and refusals turned into pages."""

import secrets
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from partsemble.kernel.errors import DomainError
from partsemble.web.errors import show_refusal
from partsemble.web.sentences import MISTAKES_OF_OURS

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without the letters that are mistaken for digits when read out on the telephone."""
_CODE_LENGTH: Final = 8


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


class RefusalMiddleware:
    """Shows a refusal of the application as a page, or as a notice on the page that asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """This will answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """This will show a refusal; other exceptions, and mistakes of ours, go on."""
        if not isinstance(exception, DomainError) or exception.code in MISTAKES_OF_OURS:
            return None
        return show_refusal(request, exception)
