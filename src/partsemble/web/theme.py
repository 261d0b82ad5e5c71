"""Light, dark, or as the system has it: chosen by a small control, remembered in a cookie.

The server renders the choice into `<html data-theme>`, so no page ever flashes in the wrong
colours and no script has to run first.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from partsemble.web.access import public_screen

COOKIE: Final = "partsemble_theme"
THEMES: Final = ("system", "light", "dark")
_REMEMBERED: Final = timedelta(days=365)


def read_theme(request: HttpRequest) -> str:
    """This will read which theme the browser asked for; anything unknown is the system's."""
    theme = request.COOKIES.get(COOKIE, THEMES[0])
    return theme if theme in THEMES else THEMES[0]


@public_screen(methods=("POST",))
def choose_theme(request: HttpRequest) -> HttpResponse:
    """This will remember a theme and lead back to the page where it was chosen."""
    theme = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    if theme in THEMES:
        response.set_cookie(
            COOKIE,
            theme,
            max_age=_REMEMBERED,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
