"""Levers of notifications: where they go, what was tried, replays, made-up changes."""

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from accounting_emulator.control.answering import (
    MAX_LISTED,
    ControlRefusal,
    make_routes,
    read_body,
    read_whole,
)
from accounting_emulator.delivery import BadTarget
from accounting_emulator.emulator import Emulator
from accounting_emulator.webhooks import ANNOUNCED, Change, Operation


class TargetWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Send notifications there; nowhere when None."""

    url: str | None


class ReplayWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Send the body of this delivery again."""

    delivery: int


class ChangeWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Announce a change that the books know nothing of."""

    entity: str
    id: str
    operation: Operation = "Update"
    deleted_id: str | None = None
    realm_id: str | None = None


class WebhookControl:
    """The routes under /control/webhooks."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator
        self._dispatcher = emulator.dispatcher

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        table = (
            ("GET", "/webhooks", self._get),
            ("POST", "/webhooks", self._aim),
            ("DELETE", "/webhooks", self._clear),
            ("POST", "/webhooks/announce", self._announce),
            ("POST", "/webhooks/replay", self._replay),
        )
        return make_routes(roots=("/control",), table=table)

    async def _get(self, request: Request) -> object:
        outbox, target = self._dispatcher.outbox, self._dispatcher.target
        after = read_whole(request, "after", 0)
        limit = min(read_whole(request, "limit", MAX_LISTED), MAX_LISTED)
        deliveries = [row for row in outbox.log if row.number > after]
        return {
            "url": None if target is None else target.url,
            "gathering": outbox.gathering,
            "waiting": outbox.waiting,
            "next_due": outbox.next_due,
            "deliveries": deliveries[-limit:],
        }

    async def _aim(self, request: Request) -> object:
        wish = read_body(await request.body(), TargetWish)
        try:
            self._dispatcher.aim(url=wish.url)
        except BadTarget as error:
            raise ControlRefusal(400, str(error)) from error
        self._dispatcher.wake()
        return await self._get(request)

    async def _clear(self, request: Request) -> object:
        self._dispatcher.outbox.clear()
        return await self._get(request)

    async def _announce(self, request: Request) -> object:
        wish = read_body(await request.body(), ChangeWish)
        if wish.entity not in ANNOUNCED:
            raise ControlRefusal(400, f"Changes to {wish.entity} are not announced.")
        change = Change(
            realm_id=wish.realm_id or self._emulator.company.profile.realm_id,
            entity=wish.entity,
            id=wish.id,
            operation=wish.operation,
            at=self._emulator.clock.now(),
            deleted_id=wish.deleted_id,
        )
        self._dispatcher.announce(change=change)
        return await self._get(request)

    async def _replay(self, request: Request) -> object:
        wish = read_body(await request.body(), ReplayWish)
        if not await self._dispatcher.replay(number=wish.delivery):
            raise ControlRefusal(404, f"Delivery {wish.delivery} is not in the log.")
        return await self._get(request)
