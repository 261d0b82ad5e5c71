"""All routes of the control API together."""

from starlette.routing import Route

from accounting_emulator.control.accounts import AccountControl
from accounting_emulator.control.books import BooksControl
from accounting_emulator.control.faults import FaultControl
from accounting_emulator.control.items import ItemControl
from accounting_emulator.control.people import PeopleControl
from accounting_emulator.control.requests import RequestControl
from accounting_emulator.control.server_wide import ServerControl
from accounting_emulator.control.webhooks import WebhookControl
from accounting_emulator.emulator import Emulator


def list_routes(*, emulator: Emulator) -> list[Route]:
    """List every address under /control."""
    return [
        *ServerControl(emulator=emulator).routes(),
        *FaultControl(emulator=emulator).routes(),
        *RequestControl(emulator=emulator).routes(),
        *WebhookControl(emulator=emulator).routes(),
        *BooksControl(emulator=emulator).routes(),
        *ItemControl(emulator=emulator).routes(),
        *AccountControl(emulator=emulator).routes(),
        *PeopleControl(emulator=emulator).routes(),
    ]
