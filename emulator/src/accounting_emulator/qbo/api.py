"""The accounting API over HTTP: authentication, reading, queries, headers."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounting_emulator.books import Refusal
from accounting_emulator.company import Company
from accounting_emulator.emulator import Emulator
from accounting_emulator.qbo import errors, reading
from accounting_emulator.qbo.errors import ApiFault, GatewayFault
from accounting_emulator.qbo.gateway import Gateway
from accounting_emulator.qbo.xml import to_xml
from accounting_emulator.query import QueryInvalid, QueryParseError
from accounting_emulator.traffic import write_policy

JSON = "application/json;charset=utf-8"
MAX_STATEMENT_BYTES = 200_000
Answer = Callable[[Request, Company], Awaitable[bytes]]


class AccountingApi:
    """The routes under /v3/company/{realm_id}."""

    def __init__(self, *, emulator: Emulator) -> None:
        self._emulator = emulator
        self._gateway = Gateway(emulator=emulator)

    def routes(self) -> list[Route]:
        """List the addresses this part answers."""
        return [
            Route("/v3/company/{realm_id}/query", self._answering(self._query),
                  methods=["GET", "POST"]),
            Route("/v3/company/{realm_id}/{entity}", self._answering(self._read_single)),
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
                body, status, media = self._faulted(request, errors.from_refusal(refusal=refusal))
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
        return reading.answer_query(
            statement=statement,
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
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ApiFault(
            code="500",
            message="Unsupported Operation",
            detail=f"Operation MalformedByteSequenceException: {error.reason} is not supported.",
        ) from error
