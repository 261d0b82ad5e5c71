"""The control API: what a test, or the person who plays the bookkeeper, does to the emulator.

JSON in, JSON out, with exact numbers. A write must say that it is JSON: a page of another site
cannot send that across origins without being asked first, and nobody here says yes.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounting_emulator.books import CreateItem, EditItem, ItemFields, Refusal, SetQuantity
from accounting_emulator.emulator import Emulator
from accounting_emulator.faults import Fault
from accounting_emulator.layers import ZERO
from accounting_emulator.query import Condition, Query
from accounting_emulator.switches import Switches
from accounting_emulator.trial import trial_balance

MAX_LISTED = 1_000
ENCODER = msgspec.json.Encoder(decimal_format="number")


class ControlRefusal(Exception):
    """A control request is declined, in a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class ItemWish(ItemFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks about an item: its fields, and a counted quantity."""

    type: Literal["Inventory", "NonInventory", "Service", "Category"] | None = None
    parent_id: str | None = None
    quantity_on_hand: Decimal | None = None
    started_on: str | None = None


class ClockWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Move the clock by seconds, to an instant, or hold it; None lets it be."""

    advance_seconds: float | None = None
    set_to: datetime | None = None
    is_stopped: bool | None = None


Answer = Callable[[Request], Awaitable[object]]


class ControlApi:
    """The routes under /control."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        table: tuple[tuple[str, str, Answer], ...] = (
            ("GET", "/requests", self._list_requests),
            ("DELETE", "/requests", self._clear_requests),
            ("GET", "/clock", self._get_clock),
            ("POST", "/clock", self._set_clock),
            ("GET", "/switches", self._get_switches),
            ("PATCH", "/switches", self._set_switches),
            ("POST", "/switches", self._set_switches),
            ("POST", "/revoke", self._revoke),
            ("POST", "/expire-access-tokens", self._expire),
            ("GET", "/trial-balance", self._trial_balance),
            ("GET", "/faults", self._list_faults),
            ("POST", "/faults", self._add_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("GET", "/items", self._list_items),
            ("POST", "/items", self._create_item),
            ("GET", "/items/{item_id:int}", self._get_item),
            ("PATCH", "/items/{item_id:int}", self._edit_item),
            ("POST", "/items/{item_id:int}", self._edit_item),
        )
        return [
            Route(f"/control{path}", _answering(answer), methods=[method])
            for method, path, answer in table
        ]

    async def _list_requests(self, request: Request) -> object:
        log = self._emulator.requests
        after = _whole(request, "after", 0)
        limit = min(_whole(request, "limit", MAX_LISTED), MAX_LISTED)
        return {"count": log.count, "requests": log.list_after(number=after, limit=limit)}

    async def _clear_requests(self, request: Request) -> object:
        del request
        self._emulator.requests.clear()
        return {"count": 0, "requests": []}

    async def _get_clock(self, request: Request) -> object:
        del request
        clock = self._emulator.clock
        return {
            "now": clock.local_now().isoformat(),
            "today": clock.today(),
            "offset_seconds": clock.offset_seconds,
            "is_stopped": clock.is_stopped,
        }

    async def _set_clock(self, request: Request) -> object:
        wish = _decode(await request.body(), ClockWish)
        clock = self._emulator.clock
        if wish.set_to is not None and wish.set_to.tzinfo is None:
            raise ControlRefusal(400, "An instant needs its offset from UTC.")
        if wish.is_stopped is not None:
            (clock.stop if wish.is_stopped else clock.run)()
        if wish.set_to is not None:
            clock.set_to(moment=wish.set_to)
        if wish.advance_seconds is not None:
            clock.advance(seconds=wish.advance_seconds)
        self._emulator.keep_clock()
        return await self._get_clock(request)

    async def _get_switches(self, request: Request) -> object:
        del request
        return self._emulator.switches

    async def _set_switches(self, request: Request) -> object:
        changes = _decode(await request.body(), dict[str, Any])
        merged = msgspec.structs.asdict(self._emulator.switches) | changes
        try:
            switches = msgspec.convert(merged, Switches)
        except msgspec.ValidationError as error:
            raise ControlRefusal(400, f"{error}.") from error
        self._emulator.set_switches(switches=switches)
        return switches

    async def _revoke(self, request: Request) -> object:
        del request
        return {"revoked": self._emulator.desk.revoke_all()}

    async def _expire(self, request: Request) -> object:
        del request
        self._emulator.desk.expire_access_tokens()
        return {"expired": True}

    async def _trial_balance(self, request: Request) -> object:
        del request
        return trial_balance(books=self._emulator.company.books)

    async def _list_faults(self, request: Request) -> object:
        del request
        return {"faults": self._emulator.faults.waiting}

    async def _add_fault(self, request: Request) -> object:
        self._emulator.faults.add(fault=_decode(await request.body(), Fault))
        return await self._list_faults(request)

    async def _clear_faults(self, request: Request) -> object:
        self._emulator.faults.clear()
        return await self._list_faults(request)

    async def _list_items(self, request: Request) -> object:
        search = request.query_params.get("search", "")
        conditions = [Condition("Active", "in", ("true", "false"))]
        if search:
            conditions.append(Condition("FullyQualifiedName", "like", (f"%{search}%",)))
        company = self._emulator.company
        ids = company.find_items(query=Query("Item", conditions=tuple(conditions)))
        after = _whole(request, "after", 0)
        limit = min(_whole(request, "limit", 100), MAX_LISTED)
        return {"count": len(ids), "items": [self._show(n) for n in ids[after : after + limit]]}

    async def _get_item(self, request: Request) -> object:
        return self._show(request.path_params["item_id"])

    async def _create_item(self, request: Request) -> object:
        wish = _decode(await request.body(), ItemWish)
        if wish.type is None:
            raise ControlRefusal(400, "A new item needs a type.")
        clock = self._emulator.clock
        events = self._emulator.execute(
            command=CreateItem(
                at=int(clock.now()),
                today=clock.today(),
                type=wish.type,
                fields=_fields(wish),
                parent_id=None if wish.parent_id is None else int(wish.parent_id),
                quantity=wish.quantity_on_hand or ZERO,
                started_on=wish.started_on,
            )
        )
        return self._show(events[0].id)

    async def _edit_item(self, request: Request) -> object:
        wish, item_id = _decode(await request.body(), ItemWish), request.path_params["item_id"]
        if wish.type or wish.parent_id or wish.started_on:
            raise ControlRefusal(400, "Type, parent and start date of an item stay as they are.")
        clock = self._emulator.clock
        at, today = int(clock.now()), clock.today()
        fields = _fields(wish)
        if fields != ItemFields():
            self._emulator.execute(
                command=EditItem(at=at, today=today, item_id=item_id, fields=fields)
            )
        if wish.quantity_on_hand is not None:
            self._emulator.execute(
                command=SetQuantity(
                    at=at,
                    today=today,
                    item_id=item_id,
                    quantity=wish.quantity_on_hand,
                    touch=self._emulator.switches.stock_moves_touch_items,
                )
            )
        return self._show(item_id)

    def _show(self, item_id: int) -> dict[str, Any]:
        item = self._emulator.company.books.get_item(item_id=item_id)
        return {
            "id": str(item.id),
            "name": item.name,
            "full_name": item.full_name,
            "sku": item.sku,
            "type": item.type,
            "active": item.active,
            "description": item.description,
            "unit_price": item.unit_price,
            "purchase_cost": item.purchase_cost,
            "quantity_on_hand": item.on_hand if item.is_tracked else None,
            "layers": [
                {"received_on": row.received_on, "quantity": row.quantity, "value": row.value}
                for row in item.layers
            ],
            "sync_token": str(item.sync_token),
            "updated_at": item.updated_at,
        }


def _answering(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        try:
            _expect_json(request)
            body, status = ENCODER.encode(await answer(request)), 200
        except ControlRefusal as refusal:
            body, status = ENCODER.encode({"error": refusal.sentence}), refusal.status
        except Refusal as refusal:
            status = 404 if refusal.obstacle == "not_found" else 409
            body = ENCODER.encode({"error": refusal.detail})
        return Response(body, status_code=status, media_type="application/json")

    return respond


def _expect_json(request: Request) -> None:
    media = request.headers.get("content-type", "")
    if request.method in ("POST", "PATCH") and "json" not in media:
        raise ControlRefusal(415, "Send JSON, with Content-Type: application/json.")


def _fields(wish: ItemWish) -> ItemFields:
    given = {name: getattr(wish, name) for name in ItemFields.__struct_fields__}
    return ItemFields(**given)


def _decode[T](body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise ControlRefusal(400, f"{error}.") from error


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else default
