"""Serving: uvicorn on loopback, the ready file, and an orderly end.

uvicorn rather than granian, because planned faults must hang up in the middle of an answer or
before one, break the rules of HTTP, or refuse connections for a while, and an ASGI application
cannot do that by itself: the protocol class here hands each request the functions for it.
"""

import asyncio
import contextlib
import os
import signal
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import msgspec
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from accounting_emulator.spoiling import RAW, REFUSE, RESET

GRACE_SECONDS = 2
BACKLOG = 512


class CannotListen(Exception):
    """The port is taken or forbidden."""


class ResettableProtocol(HttpToolsProtocol):
    """Lets a request reset the connection it came on."""

    def on_message_begin(self) -> None:
        """Start a request whose scope knows how to hang up."""
        super().on_message_begin()
        levers = {RESET: self._reset, RAW: self._write_and_close}
        self.scope.update(levers)  # type: ignore[typeddict-item] # our own scope keys

    def _write_and_close(self, content: bytes) -> None:
        self.transport.write(content)
        self.transport.close()

    def _reset(self) -> None:
        connection = self.transport.get_extra_info("socket")
        if connection is not None:
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()


class QuietServer(uvicorn.Server):
    """Writes the ready file once it answers, and ends with status 0 when asked to stop."""

    def __init__(self, *, config: uvicorn.Config, ready: tuple[Path, bytes] | None) -> None:
        super().__init__(config)
        self._ready = ready
        self._port = 0
        self._refusals: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, make sure of an answer, then say so in the ready file."""
        await super().startup(sockets=sockets)
        if sockets:
            self._port = sockets[0].getsockname()[1]
            await _await_answer(self._port)
        if self._ready is not None:
            write_atomically(path=self._ready[0], content=self._ready[1])

    def refuse(self, seconds: float) -> None:
        """Take no connections for a while; those that are open stay."""
        task = asyncio.create_task(self._refuse(seconds))
        self._refusals.add(task)
        task.add_done_callback(self._refusals.discard)

    async def _refuse(self, seconds: float) -> None:
        for server in self.servers:
            server.close()
        await asyncio.sleep(seconds)
        loop = asyncio.get_running_loop()
        self.servers = [
            await loop.create_server(self._make_protocol, sock=listener, backlog=BACKLOG)
            for listener in open_sockets(port=self._port)
        ]

    def _make_protocol(self) -> asyncio.Protocol:
        return ResettableProtocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM without raising them again afterwards."""
        wanted = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._stop) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.force_exit = self.should_exit
        self.should_exit = True


def open_sockets(*, port: int) -> list[socket.socket]:
    """Listen on 127.0.0.1 and, where there is one, on ::1; port 0 takes a free one.

    Raises:
        CannotListen: the port cannot be had.
    """
    try:
        first = _bind(socket.AF_INET, "127.0.0.1", port)
    except OSError as error:
        raise CannotListen(
            f"Port {port} cannot be used ({error.strerror}). Stop what holds it, or choose "
            "another with --port."
        ) from error
    sockets = [first]
    with contextlib.suppress(OSError):
        sockets.append(_bind(socket.AF_INET6, "::1", first.getsockname()[1]))
    return sockets


def serve(*, app: ASGIApp, sockets: list[socket.socket], ready: tuple[Path, bytes] | None) -> None:
    """Serve until told to stop; `ready` is the ready file's path and content."""

    async def with_levers(scope: Scope, receive: Receive, send: Send) -> None:
        scope[REFUSE] = server.refuse
        await app(scope, receive, send)

    config = uvicorn.Config(
        with_levers,
        http=ResettableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=BACKLOG,
    )
    server = QuietServer(config=config, ready=ready)
    asyncio.run(server.serve(sockets=sockets))


def write_atomically(*, path: Path, content: bytes) -> None:
    """Write a file that is either whole or not there, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def ready_content(*, facts: dict[str, str]) -> bytes:
    """Format the ready file."""
    return msgspec.json.format(msgspec.json.encode(facts), indent=2) + b"\n"


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # asyncio switches Nagle's delay off only where the protocol is named: else 40 ms per answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)  # noqa: FBT003
    return listener


async def _await_answer(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /emulator/base.css HTTP/1.1\r\nHost: localhost\r\n"
                 b"Connection: close\r\n\r\n")  # fmt: skip
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()
    if b" 200 " not in status:
        raise CannotListen(f"The server started but did not answer on port {port}.")
