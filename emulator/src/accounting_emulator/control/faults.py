"""Levers of misbehaviour: plan faults, one by one or as a seeded mix, and see what struck."""

from typing import Any, get_args

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
from accounting_emulator.emulator import Emulator
from accounting_emulator.faults import Fault, Kind, Planned, When

_KINDS = get_args(Kind)
_WHENS = get_args(When)


class Mix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seeded mix: how often each kind strikes, as a share of the requests that match.

    A kind may name its status and when it strikes: `close_after`, `status:503`,
    `status:503:after`, `delay:before`.
    """

    seed: int
    rates: dict[str, float]
    path: str = "/v3/"
    method: str | None = None
    entity: str | None = None
    realm_id: str | None = None
    is_write: bool | None = None
    after: int = 0
    count: int = 0
    delay_ms: int = 100


class FaultControl:
    """The routes under /control/faults."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._plan = emulator.faults

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        table = (
            ("GET", "/faults", self._list),
            ("POST", "/faults", self._add),
            ("DELETE", "/faults", self._clear),
            ("POST", "/faults/mix", self._add_mix),
            ("GET", "/faults/struck", self._list_struck),
            ("DELETE", "/faults/{number:int}", self._drop),
        )
        return make_routes(roots=("/control",), table=table)

    async def _list(self, request: Request) -> object:
        del request
        return {"faults": [_show(planned) for planned in self._plan.waiting]}

    async def _add(self, request: Request) -> object:
        fault = read_body(await request.body(), Fault)
        _check(fault)
        self._plan.add(fault=fault)
        return await self._list(request)

    async def _add_mix(self, request: Request) -> object:
        mix = read_body(await request.body(), Mix)
        faults = [_one_of(mix, name, rate) for name, rate in mix.rates.items()]
        for fault in faults:
            _check(fault)
        for fault in faults:
            self._plan.add(fault=fault)
        return await self._list(request)

    async def _drop(self, request: Request) -> object:
        self._plan.drop(number=request.path_params["number"])
        return await self._list(request)

    async def _clear(self, request: Request) -> object:
        self._plan.clear()
        return await self._list(request)

    async def _list_struck(self, request: Request) -> object:
        limit = min(read_whole(request, "limit", MAX_LISTED), MAX_LISTED)
        struck = list(self._plan.struck)
        return {"count": len(struck), "struck": struck[-limit:]}


def _one_of(mix: Mix, name: str, rate: float) -> Fault:
    kind, *marks = name.split(":")
    if kind not in _KINDS or kind == "commands":
        raise ControlRefusal(400, f"A mix has no kind {kind}.")
    extra: dict[str, Any] = {}
    for mark in marks:
        if mark.isdecimal() and len(mark) == 3:
            extra["status"] = int(mark)
        elif mark in _WHENS:
            extra["when"] = mark
        else:
            raise ControlRefusal(400, f"{mark} is neither a status nor before or after.")
    shared = {
        name: getattr(mix, name)
        for name in ("path", "method", "entity", "realm_id", "is_write", "after", "count")
    }
    return msgspec.convert(
        {**shared, **extra, "kind": kind, "rate": rate, "seed": f"{mix.seed} {name}",
         "delay_ms": mix.delay_ms},
        Fault,
    )  # fmt: skip


def _check(fault: Fault) -> None:
    if not 0 < fault.rate <= 1:
        raise ControlRefusal(400, "A rate is above 0 and at most 1.")
    if fault.status is not None and not 200 <= fault.status <= 599:
        raise ControlRefusal(400, "A status is from 200 to 599.")
    if fault.pieces < 1 or fault.delay_ms < 0 or fault.after < 0:
        raise ControlRefusal(400, "Pieces, delays and counts are not negative.")
    if fault.kind == "xml" and not fault.is_done_first:
        raise ControlRefusal(400, "XML can only replace an answer, so the work comes first.")
    if (fault.kind == "commands") != bool(fault.commands):
        raise ControlRefusal(400, "Commands belong to the kind commands, and it needs some.")


def _show(planned: Planned) -> dict[str, Any]:
    shown = msgspec.to_builtins(planned.fault)
    default = msgspec.to_builtins(Fault(kind=planned.fault.kind))
    given = {name: value for name, value in shown.items() if value != default[name]}
    tally = {"id": planned.number, "matched": planned.matched, "struck": planned.struck}
    return {**tally, "kind": planned.fault.kind, **given}
