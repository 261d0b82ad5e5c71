"""Asking the control API from inside, as the console and planned commands do.

They send what a client would send, so that there is one way to change anything here, and all of
it can be done by a client too.
"""

from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from accounting_emulator.control.answering import ENCODER


async def ask_control(
    *,
    app: ASGIApp,
    method: str,
    path: str,
    query: dict[str, str] | None = None,
    body: object = None,
) -> tuple[int, bytes]:
    """Send one request to the control API and give its status and body; `path` is below /control.

    `app` is whatever has its routes.
    """
    content = b"" if body is None else ENCODER.encode(body)
    full = f"/control/{path.lstrip('/')}"
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1",
        "method": method, "path": full, "raw_path": full.encode(),
        "query_string": urlencode(query or {}).encode(), "root_path": "", "scheme": "http",
        "server": ("localhost", 80), "headers": [(b"content-type", b"application/json")],
    }  # fmt: skip
    statuses: list[int] = []
    parts: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return statuses[0], b"".join(parts)
