"""What happens around every request: it gets a code that support can ask for."""

import secrets
from collections.abc import Callable
from typing import Final

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

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
