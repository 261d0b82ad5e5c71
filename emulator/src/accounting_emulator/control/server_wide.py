"""Levers of the whole server: clock, switches, meter, companies."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.routing import Route

from accounting_emulator.catalogue import MAX_ITEMS, MIN_ITEMS
from accounting_emulator.company import Company
from accounting_emulator.control.answering import (
    ControlRefusal,
    make_routes,
    read_body,
    say_unfit,
)
from accounting_emulator.emulator import Emulator
from accounting_emulator.profile import Country, Founding, Plan
from accounting_emulator.switch_words import explain
from accounting_emulator.switches import Switches

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()


class ClockWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Move the clock by seconds, to an instant, to the real time, or hold it; None lets it be."""

    advance_seconds: float | None = None
    set_to: datetime | None = None
    is_stopped: bool | None = None
    reset: bool = False


class CompanyWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Found a company; without `items` it gets the furnished workshop's."""

    name: str
    country: Country = "US"
    plan: Plan = "Plus"
    items: int | None = None
    seed: int = 0


class MeterWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let so many reads have been counted this month."""

    core_plus: Annotated[int, msgspec.Meta(ge=0)]


class ServerControl:
    """The routes under /control that are not about one company's books."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        table = (
            ("GET", "/companies", self._list_companies),
            ("POST", "/companies", self._found_company),
            ("GET", "/meter", self._get_meter),
            ("POST", "/meter", self._set_meter),
            ("GET", "/clock", self._get_clock),
            ("POST", "/clock", self._set_clock),
            ("GET", "/switches", self._get_switches),
            ("GET", "/switches/explained", self._explain_switches),
            ("PATCH", "/switches", self._set_switches),
            ("POST", "/switches", self._set_switches),
        )
        return make_routes(roots=("/control",), table=table)

    async def _list_companies(self, request: Request) -> object:
        del request
        return {"companies": [self._show(company) for company in self._emulator.companies]}

    async def _found_company(self, request: Request) -> object:
        wish = read_body(await request.body(), CompanyWish)
        if not wish.name.strip():
            raise ControlRefusal(400, "A company needs a name.")
        if wish.items is not None and not MIN_ITEMS <= wish.items <= MAX_ITEMS:
            raise ControlRefusal(400, f"A catalogue has {MIN_ITEMS} to {MAX_ITEMS} items.")
        founding = Founding(
            company=wish.name.strip(),
            seed=wish.seed,
            items=wish.items,
            country=wish.country,
            plan=wish.plan,
        )
        company = self._emulator.found_company(founding=founding)
        return self._show(company) | self._emulator.issue_ready_tokens(company=company)

    def _show(self, company: Company) -> dict[str, Any]:
        profile = company.profile
        return {
            "realm_id": profile.realm_id,
            "name": profile.name,
            "country": profile.country,
            "currency": profile.currency,
            "time_zone": profile.time_zone,
            "plan": profile.plan,
            "offering": profile.offering,
            "has_stock": profile.has_stock,
            "items": len(company.books.shelf),
            "is_main": company is self._emulator.company,
            "control_url": self._emulator.control_url(company=company),
        }

    async def _get_meter(self, request: Request) -> object:
        del request
        return self._emulator.meter.tally(switches=self._emulator.switches)

    async def _set_meter(self, request: Request) -> object:
        wish = read_body(await request.body(), MeterWish)
        self._emulator.meter.set_count(core_plus=wish.core_plus)
        return await self._get_meter(request)

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
        wish = read_body(await request.body(), ClockWish)
        clock = self._emulator.clock
        if wish.set_to is not None and wish.set_to.tzinfo is None:
            raise ControlRefusal(400, "An instant needs its offset from UTC.")
        _expect_reachable(wish, clock.now())
        if wish.reset:
            clock.run()
            clock.advance(seconds=-clock.offset_seconds)
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

    async def _explain_switches(self, request: Request) -> object:
        del request
        return {"switches": explain(switches=self._emulator.switches)}

    async def _set_switches(self, request: Request) -> object:
        changes = read_body(await request.body(), dict[str, Any])
        merged = msgspec.structs.asdict(self._emulator.switches) | changes
        try:
            switches = msgspec.convert(merged, Switches)
        except msgspec.ValidationError as error:
            raise ControlRefusal(400, say_unfit(error=error)) from error
        self._emulator.set_switches(switches=switches)
        return switches


def _expect_reachable(wish: ClockWish, now: float) -> None:
    """Let a move of the clock pass that ends in a year people can write dates of.

    Raises:
        ControlRefusal: it ends too early or too late.
    """
    start = now if wish.set_to is None else wish.set_to.timestamp()
    if not EARLIEST <= start + (wish.advance_seconds or 0) <= LATEST:
        raise ControlRefusal(400, "The clock goes from 1980 to 2200.")
