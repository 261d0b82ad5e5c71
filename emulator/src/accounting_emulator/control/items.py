"""Levers of items: find, create, edit, count, merge."""

from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import UNSET
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.routing import Route

from accounting_emulator.books import (
    CreateItem,
    EditItem,
    ItemFields,
    MergeItems,
    Refusal,
    RemoveItem,
    SetQuantity,
)
from accounting_emulator.company import Company
from accounting_emulator.control.answering import (
    MAX_LISTED,
    ControlRefusal,
    make_routes,
    read_body,
    read_whole,
)
from accounting_emulator.control.realms import ROOTS, expect_day, get_company, read_id
from accounting_emulator.emulator import Emulator
from accounting_emulator.finding import ItemSearch, State
from accounting_emulator.items import Item
from accounting_emulator.layers import ZERO, value_of
from accounting_emulator.objects import sheets
from accounting_emulator.qbo.bodies import LARGEST
from accounting_emulator.turns import LongWork

_TEXTS = {"sku": "Sku", "description": "Description", "purchase_description": "PurchaseDesc"}
_FIGURES = ("unit_price", "purchase_cost", "reorder_point", "quantity_on_hand")


class ItemWish(ItemFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks about an item: its fields, and a counted quantity."""

    type: Literal["Inventory", "NonInventory", "Service", "Category"] | None = None
    parent_id: str | None = None
    quantity_on_hand: Decimal | None = None
    started_on: str | None = None


class MergeWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let an item be lost in this one."""

    into: str


class ItemControl:
    """The routes about one company's items."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator
        self._long = LongWork()

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        table = (
            ("GET", "/items", self._list),
            ("POST", "/items", self._create),
            ("GET", "/items/{item_id:int}", self._get),
            ("PATCH", "/items/{item_id:int}", self._edit),
            ("POST", "/items/{item_id:int}", self._edit),
            ("POST", "/items/{item_id:int}/merge", self._merge),
            ("DELETE", "/items/{item_id:int}", self._remove),
        )
        return make_routes(roots=ROOTS, table=table)

    def _company(self, request: Request) -> Company:
        return get_company(emulator=self._emulator, request=request)

    async def _list(self, request: Request) -> object:
        query, company = request.query_params, self._company(request)
        search = ItemSearch(
            text=query.get("search", "").strip(), type=query.get("type", ""), state=_state(query)
        )
        found = await self._long.carry_out(
            key=(company.profile.realm_id, search),
            make=lambda: company.finder.find(search=search),
        )
        after = read_whole(request, "after", 0)
        limit = min(read_whole(request, "limit", 100), MAX_LISTED)
        shown = found.ids[after : after + limit]
        return {
            "count": len(found.ids),
            "is_capped": found.is_capped,
            "order": found.order,
            "items": [show_item(company=company, item_id=number) for number in shown],
        }

    async def _get(self, request: Request) -> object:
        item_id = request.path_params["item_id"]
        return show_item(company=self._company(request), item_id=item_id)

    async def _create(self, request: Request) -> object:
        company = self._company(request)
        wish = read_body(await request.body(), ItemWish)
        await self._long.carry_out(
            key=company.profile.realm_id, make=company.books.shelf.index_names
        )
        _expect_fitting(wish)
        if wish.type is None:
            raise ControlRefusal(400, "A new item needs a type.")
        if wish.type == "Inventory" and not company.profile.has_stock:
            offering = company.profile.offering
            raise ControlRefusal(409, f"{offering} does not count stock; choose another type.")
        clock = self._emulator.clock
        events = self._emulator.execute(
            company=company,
            command=CreateItem(
                at=int(clock.now()),
                today=clock.today(zone=company.zone),
                type=wish.type,
                fields=_fields(wish),
                parent_id=read_id(text=wish.parent_id),
                quantity=wish.quantity_on_hand or ZERO,
                started_on=wish.started_on,
            ),
        )
        return show_item(company=company, item_id=events[0].id)

    async def _edit(self, request: Request) -> object:
        company, item_id = self._company(request), request.path_params["item_id"]
        wish = read_body(await request.body(), ItemWish)
        await self._long.carry_out(
            key=company.profile.realm_id, make=company.books.shelf.index_names
        )
        _expect_fitting(wish)
        if wish.parent_id or wish.started_on:
            raise ControlRefusal(400, "Parent and start date of an item stay as they are.")
        clock = self._emulator.clock
        at, today = int(clock.now()), clock.today(zone=company.zone)
        fields = _fields(wish)
        if fields != ItemFields() or wish.type:
            self._emulator.execute(
                company=company,
                command=EditItem(
                    at=at, today=today, item_id=item_id, fields=fields, type=wish.type or UNSET
                ),
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
        return show_item(company=company, item_id=item_id)

    async def _merge(self, request: Request) -> object:
        company = self._company(request)
        wish = read_body(await request.body(), MergeWish)
        clock, into = self._emulator.clock, read_id(text=wish.into) or 0
        self._emulator.execute(
            company=company,
            command=MergeItems(
                at=int(clock.now()),
                today=clock.today(zone=company.zone),
                item_id=request.path_params["item_id"],
                into_id=into,
                vanishes=self._emulator.switches.merged_items == "deleted",
            ),
        )
        return show_item(company=company, item_id=into)

    async def _remove(self, request: Request) -> object:
        company, item_id = self._company(request), request.path_params["item_id"]
        clock = self._emulator.clock
        at, today = int(clock.now()), clock.today(zone=company.zone)
        command = RemoveItem(at=at, today=today, item_id=item_id)
        self._emulator.execute(company=company, command=command)
        return {"removed": str(item_id)}


def _state(query: QueryParams) -> State:
    try:
        state: State = msgspec.convert(query.get("state", "all"), State)
    except msgspec.ValidationError as error:
        raise ControlRefusal(400, "A state is all, active or inactive.") from error
    return state


def show_item(*, company: Company, item_id: int) -> dict[str, Any]:
    """Give all there is to say about an item.

    Raises:
        Refusal: no item has this id.
    """
    item = company.books.get_item(item_id=item_id)
    parent_id = item.parent_id
    return {
        "id": str(item.id),
        "name": item.name,
        "full_name": item.full_name,
        "parent_id": None if parent_id is None else str(parent_id),
        "sku": item.sku,
        "type": item.type,
        "active": item.active,
        "description": item.description,
        "purchase_description": item.purchase_description,
        "unit_price": item.unit_price,
        "purchase_cost": item.purchase_cost,
        "taxable": item.taxable,
        "accounts": _show_accounts(company, item),
        **_show_stock(item),
        "sync_token": str(item.sync_token),
        "updated_at": item.updated_at,
    }


def _show_accounts(company: Company, item: Item) -> dict[str, str]:
    """Name the accounts an item posts to."""
    named = {"income": item.income_account, "expense": item.expense_account}
    named["asset"] = item.asset_account
    accounts = company.books.accounts
    return {
        use: accounts[number].full_name
        for use, number in named.items()
        if number is not None and number in accounts
    }


def _show_stock(item: Item) -> dict[str, Any]:
    return {
        "quantity_on_hand": item.on_hand if item.is_tracked else None,
        "value": value_of(layers=item.layers) if item.is_tracked else None,
        "reorder_point": item.reorder_point,
        "started_on": item.started_on,
        "layers": [
            {"received_on": row.received_on, "quantity": row.quantity, "value": row.value}
            for row in item.layers
        ],
    }


def _fields(wish: ItemWish) -> ItemFields:
    given = {name: getattr(wish, name) for name in ItemFields.__struct_fields__}
    return ItemFields(**given)


def _expect_fitting(wish: ItemWish) -> None:
    """Let texts and figures pass that the accounting API would take too."""
    for name, field in _TEXTS.items():
        text, longest = getattr(wish, name), sheets.ITEM.fields[field].longest
        if isinstance(text, str) and len(text) > longest:
            raise Refusal("too_long", f"Min:0 Max:{longest:,} supported. "
                          f"Supplied length:{len(text):,}", element=name)  # fmt: skip
    expect_day(text=wish.started_on)
    for name in _FIGURES:
        figure = getattr(wish, name)
        if isinstance(figure, Decimal) and not (figure.is_finite() and abs(figure) <= LARGEST):
            words = name.replace("_", " ")
            raise ControlRefusal(400, f"{words.capitalize()} is at most {LARGEST:,}.")
