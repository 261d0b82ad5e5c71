"""The gate that every request passes first: it reads, spoils, dates and logs.

The control API and the console pass unseen, so that a test's own questions never count and never
fail; they only must be called by a name of this machine. What the accounting API and the sign-in
answer is spoiled here, outside of them: the code behind the gate does not know that faults exist.
"""

import re
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounting_emulator.control.asking import ask_control
from accounting_emulator.emulator import Emulator
from accounting_emulator.faults import Planned, Seen
from accounting_emulator.own_names import OwnNamesOnly
from accounting_emulator.requestlog import (
    MAX_REQUEST_BODY,
    MAX_RESPONSE_BODY,
    Logged,
    mask_body,
    mask_form,
)
from accounting_emulator.spoiling import Spoiler

_SILENT = ("/control", "/emulator", "/healthz", "/console")
MAX_READ = 4 * 1024 * 1024
_COMPANY = re.compile(r"/v3/company/([^/]+)/([^/]+)")
_FROM = re.compile(r"\bfrom\s+([a-z]+)", re.IGNORECASE)


class Gate:
    """Sees every request first: spoils the planned ones, and logs how each was answered."""

    def __init__(self, app: ASGIApp, emulator: Emulator) -> None:
        self._app = app
        self._emulator = emulator
        self._spoiler = Spoiler(app=app, emulator=emulator)
        self._levers = OwnNamesOnly(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, well or ill."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        dated = self._dating(send)
        if scope["path"] == "/" or scope["path"].startswith(_SILENT):
            await self._levers(scope, receive, dated)
            return
        await self._pass(scope, receive, dated)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        entry = _Entry(self._emulator, scope)
        faults = self._emulator.faults
        seen = _see(scope, b"")
        try:
            unread = faults.take_unread(seen=seen)
            if unread is not None:
                entry.strike(unread, seen)
                await self._spoiler.hang_up(unread.fault, scope)
                return
            messages = await _read(receive)
            entry.body = b"".join(message.get("body", b"") for message in messages)
            seen = _see(scope, entry.body)
            for planned in faults.take_commands(seen=seen):
                await self._command(planned, seen, entry.body)
            struck = faults.take(seen=seen)
            if struck is not None:
                entry.strike(struck, seen)
            await self._answer(struck, scope, _replaying(messages, receive), entry.watching(send))
        finally:
            entry.write(seen)

    async def _answer(
        self, struck: Planned | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if struck is None:
            await self._app(scope, receive, send)
            return
        await self._spoiler.spoil(fault=struck.fault, scope=scope, receive=receive, send=send)

    async def _command(self, planned: Planned, seen: Seen, body: bytes) -> None:
        """Change something behind the client's back, by the control API itself."""
        object_id = _object_id(body)
        answers = []
        for command in planned.fault.commands:
            path = command.path.replace("{id}", object_id)
            status, _ = await ask_control(
                app=self._app, method=command.method, path=path, body=command.body
            )
            answers.append(status)
        self._emulator.faults.note(planned=planned, seen=seen, answers=tuple(answers))

    def _dating(self, send: Send) -> Send:
        """Let answers be dated by the emulator's clock, or wrongly when a switch says so."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                skew = self._emulator.switches.date_skew_seconds
                date = formatdate(self._emulator.clock.now() + skew, usegmt=True).encode()
                message = {**message, "headers": [*message.get("headers", ()), (b"date", date)]}
            await send(message)

        return dated


class _Entry:
    """Notes one request and its answer for the log."""

    def __init__(self, emulator: Emulator, scope: Scope) -> None:
        self._emulator = emulator
        self._scope = scope
        self._started = time.perf_counter()
        self._status = 0
        self._tid = ""
        self._answer = b""
        self._fault = ""
        self.body = b""

    def strike(self, planned: Planned, seen: Seen) -> None:
        """Note which fault befell the request."""
        self._fault = planned.fault.kind
        self._emulator.faults.note(planned=planned, seen=seen)

    def watching(self, send: Send) -> Send:
        """Look on while the answer is sent."""

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
                headers = {name.lower(): value for name, value in message.get("headers", ())}
                self._tid = headers.get(b"intuit_tid", b"").decode()
            elif len(self._answer) < MAX_RESPONSE_BODY:
                self._answer += message.get("body", b"")[:MAX_RESPONSE_BODY]
            await send(message)

        return watch

    def write(self, seen: Seen) -> None:
        """Put the request into the log."""
        scope = self._scope
        self._emulator.requests.add(
            entry=Logged(
                number=0,
                at=self._emulator.clock.now(),
                method=scope["method"],
                path=scope["path"],
                query=mask_form(text=scope["query_string"].decode(errors="replace")),
                status=self._status,
                ms=round((time.perf_counter() - self._started) * 1000, 3),
                fault=self._fault,
                realm_id=seen.realm_id or "",
                entity=seen.entity or "",
                intuit_tid=self._tid,
                request_body=mask_body(body=self.body, limit=MAX_REQUEST_BODY),
                response_body=mask_body(body=self._answer, limit=MAX_RESPONSE_BODY),
            )
        )


def _see(scope: Scope, body: bytes) -> Seen:
    """Make out of a request what faults and log want to know."""
    query = scope["query_string"].decode(errors="replace")
    found = _COMPANY.match(scope["path"])
    realm_id, entity = found.groups() if found else (None, None)
    text = body[:MAX_REQUEST_BODY].decode(errors="replace")
    if entity is not None:
        entity = entity.lower()
    if entity == "query":
        named = _FROM.search(text or query.replace("+", " ").replace("%20", " "))
        entity = named.group(1).lower() if named else entity
    return Seen(
        method=scope["method"],
        path=scope["path"],
        query=query,
        body=text,
        entity=entity,
        realm_id=realm_id,
    )


async def _read(receive: Receive) -> list[Message]:
    """Read a request, up to a limit that only an attack passes."""
    messages = [await receive()]
    size = len(messages[0].get("body", b""))
    while messages[-1].get("more_body") and size <= MAX_READ:
        messages.append(await receive())
        size += len(messages[-1].get("body", b""))
    return messages


def _replaying(messages: list[Message], receive: Receive) -> Callable[[], Awaitable[Message]]:
    waiting = list(reversed(messages))

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _object_id(body: bytes) -> str:
    """Give the Id that a body names, or nothing."""
    try:
        return msgspec.json.decode(body, type=_Named).Id
    except msgspec.DecodeError:
        return ""


class _Named(msgspec.Struct):
    """The part of a body that names an object."""

    Id: str = ""
