"""Sending notifications: to a loopback address only, one at a time, on the emulator's clock.

The clock decides when a try is due, so that six hours pass by moving it; how long a listener may
take to answer is real time. The HTTP here is the little that a POST needs.
"""

import asyncio
import ipaddress
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from accounting_emulator.clock import Clock
from accounting_emulator.switches import Switches
from accounting_emulator.webhooks import ANNOUNCED, Change, Notification, Outbox, sign

_LOCALHOST = ("127.0.0.1", "::1")


class BadTarget(Exception):
    """Notifications cannot be sent there; the text says why."""


class Target:
    """A loopback address that listens for notifications.

    Raises:
        BadTarget: it is not http on this machine.
    """

    def __init__(self, *, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "http" or not _is_loopback(host):
            raise BadTarget(
                f"{url} is not an http address of this machine. Notifications go to localhost, "
                "127.0.0.1 or ::1 only."
            )
        self.url = url
        self.hosts = _LOCALHOST if host == "localhost" else (host,)
        self.port = parts.port or 80
        self.netloc = parts.netloc.rpartition("@")[2]
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class Dispatcher:
    """Watches the outbox and delivers what is due."""

    def __init__(
        self, *, clock: Clock, verifier: str, get_switches: Callable[[], Switches]
    ) -> None:
        self._clock = clock
        self._verifier = verifier
        self._get_switches = get_switches
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.outbox = Outbox()
        self.target: Target | None = None

    def aim(self, *, url: str | None) -> None:
        """Choose the listener, or none.

        Raises:
            BadTarget: it is not http on this machine.
        """
        self.target = Target(url=url) if url else None

    def announce(self, *, change: Change) -> None:
        """Take a change in, if anybody listens and changes to its entity are announced."""
        if self.target is not None and change.entity in ANNOUNCED:
            self.outbox.add(change=change)
            self.wake()

    def wake(self) -> None:
        """Look again what is due: something changed, or the clock moved."""
        self._woken.set()
        is_idle = self._task is None or self._task.done()
        if is_idle and self.target is not None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def replay(self, *, number: int) -> bool:
        """Send the body of an earlier try again, at once and out of turn."""
        for delivery in self.outbox.log:
            if delivery.number == number:
                body = delivery.body.encode()
                again = Notification(
                    number=delivery.notification, body=body, changes=0, due_at=0, tries=1
                )
                await self._try(again, is_duplicate=True)
                return True
        return False

    async def _run(self) -> None:
        while self.target is not None:
            self._woken.clear()
            notification = self.outbox.take_due(
                now=self._clock.now(), switches=self._get_switches()
            )
            if notification is not None:
                await self._deliver(notification)
            else:
                await self._sleep()

    async def _sleep(self) -> None:
        now = self._clock.now()
        seconds = self.outbox.wait_seconds(now=now, switches=self._get_switches())
        if self._clock.is_stopped and seconds:
            seconds = None
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _deliver(self, notification: Notification) -> None:
        is_acknowledged = await self._try(notification)
        self.outbox.settle(
            notification=notification, now=self._clock.now(), is_acknowledged=is_acknowledged
        )
        if is_acknowledged:
            for _ in range(self._get_switches().webhook_duplicates):
                await self._try(notification, is_duplicate=True)

    async def _try(self, notification: Notification, *, is_duplicate: bool = False) -> bool:
        target, started = self.target, time.perf_counter()
        if target is None:
            return False
        signature = sign(body=notification.body, verifier=self._verifier)
        at, outcome = self._clock.now(), await self._post(target, notification.body, signature)
        self.outbox.note(
            notification=notification,
            at=at,
            ms=round((time.perf_counter() - started) * 1000, 3),
            outcome=outcome,
            signature=signature,
            is_duplicate=is_duplicate,
        )
        return outcome[0] == 200

    async def _post(self, target: Target, body: bytes, signature: str) -> tuple[int | None, str]:
        """Send one POST; gives the status, or None and why there is none."""
        try:
            async with asyncio.timeout(self._get_switches().webhook_answer_seconds):
                return await _exchange(target, _request(target, body, signature)), ""
        except TimeoutError:
            return None, "no answer in time"
        except (OSError, ValueError, EOFError, asyncio.LimitOverrunError) as error:
            return None, f"{type(error).__name__}: {error}"


async def _exchange(target: Target, content: bytes) -> int:
    reader, writer = await _connect(target)
    try:
        writer.write(content)
        await writer.drain()
        while True:
            status = int((await reader.readuntil(b"\r\n\r\n")).split()[1])
            if status >= 200:
                return status
    except IndexError as error:
        raise ValueError("the answer is not HTTP") from error
    finally:
        writer.close()


async def _connect(target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    *others, last = target.hosts
    for host in others:
        try:
            return await asyncio.open_connection(host, target.port)
        except OSError:
            continue
    return await asyncio.open_connection(last, target.port)


def _request(target: Target, body: bytes, signature: str) -> bytes:
    lines = (
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.netloc}",
        "User-Agent: intuit_notification_server/1.0",
        "Accept: application/json",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"intuit-signature: {signature}",
        "Connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
