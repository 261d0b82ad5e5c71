"""Light, dark, or as the system has it: chosen by a small control, remembered in a cookie.

The server renders the choice into `<html data-theme>`, so no page ever flashes in the wrong
colours and no script has to run first.
"""

from datetime import timedelta
from typing import Final

from django.http import HttpRequest

COOKIE: Final = "partsemble_theme"
THEMES: Final = ("system", "light", "dark")
REMEMBERED: Final = timedelta(days=365)


def read_theme(request: HttpRequest) -> str:
    """This will read which theme the browser asked for; anything unknown is the system's."""
    theme = request.COOKIES.get(COOKIE, THEMES[0])
    return theme if theme in THEMES else THEMES[0]
