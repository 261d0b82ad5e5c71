"""Levers of the request log: list, filter, look closely, clear."""

from starlette.requests import Request
from starlette.routing import Route

from accounting_emulator.control.answering import (
    MAX_LISTED,
    ControlRefusal,
    make_routes,
    read_whole,
)
from accounting_emulator.emulator import Emulator
from accounting_emulator.requestlog import Wanted


class RequestControl:
    """The routes under /control/requests."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._log = emulator.requests

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        table = (
            ("GET", "/requests", self._list),
            ("GET", "/requests/{number:int}", self._get),
            ("DELETE", "/requests", self._clear),
        )
        return make_routes(roots=("/control",), table=table)

    async def _list(self, request: Request) -> object:
        query = request.query_params
        wanted = Wanted(
            after=read_whole(request, "after", 0),
            limit=min(read_whole(request, "limit", MAX_LISTED), MAX_LISTED),
            method=query.get("method", "").upper(),
            path=query.get("path", ""),
            status=read_whole(request, "status", 0) or None,
            fault=query.get("fault", ""),
            realm_id=query.get("realm_id", ""),
            entity=query.get("entity", "").lower(),
            contains=query.get("contains", ""),
            has_bodies=query.get("bodies", "") == "true",
        )
        return {"count": self._log.count, "requests": self._log.list_wanted(wanted=wanted)}

    async def _get(self, request: Request) -> object:
        number = request.path_params["number"]
        entry = self._log.find(number=number)
        if entry is None:
            raise ControlRefusal(404, f"Request {number} is not in the log.")
        return entry

    async def _clear(self, request: Request) -> object:
        del request
        self._log.clear()
        return {"count": 0, "requests": []}
