"""Calls to the provider as tests of the log make them up."""

from typing import Any

from tests.support.cast import Person

from partsemble.accounting.http import Call, Reply, Request
from partsemble.accounting.queries.calls import CallFilter, CallRowView, list_calls
from partsemble.accounting.services.calls import record_call
from partsemble.accounting.types import Caller, ProviderKey

TRACE = "1-6b02115a-334022debae2cc15"


def make_call(*, status: int | None = 200, body: bytes = b"{}", **changes: Any) -> Call:
    """This will make up one call; without a status no answer came."""
    terms: dict[str, Any] = {
        "method": "GET",
        "url": "http://books.example/v3/company/93/query",
        "query": {"query": "SELECT * FROM Item"},
        "trace_header": "intuit_tid",
    }
    headers = {"content-type": "application/json", "intuit_tid": TRACE}
    request = Request(**{**terms, **changes})
    if status is None:
        return Call(request=request, reply=None, failure="try_later", seconds=1.25)
    reply = Reply(status=status, headers=headers, body=body, seconds=0.3)
    return Call(request=request, reply=reply, failure="", seconds=0.3)


def make_caller(person: Person, **changes: Any) -> Caller:
    """This will say that calls are made for a person's business."""
    terms: dict[str, Any] = {
        "business_id": person.business.id,
        "label": person.actor.label,
        "provider": ProviderKey.QBO,
        "client_id": "client",
    }
    return Caller(**{**terms, **changes})


def log_call(person: Person, call: Call, **changes: Any) -> CallRowView:
    """This will write a call down, and give its line."""
    record_call(caller=make_caller(person, **changes), call=call)
    return list_calls(actor=person.actor, wanted=CallFilter()).rows[0]
