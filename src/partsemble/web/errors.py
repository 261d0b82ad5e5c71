"""Pages for what went wrong, in the design, and as a notice where htmx asked for a fragment."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django_htmx.http import reswap, retarget

from partsemble.kernel.errors import DomainError
from partsemble.web.theme import read_theme
from partsemble.words.sentences import explain

TOASTS: Final = "#toasts"


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error page says."""

    status: int
    title: str
    why: str
    remedy: str
    code: str


_NOT_FOUND: Final = Fault(
    status=404,
    title="There is nothing at this address",
    why="It may have been moved or removed, or the address has a slip in it.",
    remedy="Go back, or start again from your home page.",
    code="not_found",
)
_BAD_REQUEST: Final = Fault(
    status=400,
    title="We could not read that request",
    why="Your browser sent something that Partsemble does not understand.",
    remedy="Go back and try once more.",
    code="bad_request",
)
_FORBIDDEN: Final = Fault(
    status=403,
    title="This page is not open to you",
    why="Your role does not include it.",
    remedy="The owner or an admin of the business can change that.",
    code="forbidden",
)
_STALE_FORM: Final = Fault(
    status=403,
    title="This form is out of date",
    why=(
        "It was opened before you signed in or out, or it stood open for long, "
        "so we can't be sure that it was you who sent it. Nothing was changed."
    ),
    remedy="Open the page again and send the form once more. Cookies must be allowed.",
    code="form_out_of_date",
)
_TOO_MANY: Final = Fault(
    status=429,
    title="That was too often",
    why="To keep guessers out, this can only be tried a few times in a row.",
    remedy="Wait five minutes, then try again.",
    code="too_many_attempts",
)
_TOO_LARGE: Final = Fault(
    status=413,
    title="That file is too large",
    why="Files have up to 10 MB here. Nothing was read of it, and nothing was changed.",
    remedy="Take out pictures and columns that are not needed, or split it.",
    code="file_too_large",
)
_CRASH: Final = Fault(
    status=500,
    title="Something broke on our side",
    why="It was not your doing. What you had saved before is safe; what you did just now was not.",
    remedy="Try again in a minute. If it stays, send us the code below: it leads us to the cause.",
    code="unexpected",
)


def show_refusal(request: HttpRequest, *, error: DomainError) -> HttpResponse:
    """This will show a refusal as a page, or for htmx as a toast on the page that asked."""
    refusal = explain(error)
    fault = Fault(
        status=refusal.status,
        title=refusal.what.rstrip("."),
        why=refusal.why,
        remedy=refusal.remedy,
        code=refusal.code,
    )
    return _show(request, fault)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will say that there is nothing at the address."""
    del exception
    return _show(request, _NOT_FOUND)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will say that a request could not be read."""
    del exception
    return _show_bare(request, _BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will say that a page is not open to the person."""
    del exception
    return _show(request, _FORBIDDEN)


def csrf_failure(request: HttpRequest, *, reason: str = "") -> HttpResponse:
    """This will say that a form is out of date; Django calls it when the token does not fit."""
    del reason
    return _show(request, _STALE_FORM)


def too_many(request: HttpRequest) -> HttpResponse:
    """This will say that something was tried too often; allauth calls it."""
    return _show(request, _TOO_MANY)


def too_large(request: HttpRequest) -> HttpResponse:
    """This will say that a form is larger than anything here takes."""
    return _show_bare(request, _TOO_LARGE)


def crash(request: HttpRequest) -> HttpResponse:
    """This will say that we failed, with the code under which the log tells why."""
    return _show_bare(request, _CRASH)


def _show(request: HttpRequest, fault: Fault) -> HttpResponse:
    if getattr(request, "htmx", False):
        return _toast(request, fault.title, f"{fault.why} {fault.remedy}", fault.status)
    return render(
        request, f"errors/{_template(fault)}.html", _context(request, fault), status=fault.status
    )


def _show_bare(request: HttpRequest, fault: Fault) -> HttpResponse:
    # Neither session nor database may be asked here: either could be what failed.
    context = {**_context(request, fault), "theme": read_theme(request)}
    return HttpResponse(
        get_template(f"errors/{_template(fault)}.html").render(context), status=fault.status
    )


def _template(fault: Fault) -> str:
    return "bare" if fault in (_CRASH, _BAD_REQUEST, _TOO_LARGE) else "page"


def _context(request: HttpRequest, fault: Fault) -> dict[str, object]:
    return {"fault": fault, "support_code": getattr(request, "support_code", "")}


def _toast(request: HttpRequest, title: str, text: str, status: int) -> HttpResponse:
    response = render(
        request, "web/toast.html", {"tone": "bad", "title": title, "text": text}, status=status
    )
    return reswap(retarget(response, TOASTS), "beforeend")
