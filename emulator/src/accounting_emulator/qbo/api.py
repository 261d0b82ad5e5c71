"""The accounting API over HTTP: authentication, reading, queries, writes, headers."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounting_emulator.books import Refusal
from accounting_emulator.company import Company
from accounting_emulator.emulator import Emulator
from accounting_emulator.journal import Reply
from accounting_emulator.qbo import batch, cdc, errors, reading, writing
from accounting_emulator.qbo.bodies import Content, decode_json, decode_text
from accounting_emulator.qbo.errors import ApiFault, GatewayFault
from accounting_emulator.qbo.gateway import Gateway
from accounting_emulator.qbo.repeats import repeated, request_key
from accounting_emulator.qbo.room import Room
from accounting_emulator.qbo.xml import to_xml
from accounting_emulator.query import QueryInvalid, QueryParseError
from accounting_emulator.traffic import write_policy
from accounting_emulator.turns import LongWork

JSON = "application/json;charset=utf-8"
MAX_STATEMENT_BYTES = 200_000
Work = Callable[[Room, str], bytes]
Answer = Callable[[Request, Company], Awaitable[bytes]]


class AccountingApi:
    """The routes under /v3/company/{realm_id}."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator
        self._gateway = Gateway(emulator=emulator)
        self._long = LongWork()

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        return [
            Route("/v3/company/{realm_id}/query", self._answering(self._query),
                  methods=["GET", "POST"]),
            Route("/v3/company/{realm_id}/batch", self._answering(self._batch),
                  methods=["POST"]),
            Route("/v3/company/{realm_id}/cdc", self._answering(self._cdc)),
            Route("/v3/company/{realm_id}/{entity}", self._answering(self._read_single)),
            Route("/v3/company/{realm_id}/{entity}", self._answering(self._save),
                  methods=["POST"]),
            Route("/v3/company/{realm_id}/{entity}/{object_id}", self._answering(self._read)),
            Route("/v3/{rest:path}", self._answering(self._unknown),
                  methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
        ]  # fmt: skip

    def _answering(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            try:
                async with self._gateway.admitted(request) as company:
                    request.state.company = company
                    body, status, media = await answer(request, company), 200, JSON
            except GatewayFault as fault:
                return self._refuse(request, fault)
            except (QueryParseError, QueryInvalid) as error:
                body, status, media = self._faulted(request, errors.from_query_error(error=error))
            except Refusal as refusal:
                body, status, media = self._faulted(request, self._from_refusal(refusal))
            except ApiFault as fault:
                body, status, media = self._faulted(request, fault)
            if not _wants_json(request):
                body, media = to_xml(body=body), "application/xml;charset=utf-8"
            return self._respond(body, status, media)

        return respond

    async def _query(self, request: Request, company: Company) -> bytes:
        if request.method == "POST":
            statement = _decode(await request.body())
        else:
            statement = request.query_params.get("query", "")
        delay = self._emulator.switches.page_delay_ms
        if delay:
            await asyncio.sleep(delay / 1000)
        await self._search_ahead(statement, company)
        return reading.answer_query(
            statement=statement,
            company=company,
            switches=self._emulator.switches,
            time=self._time(company),
        )

    async def _search_ahead(self, statement: str, company: Company) -> None:
        """Search in slices, so that the answer itself has only to fetch what was found."""
        query = reading.read_query(statement=statement, switches=self._emulator.switches)
        await self._long.carry_out(
            key=(company.profile.realm_id, query.search),
            make=lambda: reading.search_ahead(query=query, company=company),
        )

    async def _index_names(self, company: Company) -> None:
        """Make the index of names in slices: a write to an item at once would need it whole."""
        await self._long.carry_out(
            key=company.profile.realm_id, make=company.books.shelf.index_names
        )

    async def _cdc(self, request: Request, company: Company) -> bytes:
        now = self._emulator.clock.now()
        ask = cdc.read_ask(parameters=request.query_params, zone=company.zone, now=now)
        await self._long.carry_out(
            key=(company.profile.realm_id, ask),
            make=lambda: cdc.search_ahead(ask=ask, company=company),
        )
        return cdc.answer_cdc(
            ask=ask,
            company=company,
            switches=self._emulator.switches,
            time=self._time(company),
        )

    async def _read_single(self, request: Request, company: Company) -> bytes:
        if request.path_params["entity"].lower() != "preferences":
            raise errors.unsupported(operation=request.path_params["entity"])
        return reading.read_object(
            entity="preferences", object_id="1", company=company, time=self._time(company)
        )

    async def _read(self, request: Request, company: Company) -> bytes:
        return reading.read_object(
            entity=request.path_params["entity"].lower(),
            object_id=request.path_params["object_id"],
            company=company,
            time=self._time(company),
        )

    async def _save(self, request: Request, company: Company) -> bytes:
        entity = request.path_params["entity"].lower()
        content = await _read_content(request)
        if entity == "item":
            await self._index_names(company)

        def save(room: Room, time: str) -> bytes:
            writing.expect_operation(operation=request.query_params.get("operation", ""))
            inner = writing.save_object(entity=entity, content=content, room=room)
            return b'{%s,"time":"%s"}' % (inner, time.encode())

        return self._write(request, company, save)

    async def _batch(self, request: Request, company: Company) -> bytes:
        content = await _read_content(request)
        await self._index_names(company)
        for statement in batch.list_statements(content=content):
            with suppress(QueryParseError, QueryInvalid):  # the item's own answer says so
                await self._search_ahead(statement, company)

        def carry_out(room: Room, time: str) -> bytes:
            return batch.answer_batch(content=content, room=room, time=time)

        return self._write(request, company, carry_out)

    def _write(self, request: Request, company: Company, work: Work) -> bytes:
        """Do the work of a write once; the same request id gets the same answer again."""
        clock, switches = self._emulator.clock, self._emulator.switches
        key = request_key(request=request, company=company, switches=switches)
        if key is not None:
            reply = self._emulator.replies.find(
                key=key, now=clock.now(), life_seconds=switches.request_id_seconds
            )
            if reply is not None:
                return repeated(reply=reply, switches=switches)
        with self._emulator.sitting(company=company) as sitting:
            room = Room(
                company=company,
                switches=switches,
                at=int(clock.now()),
                today=clock.today(zone=company.zone),
                execute=sitting.execute,
            )
            body = work(room, self._time(company))
            if key is not None:
                sitting.reply = Reply(key=key, at=room.at, body=body.decode())
        return body

    def _from_refusal(self, refusal: Refusal) -> ApiFault:
        return errors.from_refusal(refusal=refusal, switches=self._emulator.switches)

    async def _unknown(self, request: Request, company: Company) -> bytes:
        del company
        raise errors.unsupported(operation=f"{request.method} {request.url.path}")

    def _time(self, company: Company) -> str:
        return self._emulator.clock.local_now(zone=company.zone).isoformat(timespec="milliseconds")

    def _faulted(self, request: Request, fault: ApiFault) -> tuple[bytes, int, str]:
        time = self._time(request.state.company)
        return errors.fault_body(fault=fault, time=time), fault.status, "application/json"

    def _refuse(self, request: Request, fault: GatewayFault) -> Response:
        """Answer in the gateway's shape, with the headers that only the gateway sets."""
        clock, media = self._emulator.clock, "application/json"
        body = errors.gateway_body(fault=fault, now=clock.now())
        if not _wants_json(request):
            time = clock.local_now().isoformat(timespec="milliseconds")
            body = to_xml(body=errors.plain_gateway_body(fault=fault, time=time))
            media = "application/xml;charset=utf-8"
        response = self._respond(body, fault.status, media)
        if fault.status == 401:
            response.headers["Www-Authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
        if fault.retry_after:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    def _respond(self, body: bytes, status: int, media: str) -> Response:
        tid = f"1-{int(self._emulator.clock.now()):08x}-{secrets.token_hex(12)}"
        headers = {
            "intuit_tid": tid,
            "X-Spanid": secrets.token_hex(8),
            "X-Amzn-Trace-Id": f"Root={tid}",
            "Qbo-Version": "1988.128",
            "Service-Time": "total=2, db=1",
            "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
            "Content-Type": media,
            "RateLimit-Policy": write_policy(switches=self._emulator.switches),
        }
        return Response(body, status_code=status, headers=headers)


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "json" in accept or request.query_params.get("format", "").lower() == "json"


def _decode(body: bytes) -> str:
    if len(body) > MAX_STATEMENT_BYTES:
        raise QueryParseError("QueryParserError: the statement is too long")
    return decode_text(body=body)


async def _read_content(request: Request) -> Content:
    return decode_json(body=await request.body())
