"""Levers of customers and vendors: list, create, edit, put below another, switch off and on.

What a person types here is written down as the accounting API would write it, by the same
function, so that limits, defaults and refusals are the same.
"""

from collections.abc import Callable
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.routing import Route

from accounting_emulator.books import ListEntry, Refusal
from accounting_emulator.company import Company
from accounting_emulator.control.answering import (
    MAX_LISTED,
    Answer,
    ControlRefusal,
    make_routes,
    put,
    read_body,
    read_whole,
)
from accounting_emulator.control.realms import ROOTS, get_company, read_id
from accounting_emulator.emulator import Emulator
from accounting_emulator.qbo.errors import ApiFault
from accounting_emulator.qbo.room import Room
from accounting_emulator.qbo.writing import save_object

Person = Literal["Customer", "Vendor"]
Text = str | UnsetType | None
_PLAIN = {
    "given_name": "GivenName",
    "family_name": "FamilyName",
    "company_name": "CompanyName",
    "account_number": "AcctNum",
    "notes": "Notes",
}
_NESTED = {
    "email": ("PrimaryEmailAddr", "Address"),
    "phone": ("PrimaryPhone", "FreeFormNumber"),
    "street": ("BillAddr", "Line1"),
    "city": ("BillAddr", "City"),
    "region": ("BillAddr", "CountrySubDivisionCode"),
    "postal_code": ("BillAddr", "PostalCode"),
}
_WORDS = {wire: name for name, wire in _PLAIN.items()} | {
    ".".join(path): name for name, path in _NESTED.items()
}
_WORDS |= {"DisplayName": "name", "PrimaryEmailAddr": "email"}


class PersonWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks about a customer or vendor; None takes a value away."""

    name: str | UnsetType = UNSET
    parent_id: Text = UNSET
    given_name: Text = UNSET
    family_name: Text = UNSET
    company_name: Text = UNSET
    account_number: Text = UNSET
    email: Text = UNSET
    phone: Text = UNSET
    street: Text = UNSET
    city: Text = UNSET
    region: Text = UNSET
    postal_code: Text = UNSET
    notes: Text = UNSET
    active: bool | UnsetType = UNSET


class PeopleControl:
    """The routes about one company's customers and vendors."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        table = (
            ("GET", "/customers", self._bound(self._list, "Customer")),
            ("POST", "/customers", self._bound(self._save, "Customer")),
            ("GET", "/customers/{person_id:int}", self._bound(self._get, "Customer")),
            ("PATCH", "/customers/{person_id:int}", self._bound(self._save, "Customer")),
            ("POST", "/customers/{person_id:int}", self._bound(self._save, "Customer")),
            ("GET", "/vendors", self._bound(self._list, "Vendor")),
            ("POST", "/vendors", self._bound(self._save, "Vendor")),
            ("GET", "/vendors/{person_id:int}", self._bound(self._get, "Vendor")),
            ("PATCH", "/vendors/{person_id:int}", self._bound(self._save, "Vendor")),
            ("POST", "/vendors/{person_id:int}", self._bound(self._save, "Vendor")),
        )
        return make_routes(roots=ROOTS, table=table)

    def _bound(self, answer: Callable[..., Any], kind: Person) -> Answer:
        async def respond(request: Request) -> object:
            company = get_company(emulator=self._emulator, request=request)
            return await answer(request, company, kind)

        return respond

    async def _list(self, request: Request, company: Company, kind: Person) -> object:
        query = request.query_params
        wanted, state = query.get("search", "").strip().lower(), query.get("state", "all")
        rows = sorted(
            (
                row
                for row in company.books.lists[kind].rows.values()
                if (wanted in row.full_name.lower() or wanted in _email_of(row).lower())
                and (state not in ("active", "inactive") or row.active == (state == "active"))
            ),
            key=lambda row: row.full_name.casefold(),
        )
        after = read_whole(request, "after", 0)
        limit = min(read_whole(request, "limit", 100), MAX_LISTED)
        shown = [_show(row) for row in rows[after : after + limit]]
        return {"count": len(rows), f"{kind.lower()}s": shown}

    async def _get(self, request: Request, company: Company, kind: Person) -> object:
        return _show(_find(company, kind, request.path_params["person_id"]))

    async def _save(self, request: Request, company: Company, kind: Person) -> object:
        wish = read_body(await request.body(), PersonWish)
        person_id = request.path_params.get("person_id")
        old = None if person_id is None else _find(company, kind, person_id)
        if wish.parent_id and kind == "Vendor":
            raise ControlRefusal(400, "Only a customer can be below another.")
        content = _compose(wish, old)
        clock, switches = self._emulator.clock, self._emulator.switches
        with self._emulator.sitting(company=company) as sitting:
            room = Room(
                company=company,
                switches=switches,
                at=int(clock.now()),
                today=clock.today(zone=company.zone),
                execute=sitting.execute,
            )
            try:
                save_object(entity=kind.lower(), content=content, room=room)
            except ApiFault as fault:
                raise ControlRefusal(409, _say(fault)) from fault
        number = sitting.events[0].id if old is None else old.id
        return _show(_find(company, kind, number))


def _find(company: Company, kind: Person, number: int) -> ListEntry:
    entry = company.books.lists[kind].rows.get(number)
    if entry is None:
        raise Refusal("not_found", f"There is no {kind.lower()} with id {number}.")
    return entry


def _compose(wish: PersonWish, old: ListEntry | None) -> dict[str, Any]:
    """Make the body that asks the accounting API for the same; addresses keep what is unsaid."""
    content = _identify(wish, old)
    if wish.active is not UNSET:
        content["Active"] = wish.active
    if wish.parent_id is not UNSET:
        content |= _place(wish.parent_id)
    for name, wire in _PLAIN.items():
        if (text := getattr(wish, name)) is not UNSET:
            content[wire] = text
    for name, (wire, part) in _NESTED.items():
        if (text := getattr(wish, name)) is not UNSET:
            kept = {} if old is None else old.details.get(wire, {})
            content[wire] = kept | content.get(wire, {}) | {part: text or ""}
    return content


def _place(parent_id: str | None) -> dict[str, Any]:
    """Put a customer below another, or at the top."""
    number = read_id(text=parent_id)
    return {"Job": False} if number is None else {"ParentRef": {"value": str(number)}, "Job": True}


def _identify(wish: PersonWish, old: ListEntry | None) -> dict[str, Any]:
    """Say who it is about; a new one without a display name gets one of its other names."""
    content: dict[str, Any] = {}
    if old is not None:
        content = {"Id": str(old.id), "SyncToken": str(old.sync_token), "sparse": True}
    if wish.name is UNSET:
        return content
    if wish.name.strip():
        return content | {"DisplayName": wish.name}
    if old is not None:
        raise ControlRefusal(409, "The display name cannot be empty.")
    return content


def _say(fault: ApiFault) -> str:
    """Say why the accounting API would decline, in words for a person."""
    what = _WORDS.get(fault.element or "", fault.element or "value").replace("_", " ")
    if fault.code == "2210":
        return "The e-mail address is not one. Write it like name@example.com."
    if fault.code == "2050":
        return put(refusal=Refusal("too_long", fault.detail, element=what))
    if fault.code == "2500":
        return "The customer it is to be below is not there, or not in use. Choose another."
    return fault.detail


def _email_of(entry: ListEntry) -> str:
    email: str = entry.details.get("PrimaryEmailAddr", {}).get("Address", "")
    return email


def _show(entry: ListEntry) -> dict[str, Any]:
    details = entry.details
    return {
        "id": str(entry.id),
        "name": entry.name,
        "full_name": entry.full_name,
        "parent_id": None if entry.parent_id is None else str(entry.parent_id),
        "level": entry.level,
        "active": entry.active,
        **{name: details.get(wire) for name, wire in _PLAIN.items()},
        **{name: details.get(wire, {}).get(part) for name, (wire, part) in _NESTED.items()},
        "sync_token": str(entry.sync_token),
        "updated_at": entry.updated_at,
    }
