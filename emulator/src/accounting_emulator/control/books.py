"""Levers of one company's books as a whole: connections, trial balance, entries, changes.

The same table serves the main company under /control and any other under
/control/companies/{realm_id}; so do the tables of items, accounts and people.
"""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from accounting_emulator.books import Entry
from accounting_emulator.changes import Happened
from accounting_emulator.company import Company
from accounting_emulator.control.answering import MAX_LISTED, make_routes, read_whole
from accounting_emulator.control.realms import ROOTS, get_company
from accounting_emulator.emulator import Emulator
from accounting_emulator.trial import trial_balance


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
            ("GET", "/entries", self._list_entries),
            ("GET", "/changes", self._list_changes),
        )
        return make_routes(roots=ROOTS, table=table)

    def _company(self, request: Request) -> Company:
        return get_company(emulator=self._emulator, request=request)

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

    async def _list_entries(self, request: Request) -> object:
        """List what was posted, the latest first."""
        company = self._company(request)
        entries = company.books.entries
        after, limit = _read_page(request)
        first = max(len(entries) - after - limit, 0)
        shown = list(enumerate(entries[first : len(entries) - after], first + 1))
        return {
            "count": len(entries),
            "entries": [_show_entry(company, number, entry) for number, entry in reversed(shown)],
        }

    async def _list_changes(self, request: Request) -> object:
        """List what happened to objects, the latest first."""
        company = self._company(request)
        recent = company.changes.recent
        after, limit = _read_page(request)
        wanted = range(len(recent) - after - 1, max(len(recent) - after - limit, 0) - 1, -1)
        shown = [_show_change(company, recent[place]) for place in wanted]
        return {"count": len(recent), "changes": shown}


def _read_page(request: Request) -> tuple[int, int]:
    limit = min(read_whole(request, "limit", 100), MAX_LISTED)
    return read_whole(request, "after", 0), limit


def _show_entry(company: Company, number: int, entry: Entry) -> dict[str, Any]:
    item = None
    if entry.item_id is not None:
        item = company.books.shelf.find(item_id=entry.item_id)
    return {
        "number": number,
        "occurred_on": entry.occurred_on,
        "memo": entry.memo,
        "item_id": None if item is None else str(item.id),
        "item_name": None if item is None else item.full_name,
        "lines": [
            {
                "account_id": str(line.account),
                "account_name": company.books.accounts[line.account].full_name,
                "debit": line.amount if line.amount > 0 else None,
                "credit": -line.amount if line.amount < 0 else None,
            }
            for line in entry.lines
        ],
    }


def _show_change(company: Company, happened: Happened) -> dict[str, Any]:
    event = happened.event
    lost = None
    if event.deleted_id is not None:
        lost = _name_of(company, event.entity, event.deleted_id)
    return {
        "number": happened.number,
        "at": happened.at,
        "entity": event.entity,
        "id": str(event.id),
        "name": _name_of(company, event.entity, event.id),
        "operation": event.operation,
        "is_stock_move": event.is_stock_move,
        "deleted_id": None if event.deleted_id is None else str(event.deleted_id),
        "deleted_name": lost,
    }


def _name_of(company: Company, entity: str, number: int) -> str | None:
    """Give what an object is called now, if it has a name at all."""
    table = company.tables.get(entity.lower())
    row = None if table is None else table.find(number=number)
    name: str | None = getattr(row, "full_name", None)
    return name
