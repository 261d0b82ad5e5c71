"""Levers of the chart of accounts: list, create, edit, switch off and on."""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.routing import Route

from accounting_emulator.books import AccountFields, Refusal, SaveAccount
from accounting_emulator.books.account_types import CLASSIFICATIONS, SUB_TYPES
from accounting_emulator.chart import Account
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
from accounting_emulator.layers import ZERO
from accounting_emulator.objects import sheets, wire
from accounting_emulator.qbo.bodies import LARGEST

_TEXTS = {"number": "AcctNum", "description": "Description"}


class AccountWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks about an account; a new one may open with a balance."""

    name: str | UnsetType = UNSET
    number: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    account_type: str | UnsetType = UNSET
    account_sub_type: str | UnsetType = UNSET
    parent_id: str | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    opening_balance: Decimal | None = None
    opened_on: str | None = None


class AccountControl:
    """The routes about one company's accounts."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        table = (
            ("GET", "/accounts", self._list),
            ("POST", "/accounts", self._create),
            ("GET", "/accounts/{account_id:int}", self._get),
            ("PATCH", "/accounts/{account_id:int}", self._edit),
            ("POST", "/accounts/{account_id:int}", self._edit),
            ("GET", "/account-types", self._list_types),
        )
        return make_routes(roots=ROOTS, table=table)

    def _company(self, request: Request) -> Company:
        return get_company(emulator=self._emulator, request=request)

    async def _list(self, request: Request) -> object:
        """List accounts as a balance sheet and a profit and loss statement would."""
        company, query = self._company(request), request.query_params
        wanted, state = query.get("search", "").strip().lower(), query.get("state", "all")
        order = list(CLASSIFICATIONS)
        rows = sorted(
            (
                row
                for row in company.books.accounts.values()
                if (wanted in row.full_name.lower() or wanted in (row.number or ""))
                and (state not in ("active", "inactive") or row.active == (state == "active"))
            ),
            key=lambda row: (order.index(row.account_type), row.full_name.casefold()),
        )
        after = read_whole(request, "after", 0)
        limit = min(read_whole(request, "limit", 100), MAX_LISTED)
        shown = [_show(company, row) for row in rows[after : after + limit]]
        return {"count": len(rows), "accounts": shown}

    async def _list_types(self, request: Request) -> object:
        del request
        return {
            "types": [
                {"name": name, "classification": CLASSIFICATIONS[name], "sub_types": subs}
                for name, subs in SUB_TYPES.items()
            ]
        }

    async def _get(self, request: Request) -> object:
        company, account_id = self._company(request), request.path_params["account_id"]
        account = company.books.accounts.get(account_id)
        if account is None:
            raise Refusal("not_found", f"There is no account with id {account_id}.")
        return _show(company, account)

    async def _create(self, request: Request) -> object:
        return await self._save(request, None)

    async def _edit(self, request: Request) -> object:
        return await self._save(request, request.path_params["account_id"])

    async def _save(self, request: Request, account_id: int | None) -> object:
        company = self._company(request)
        wish = read_body(await request.body(), AccountWish)
        _expect_fitting(wish, is_new=account_id is None)
        clock = self._emulator.clock
        events = self._emulator.execute(
            company=company,
            command=SaveAccount(
                at=int(clock.now()),
                today=clock.today(zone=company.zone),
                account_id=account_id,
                fields=_fields(wish, is_new=account_id is None),
                opening_balance=wish.opening_balance or ZERO,
                opened_on=wish.opened_on,
            ),
        )
        number = events[0].id if account_id is None else account_id
        return _show(company, company.books.accounts[number])


def _fields(wish: AccountWish, *, is_new: bool) -> AccountFields:
    """Give the fields of a command; a new account is told apart by its type, so it has one."""
    given = {name: getattr(wish, name) for name in AccountFields.__struct_fields__}
    if wish.parent_id is not UNSET:
        given["parent_id"] = read_id(text=wish.parent_id)
    if is_new and wish.account_type is UNSET and wish.account_sub_type is UNSET:
        given["account_type"] = None
    return AccountFields(**given)


def _expect_fitting(wish: AccountWish, *, is_new: bool) -> None:
    """Let a wish pass that the accounting API would take too."""
    for name, field in _TEXTS.items():
        text, longest = getattr(wish, name), sheets.ACCOUNT.fields[field].longest
        if isinstance(text, str) and len(text) > longest:
            words = f"Min:0 Max:{longest:,} supported. Supplied length:{len(text):,}"
            raise Refusal("too_long", words, element=name)
    expect_day(text=wish.opened_on)
    figure = wish.opening_balance
    if figure is not None and not (figure.is_finite() and abs(figure) <= LARGEST):
        raise ControlRefusal(400, f"An opening balance is at most {LARGEST:,}.")
    if figure and not is_new:
        raise ControlRefusal(400, "Only a new account opens with a balance.")


def _show(company: Company, account: Account) -> dict[str, Any]:
    parent_id = account.parent_id
    return {
        "id": str(account.id),
        "name": account.name,
        "full_name": account.full_name,
        "parent_id": None if parent_id is None else str(parent_id),
        "level": account.level,
        "number": account.number,
        "description": account.description,
        "classification": account.classification,
        "account_type": account.account_type,
        "account_sub_type": account.account_sub_type,
        "active": account.active,
        "balance": wire.balance_of(account=account, books=company.books),
        "sync_token": str(account.sync_token),
        "updated_at": account.updated_at,
    }
