"""The frame around every page: head, policy, style sheets and the one script.

Nothing on a page is written inline, so the content security policy forbids it. Style sheets and
the script are named with a digest of what they hold and may be kept for ever.
"""

import hashlib
from pathlib import Path
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from accounting_emulator.console.markup import Html, tag, together

FOLDER = Path(__file__).parent / "static"
_ROOT = "/emulator"
_MEDIA = {".css": "text/css", ".js": "text/javascript"}
_FILES = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir())}
_ADDRESSES = {
    name: f"{_ROOT}/{name}?{hashlib.sha256(content).hexdigest()[:12]}"
    for name, content in _FILES.items()
}
Sort = Literal["card", "console"]


def routes() -> list[Route]:
    """List the addresses of style sheets and script."""
    return [Route(f"{_ROOT}/{name}", _serve) for name in _FILES]


async def _serve(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    is_named = request.url.query and _ADDRESSES[name].endswith(request.url.query)
    keep = "public, max-age=31536000, immutable" if is_named else "no-cache"
    media = _MEDIA[Path(name).suffix]
    headers = {"Cache-Control": keep, "X-Content-Type-Options": "nosniff"}
    return Response(_FILES[name], media_type=media, headers=headers)


def make_page(
    *, title: str, body: Html, sort: Sort, status: int = 200, form_targets: str = ""
) -> HTMLResponse:
    """Make a whole page; `form_targets` are origins that forms may lead to besides this one."""
    sheets = ("base.css", f"{sort}.css")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · Accounting emulator"),
        (tag("link", rel="stylesheet", href=_ADDRESSES[name]) for name in sheets),
        tag("link", rel="icon", href="data:,"),
        tag("script", type="module", src=_ADDRESSES["console.js"]) if sort == "console" else None,
    )
    page = together(Html("<!doctype html>"), tag("html", head, tag("body", body), lang="en"))
    return HTMLResponse(page, status_code=status, headers=_headers(sort, form_targets))


def _headers(sort: Sort, form_targets: str) -> dict[str, str]:
    scripts = "script-src 'self'; connect-src 'self'; " if sort == "console" else ""
    policy = (
        f"default-src 'none'; style-src 'self'; img-src data:; {scripts}base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {form_targets}"
    )
    # With no-referrer a browser names no origin on forms either, and the console asks for it.
    referrer = "same-origin" if sort == "console" else "no-referrer"
    return {
        "Content-Security-Policy": policy.strip(),
        "Cache-Control": "no-store",
        "Referrer-Policy": referrer,
        "X-Content-Type-Options": "nosniff",
    }
