"""Levers of one company's books: items, trial balance, connections.

The same table serves the main company under /control and any other under
/control/companies/{realm_id}.
"""

from decimal import Decimal
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from accounting_emulator.books import CreateItem, EditItem, ItemFields, MergeItems, SetQuantity
from accounting_emulator.company import Company
from accounting_emulator.control.answering import (
    MAX_LISTED,
    ControlRefusal,
    make_routes,
    read_body,
    read_whole,
)
from accounting_emulator.emulator import Emulator
from accounting_emulator.layers import ZERO
from accounting_emulator.query import Condition, Query
from accounting_emulator.trial import trial_balance

ROOTS = ("/control", "/control/companies/{realm_id}")


class ItemWish(ItemFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks about an item: its fields, and a counted quantity."""

    type: Literal["Inventory", "NonInventory", "Service", "Category"] | None = None
    parent_id: str | None = None
    quantity_on_hand: Decimal | None = None
    started_on: str | None = None


class MergeWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let an item be lost in this one."""

    into: str


class BooksControl:
    """The routes about one company's books."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        table = (
            ("POST", "/connect", self._connect),
            ("POST", "/revoke", self._revoke),
            ("POST", "/expire-access-tokens", self._expire_access),
            ("POST", "/expire-refresh-tokens", self._expire_refresh),
            ("GET", "/trial-balance", self._trial_balance),
            ("GET", "/items", self._list_items),
            ("POST", "/items", self._create_item),
            ("GET", "/items/{item_id:int}", self._get_item),
            ("PATCH", "/items/{item_id:int}", self._edit_item),
            ("POST", "/items/{item_id:int}", self._edit_item),
            ("POST", "/items/{item_id:int}/merge", self._merge_item),
        )
        return make_routes(roots=ROOTS, table=table)

    def _company(self, request: Request) -> Company:
        realm_id = request.path_params.get("realm_id")
        if realm_id is None:
            return self._emulator.company
        return self._emulator.companies.get(realm_id=realm_id)

    async def _connect(self, request: Request) -> object:
        """Give what the ready file has, for this company: a connection made without a person."""
        return self._emulator.issue_ready_tokens(company=self._company(request))

    async def _revoke(self, request: Request) -> object:
        realm_id = self._company(request).profile.realm_id
        return {"revoked": self._emulator.desk.revoke_all(realm_id=realm_id)}

    async def _expire_access(self, request: Request) -> object:
        realm_id = self._company(request).profile.realm_id
        self._emulator.desk.expire_access_tokens(realm_id=realm_id)
        return {"expired": True}

    async def _expire_refresh(self, request: Request) -> object:
        realm_id = self._company(request).profile.realm_id
        self._emulator.desk.expire_refresh_tokens(realm_id=realm_id)
        return {"expired": True}

    async def _trial_balance(self, request: Request) -> object:
        return trial_balance(books=self._company(request).books)

    async def _list_items(self, request: Request) -> object:
        search = request.query_params.get("search", "")
        conditions = [Condition("Active", "in", ("true", "false"))]
        if search:
            conditions.append(Condition("FullyQualifiedName", "like", (f"%{search}%",)))
        company = self._company(request)
        ids = company.find_items(query=Query("Item", conditions=tuple(conditions)))
        after = read_whole(request, "after", 0)
        limit = min(read_whole(request, "limit", 100), MAX_LISTED)
        shown = [_show(company, number) for number in ids[after : after + limit]]
        return {"count": len(ids), "items": shown}

    async def _get_item(self, request: Request) -> object:
        return _show(self._company(request), request.path_params["item_id"])

    async def _create_item(self, request: Request) -> object:
        company = self._company(request)
        wish = read_body(await request.body(), ItemWish)
        if wish.type is None:
            raise ControlRefusal(400, "A new item needs a type.")
        clock = self._emulator.clock
        events = self._emulator.execute(
            company=company,
            command=CreateItem(
                at=int(clock.now()),
                today=clock.today(zone=company.zone),
                type=wish.type,
                fields=_fields(wish),
                parent_id=None if wish.parent_id is None else _item_id(wish.parent_id),
                quantity=wish.quantity_on_hand or ZERO,
                started_on=wish.started_on,
            ),
        )
        return _show(company, events[0].id)

    async def _edit_item(self, request: Request) -> object:
        company, item_id = self._company(request), request.path_params["item_id"]
        wish = read_body(await request.body(), ItemWish)
        if wish.type or wish.parent_id or wish.started_on:
            raise ControlRefusal(400, "Type, parent and start date of an item stay as they are.")
        clock = self._emulator.clock
        at, today = int(clock.now()), clock.today(zone=company.zone)
        fields = _fields(wish)
        if fields != ItemFields():
            self._emulator.execute(
                company=company,
                command=EditItem(at=at, today=today, item_id=item_id, fields=fields),
            )
        if wish.quantity_on_hand is not None:
            self._emulator.execute(
                company=company,
                command=SetQuantity(
                    at=at,
                    today=today,
                    item_id=item_id,
                    quantity=wish.quantity_on_hand,
                    touch=self._emulator.switches.stock_moves_touch_items,
                ),
            )
        return _show(company, item_id)

    async def _merge_item(self, request: Request) -> object:
        company = self._company(request)
        wish = read_body(await request.body(), MergeWish)
        clock, into = self._emulator.clock, _item_id(wish.into)
        self._emulator.execute(
            company=company,
            command=MergeItems(
                at=int(clock.now()),
                today=clock.today(zone=company.zone),
                item_id=request.path_params["item_id"],
                into_id=into,
            ),
        )
        return _show(company, into)


def _item_id(text: str) -> int:
    """Read the id of an item; what is no number is no item's."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _show(company: Company, item_id: int) -> dict[str, Any]:
    item = company.books.get_item(item_id=item_id)
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


def _fields(wish: ItemWish) -> ItemFields:
    given = {name: getattr(wish, name) for name in ItemFields.__struct_fields__}
    return ItemFields(**given)
