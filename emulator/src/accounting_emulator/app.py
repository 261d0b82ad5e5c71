"""The web application: all routes, behind the gate."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp

from accounting_emulator.console.routes import Console
from accounting_emulator.control import api as control
from accounting_emulator.emulator import Emulator
from accounting_emulator.gate import Gate
from accounting_emulator.qbo import errors
from accounting_emulator.qbo.api import AccountingApi
from accounting_emulator.qbo.errors import ApiFault
from accounting_emulator.signin import SignIn


def make_app(*, emulator: Emulator) -> ASGIApp:
    """Put the parts together."""
    levers = control.list_routes(emulator=emulator)
    routes = [
        *Console(control=Router(routes=levers), base_url=emulator.base_url).routes(),
        *SignIn(emulator=emulator).routes(),
        *levers,
        *AccountingApi(emulator=emulator).routes(),
    ]
    return Gate(Starlette(routes=routes, exception_handlers={Exception: _broken}), emulator)


async def _broken(request: Request, error: Exception) -> Response:
    """Answer a fault of our own as the real service answers one of its own."""
    del request, error
    fault = ApiFault(
        code="10000",
        message="An application error has occurred while processing your request",
        detail="System Failure Error: the emulator failed; its log says why",
        status=500,
    )
    body = errors.fault_body(fault=fault, time="")
    return Response(body, status_code=500, media_type="application/json")
