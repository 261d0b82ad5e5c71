"""The web application: routes, the request log, and the faults that tests plan."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounting_emulator.console import pages
from accounting_emulator.control import api as control
from accounting_emulator.emulator import Emulator
from accounting_emulator.faults import Fault
from accounting_emulator.qbo import errors
from accounting_emulator.qbo.api import AccountingApi
from accounting_emulator.qbo.errors import ApiFault
from accounting_emulator.requestlog import Logged
from accounting_emulator.signin import SignIn

RESET = "accounting_emulator.reset"
_SILENT = ("/control", "/emulator", "/healthz")


def make_app(*, emulator: Emulator) -> ASGIApp:
    """Put the parts together."""

    async def home(request: Request) -> Response:
        del request
        company = emulator.company
        others = sum(1 for _ in emulator.companies) - 1
        items = len(company.books.shelf)
        return pages.home_page(company=company.profile, items=items, others=others)

    routes = [
        Route("/", home),
        Route(pages.STYLE_PATH, pages.style),
        *SignIn(emulator=emulator).routes(),
        *control.list_routes(emulator=emulator),
        *AccountingApi(emulator=emulator).routes(),
    ]
    return _Gate(Starlette(routes=routes, exception_handlers={Exception: _broken}), emulator)


async def _broken(request: Request, error: Exception) -> Response:
    """Answer a fault of our own as the real service answers one of its own."""
    del request, error
    fault = ApiFault(
        code="10000",
        message="An application error has occurred while processing your request",
        detail="System Failure Error: the emulator failed; its log says why",
        status=500,
    )
    body = errors.fault_body(fault=fault, time="")
    return Response(body, status_code=500, media_type="application/json")


class _Gate:
    """Sees every request first: spoils the planned ones, and logs how each was answered."""

    def __init__(self, app: ASGIApp, emulator: Emulator) -> None:
        self._app = app
        self._emulator = emulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_SILENT):
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        fault = self._emulator.faults.take(method=scope["method"], path=scope["path"])
        log = _Log(self._emulator, scope, fault, started)
        try:
            if fault is None:
                await self._app(scope, receive, log.watching(send))
            else:
                await self._spoil(fault, scope, receive, log.watching(send))
        finally:
            log.write()

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "delay":
                await asyncio.sleep(fault.delay_ms / 1000)
                await self._app(scope, receive, send)
            case "status":
                await self._answer_status(fault, send)
            case "close":
                _reset(scope)
            case "close_after":
                await self._app(scope, receive, _swallow)
                _reset(scope)
            case "truncate":
                await self._app(scope, receive, _cutting(scope, send))
            case "malformed":
                await _send_json(send, 200, b'{"QueryResponse":{"Item":[{"Id":"1",')
            case "fault_200":
                await _send_json(send, 200, self._system_fault(10_000))

    async def _answer_status(self, fault: Fault, send: Send) -> None:
        now = self._emulator.clock.now()
        gateway = {
            401: errors.not_authenticated(detail="Token expired: planned"),
            403: errors.not_authorized(),
            429: errors.throttled(),
        }.get(fault.status)
        if gateway is not None:
            body = errors.gateway_body(fault=gateway, now=now)
        else:
            body = self._system_fault(10_000)
        await _send_json(send, fault.status, body)

    def _system_fault(self, code: int) -> bytes:
        fault = ApiFault(
            code=str(code),
            message="An application error has occurred while processing your request",
            detail="System Failure Error: planned by a test",
            status=500,
        )
        moment = self._emulator.clock.local_now().isoformat(timespec="milliseconds")
        return errors.fault_body(fault=fault, time=moment)


class _Log:
    """Notes one request's answer."""

    def __init__(
        self, emulator: Emulator, scope: Scope, fault: Fault | None, started: float
    ) -> None:
        self._emulator = emulator
        self._scope = scope
        self._fault = fault
        self._started = started
        self._status = 0

    def watching(self, send: Send) -> Send:
        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
            await send(message)

        return watch

    def write(self) -> None:
        scope = self._scope
        is_api = scope["path"].startswith("/v3/")
        self._emulator.requests.add(
            entry=Logged(
                number=0,
                at=self._emulator.clock.now(),
                method=scope["method"],
                path=scope["path"],
                query=scope["query_string"].decode(errors="replace") if is_api else "",
                status=self._status,
                ms=round((time.perf_counter() - self._started) * 1000, 3),
                fault=self._fault.kind if self._fault else "",
            )
        )


async def _swallow(message: Message) -> None:
    del message


def _reset(scope: Scope) -> None:
    hang_up: Callable[[], None] = scope[RESET]
    hang_up()


def _cutting(scope: Scope, send: Send) -> Callable[[Message], Awaitable[None]]:
    """Send half of the body under the full length, then hang up."""

    async def cut(message: Message) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            await send({**message, "body": body[: len(body) // 2], "more_body": True})
            await asyncio.sleep(0.02)
            _reset(scope)
            return
        await send(message)

    return cut


async def _send_json(send: Send, status: int, body: bytes) -> None:
    headers: list[Any] = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
