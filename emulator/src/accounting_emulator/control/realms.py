"""Which company a control request is about: the main one, or the one in its address."""

from datetime import date

from starlette.requests import Request

from accounting_emulator.books import Refusal
from accounting_emulator.company import Company
from accounting_emulator.control.answering import ControlRefusal
from accounting_emulator.emulator import Emulator

ROOTS = ("/control", "/control/companies/{realm_id}")
"""Every address about books is there under both."""


def get_company(*, emulator: Emulator, request: Request) -> Company:
    """Give the company of a request.

    Raises:
        Refusal: there is none with this id.
    """
    realm_id = request.path_params.get("realm_id")
    return emulator.company if realm_id is None else emulator.companies.get(realm_id=realm_id)


def read_id(*, text: str | None) -> int | None:
    """Read the id that a wish names; what is no number is nobody's.

    Raises:
        Refusal: the text is no id.
    """
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Refusal("not_found", f"“{text}” is not an id. Ids are whole numbers.")
    return int(text)


def expect_day(*, text: str | None) -> None:
    """Let a day pass that is written YYYY-MM-DD.

    Raises:
        ControlRefusal: it is not.
    """
    try:
        is_day = text is None or date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_day = False
    if not is_day:
        raise ControlRefusal(400, f"“{text}” is not a day. Days are written like 2026-03-31.")
