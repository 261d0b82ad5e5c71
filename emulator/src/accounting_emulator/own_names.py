"""Console and control API answer only under a name of this machine.

Neither asks for a password, and both are on loopback; but a page of any site can let a name of its
own lead here, and its browser would then take what it reads for that site's own. The Host header
still says the name, so one that is not ours is refused before anything else is looked at. The
accounting API asks for a token instead, and may be called by any name.
"""

from urllib.parse import urlsplit

import msgspec
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from accounting_emulator.console.pages import problem_page

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
REFUSAL = "Console and control API answer under localhost only. Open them by that name."


class OwnNamesOnly:
    """Lets requests through that call this machine by a name of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it in the language of its part."""
        if _calls_us_ours(scope):
            await self._app(scope, receive, send)
        elif scope["path"].startswith("/control"):
            body = msgspec.json.encode({"error": REFUSAL})
            await Response(body, 403, media_type="application/json")(scope, receive, send)
        else:
            await problem_page(sentence=REFUSAL, status=403)(scope, receive, send)


def _calls_us_ours(scope: Scope) -> bool:
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    try:
        return [urlsplit(f"//{host}").hostname in OWN_NAMES for host in hosts] == [True]
    except ValueError:
        return False
