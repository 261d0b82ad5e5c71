"""The gateway before the accounting API: token, company, throttles, meter, in this order.

What it refuses it refuses in a shape of its own, before the service is asked at all. A request
that is let in is counted until it is answered.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from starlette.requests import Request

from accounting_emulator.company import Company
from accounting_emulator.emulator import Emulator
from accounting_emulator.oauth import ACCOUNTING_SCOPE, Grant
from accounting_emulator.qbo import errors
from accounting_emulator.traffic import Sort

SHORTEST_TOKEN, LONGEST_TOKEN = 20, 4_096


class _BatchItem(msgspec.Struct):
    Query: str | None = None


class _Batch(msgspec.Struct):
    BatchItemRequest: list[_BatchItem] = []


class Gateway:
    """Lets requests through to the companies they are about."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator

    @asynccontextmanager
    async def admitted(self, request: Request) -> AsyncIterator[Company]:
        """Let a request in and give its company; it is under way until the block ends.

        Raises:
            GatewayFault: 401, 403 or 429.
        """
        company = self._find_company(request, self._find_grant(request))
        realm_id, switches = company.profile.realm_id, self._emulator.switches
        throttle, is_batch = self._emulator.throttle, _is_batch(request)
        sort = Sort.BATCH if is_batch else Sort.PLAIN
        if not throttle.admit(realm_id=realm_id, sort=sort, switches=switches):
            raise errors.throttled(retry_after=switches.retry_after_seconds)
        try:
            await self._meter(request)
            yield company
        finally:
            throttle.release(realm_id=realm_id)

    def _find_grant(self, request: Request) -> Grant:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN:
            raise errors.not_authenticated(detail="Malformed bearer token: too short or too long")
        grant = self._emulator.desk.check_access(access_token=token)
        if grant is None:
            raise errors.not_authenticated(detail=f"Token expired: {token[:4]}")
        return grant

    def _find_company(self, request: Request, grant: Grant) -> Company:
        """Give the company that is asked for, if the token is for it and may read books."""
        realm_id = request.path_params.get("realm_id", grant.realm_id)
        company = self._emulator.companies.find(realm_id=realm_id)
        if company is None or grant.realm_id != realm_id:
            raise errors.not_authorized()
        if self._emulator.switches.wrong_environment or ACCOUNTING_SCOPE not in grant.scopes:
            raise errors.not_authorized()
        return company

    async def _meter(self, request: Request) -> None:
        core, core_plus = await self._count_calls(request)
        switches = self._emulator.switches
        if not self._emulator.meter.admit(core=core, core_plus=core_plus, switches=switches):
            raise errors.throttled(retry_after=switches.retry_after_seconds)

    async def _count_calls(self, request: Request) -> tuple[int, int]:
        """Tell how many calls of a request put something in, and how many give something out."""
        if request.method == "GET" or request.url.path.endswith("/query"):
            return 0, 1
        if not _is_batch(request):
            return 1, 0
        try:
            items = msgspec.json.decode(await request.body(), type=_Batch).BatchItemRequest
        except msgspec.DecodeError:
            return 1, 0
        queries = sum(1 for item in items if item.Query is not None)
        if self._emulator.switches.batch_queries_count == "once":
            return int(queries < len(items)), int(queries > 0)
        return len(items) - queries, queries


def _is_batch(request: Request) -> bool:
    return request.method == "POST" and request.url.path.endswith("/batch")
