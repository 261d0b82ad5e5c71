"""Refusals as problem details, with the codes and sentences that screens show too (RFC 9457)."""

import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from partsemble.api.wire import Shape
from partsemble.kernel.errors import DomainError, InvalidInput
from partsemble.words.sentences import MISTAKES_OF_OURS, explain

ROOT: Final = "/api/"
MEDIA_TYPE: Final = "application/problem+json"

EVERYWHERE: Final = frozenset({401, 403, 422, 429})
"""What any operation may be refused with."""


class FieldProblem(Shape):
    """What is wrong with one part of a request."""

    place: str = Field(examples=["query.limit"])
    message: str


class Problem(Shape):
    """Why a request was not done; `code` is stable, the sentences are for people."""

    type: str = Field(examples=["urn:partsemble:problem:sync_lock_held"])
    title: str
    status: int
    detail: str
    code: str = Field(examples=["sync_lock_held"])
    support_code: str
    """Under which the server's log tells more."""
    errors: list[FieldProblem] = Field(default_factory=list)


_MISFITS: Final = {
    400: ("bad_request", "The request can't be read.", "Its body is not valid JSON."),
    404: ("not_found", "There is nothing at this address.", "It may have a slip in it."),
    405: ("method_not_allowed", "This address takes other methods.", "Allow names them."),
    413: ("too_large", "The request is too large.", "Send less at once."),
}
"""What a request is refused with before it reaches an operation."""
_CRASH: Final = (
    "unexpected",
    "Something broke on our side.",
    "What was saved before is safe; try again, and if it stays, tell us the support code.",
)


class ProblemMiddleware:
    """Gives whatever goes wrong under the API's addresses its one form, and keeps caches out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """This will answer the request; an error page for people becomes a problem."""
        response = self.get_response(request)
        if not request.path.startswith(ROOT):
            return response
        if response.status_code >= HTTPStatus.BAD_REQUEST and not _is_problem(response):
            refused = _write_misfit(request, response.status_code)
            if response.has_header("Allow"):
                refused["Allow"] = response["Allow"]
            response = refused
        response["Cache-Control"] = "no-store"
        return response


def answer_error(request: HttpRequest, *, error: Exception) -> HttpResponse:
    """This will put what an operation raised into a problem.

    Raises:
        Exception: the error itself if it is a fault of ours; Django logs it.
    """
    if isinstance(error, DomainError) and error.code not in MISTAKES_OF_OURS:
        return _show_refusal(request, error)
    if isinstance(error, ValidationError):
        return _show_misuse(request, error)
    if isinstance(error, HttpError):
        return _write_misfit(request, error.status_code)
    if isinstance(error, RequestDataTooBig):
        return _write_misfit(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    raise error


def _show_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    refusal = explain(error)
    wrong = []
    if isinstance(error, InvalidInput):
        wrong = [FieldProblem(place=str(error.facts["field"]), message=refusal.what)]
    response = _write(
        request,
        status=refusal.status,
        code=refusal.code,
        sentences=(refusal.what, f"{refusal.why} {refusal.remedy}"),
        errors=wrong,
    )
    wait_seconds = error.facts.get("wait_seconds")
    if isinstance(wait_seconds, int | float):
        response["Retry-After"] = str(math.ceil(wait_seconds))
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        # RFC 6750: whoever showed no token is told of none.
        hint = ', error="invalid_token"' if "Authorization" in request.headers else ""
        response["WWW-Authenticate"] = f'Bearer realm="Partsemble"{hint}'
    return response


def _show_misuse(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [
        FieldProblem(place=".".join(map(str, each["loc"])), message=str(each["msg"]))
        for each in error.errors
    ]
    return _write(
        request,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        code=InvalidInput.code,
        sentences=("The request does not fit.", "Nothing was changed; errors says what to mend."),
        errors=wrong,
    )


def _write_misfit(request: HttpRequest, status: int) -> HttpResponse:
    code, *sentences = _MISFITS.get(status, _CRASH)
    return _write(request, status=status, code=code, sentences=tuple(sentences))


def _write(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    sentences: tuple[str, ...],
    errors: list[FieldProblem] | None = None,
) -> HttpResponse:
    title, detail = sentences
    problem = Problem(
        type=f"urn:partsemble:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        support_code=getattr(request, "support_code", ""),
        errors=errors or [],
    )
    return HttpResponse(
        msgspec.json.encode(problem.model_dump()), status=status, content_type=MEDIA_TYPE
    )


def _is_problem(response: HttpResponseBase) -> bool:
    return response.get("Content-Type") == MEDIA_TYPE
