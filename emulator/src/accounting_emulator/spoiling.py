"""How each kind of fault spoils an answer, on the wire.

Some faults answer instead of the service, others let it work and spoil what it says. An answer
that must break the rules of HTTP is written to the connection by hand, because the server would
mend it.
"""

import asyncio
from http import HTTPStatus

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounting_emulator.emulator import Emulator
from accounting_emulator.faults import Fault
from accounting_emulator.qbo import errors
from accounting_emulator.qbo.error_table import ERROR_TABLE, UNKNOWN_ERROR
from accounting_emulator.qbo.errors import ApiFault
from accounting_emulator.qbo.xml import to_xml

RESET = "accounting_emulator.reset"
RAW = "accounting_emulator.raw"
REFUSE = "accounting_emulator.refuse"
JSON = b"application/json"
_PAUSE_SECONDS = 0.02
_BROKEN = b'{"QueryResponse":{"Item":[{"Id":"1",'
Headers = list[tuple[bytes, bytes]]


class Whole(msgspec.Struct, kw_only=True):
    """An answer, before it goes out."""

    status: int = 200
    headers: Headers = []
    body: bytes = b""

    def messages(self) -> tuple[Message, Message]:
        """Give the answer as the server sends it."""
        kept = [pair for pair in self.headers if pair[0].lower() != b"content-length"]
        length = (b"content-length", str(len(self.body)).encode())
        return (
            {"type": "http.response.start", "status": self.status, "headers": [*kept, length]},
            {"type": "http.response.body", "body": self.body},
        )

    def typed(self, media: bytes) -> None:
        """Say that the body is of another kind."""
        kept = [pair for pair in self.headers if pair[0].lower() != b"content-type"]
        self.headers = [*kept, (b"content-type", media)]


class Spoiler:
    """Carries faults out."""

    def __init__(self, *, app: ASGIApp, emulator: Emulator) -> None:
        self._app = app
        self._emulator = emulator

    async def hang_up(self, fault: Fault, scope: Scope) -> None:
        """End the connection without an answer, and for `refuse` take no other for a while."""
        scope[RESET]()
        if fault.kind == "refuse":
            scope[REFUSE](fault.delay_ms / 1000)

    async def spoil(self, *, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request go wrong."""
        if fault.kind == "delay" and not fault.is_done_first:
            await asyncio.sleep(fault.delay_ms / 1000)
            await self._app(scope, receive, send)
            return
        whole = Whole()
        if fault.is_done_first:
            whole = await self._work(scope, receive)
        await self._send(fault, whole, scope, receive, send)

    async def _work(self, scope: Scope, receive: Receive) -> Whole:
        """Let the service carry the request out, and keep its answer."""
        whole = Whole()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                whole.status, whole.headers = message["status"], list(message["headers"])
            else:
                whole.body += message.get("body", b"")

        await self._app(scope, receive, keep)
        return whole

    async def _send(
        self, fault: Fault, whole: Whole, scope: Scope, receive: Receive, send: Send
    ) -> None:
        match fault.kind:
            case "close" | "close_after" | "refuse":
                await self.hang_up(fault, scope)
            case "truncate":
                await self._truncate(whole, scope, send)
            case "wrong_length":
                await self._mislead(fault, whole, scope, receive)
            case "drip":
                await self._drip(fault, whole, send)
            case "delay":
                await asyncio.sleep(fault.delay_ms / 1000)
                await _send_whole(whole, send)
            case _:
                await _send_whole(self._replaced(fault, whole), send)

    def _replaced(self, fault: Fault, whole: Whole) -> Whole:
        """Put another answer in the place of the true one."""
        match fault.kind:
            case "malformed":
                whole.body = whole.body[: len(whole.body) // 2] or _BROKEN
                if not whole.headers:
                    whole.typed(JSON)
            case "xml":
                whole.body = to_xml(body=whole.body)
                whole.typed(b"application/xml;charset=utf-8")
            case "empty":
                whole.body = b""
            case "html":
                return _html(fault.status or 503)
            case "fault_200":
                return self._fault(fault, code=fault.code or "10000", status=200)
            case "fault":
                code = fault.code or "10000"
                known = ERROR_TABLE.get(code, UNKNOWN_ERROR)
                return self._fault(fault, code=code, status=fault.status or known.status)
            case _:
                return self._status(fault)
        return whole

    def _status(self, fault: Fault) -> Whole:
        status = fault.status or 500
        gateway = {
            401: errors.not_authenticated(detail=fault.detail or "Token expired: planned"),
            403: errors.not_authorized(),
            429: errors.throttled(),
        }.get(status)
        if gateway is None:
            return self._fault(fault, code=fault.code or "10000", status=status)
        body = errors.gateway_body(fault=gateway, now=self._emulator.clock.now())
        whole = Whole(status=status, headers=[(b"content-type", JSON)], body=body)
        if fault.retry_after is not None:
            whole.headers.append((b"retry-after", str(fault.retry_after).encode()))
        return whole

    def _fault(self, fault: Fault, *, code: str, status: int) -> Whole:
        """Make an ordinary fault of the error table; 10000 is the service's own failure."""
        known = ERROR_TABLE.get(code, UNKNOWN_ERROR)
        said = ApiFault(
            code=code,
            message=fault.message or known.message,
            detail=fault.detail or known.detail,
            status=500 if known.status >= 500 else 400,
        )
        moment = self._emulator.clock.local_now().isoformat(timespec="milliseconds")
        body = errors.fault_body(fault=said, time=moment)
        whole = Whole(status=status, headers=[(b"content-type", JSON)], body=body)
        if fault.retry_after is not None:
            whole.headers.append((b"retry-after", str(fault.retry_after).encode()))
        return whole

    async def _truncate(self, whole: Whole, scope: Scope, send: Send) -> None:
        """Send half of the body under the full length, then hang up."""
        start, rest = whole.messages()
        half = whole.body[: len(whole.body) // 2]
        await send(start)
        await send({**rest, "body": half, "more_body": True})
        await asyncio.sleep(_PAUSE_SECONDS)
        scope[RESET]()

    async def _mislead(self, fault: Fault, whole: Whole, scope: Scope, receive: Receive) -> None:
        """Announce a length that is not the body's, send all of the body, and hang up."""
        length = max(0, len(whole.body) + fault.extra_bytes)
        kept = [pair for pair in whole.headers if pair[0].lower() != b"content-length"]
        lines = [b"HTTP/1.1 %d %s" % (whole.status, HTTPStatus(whole.status).phrase.encode())]
        lines += [name + b": " + value for name, value in kept]
        lines += [b"content-length: %d" % length, b"connection: close"]
        scope[RAW](b"\r\n".join(lines) + b"\r\n\r\n" + whole.body)
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _drip(self, fault: Fault, whole: Whole, send: Send) -> None:
        """Send the answer piece by piece, with a pause before each."""
        start, _ = whole.messages()
        await send(start)
        size = max(1, -(-len(whole.body) // max(1, fault.pieces)))
        for place in range(0, len(whole.body), size):
            await asyncio.sleep(fault.delay_ms / 1000)
            piece = whole.body[place : place + size]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _html(status: int) -> Whole:
    """Make the page of a proxy that found nobody behind it."""
    title = f"{status} {HTTPStatus(status).phrase}"
    page = (
        f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n</body>\n</html>"
    )
    return Whole(status=status, headers=[(b"content-type", b"text/html")], body=page.encode())


async def _send_whole(whole: Whole, send: Send) -> None:
    for message in whole.messages():
        await send(message)
