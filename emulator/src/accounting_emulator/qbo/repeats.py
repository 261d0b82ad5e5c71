"""Request ids: how a client makes sure that a write it repeats happens once."""

from starlette.requests import Request

from accounting_emulator.company import Company
from accounting_emulator.journal import Reply
from accounting_emulator.qbo.errors import ApiFault
from accounting_emulator.switches import Switches

MAX_REQUEST_ID = 50


def request_key(*, request: Request, company: Company, switches: Switches) -> str | None:
    """Give what a write's answer is remembered under; None when it has no request id.

    Raises:
        ApiFault: the request id is too long (2130).
    """
    request_id = request.query_params.get("requestid", "")
    if len(request_id) > MAX_REQUEST_ID:
        raise ApiFault(
            code="2130",
            message="Invalid Request Id Format",
            detail=f"Invalid Request Id Format : Max:{MAX_REQUEST_ID} supported. "
            f"Supplied length:{len(request_id)}",
        )
    is_batch = request.url.path.endswith("/batch")
    if not request_id or (is_batch and switches.request_id_in_batch == "ignore"):
        return None
    return f"{company.profile.realm_id}/{request_id}"


def repeated(*, reply: Reply, switches: Switches) -> bytes:
    """Answer a write that was already done: with its first answer.

    Raises:
        ApiFault: a switch wants repetition refused (600).
    """
    if switches.request_id_repeat == "refuse":
        raise ApiFault(
            code="600",
            message="Duplicate Request ID",
            detail="The request ID you're trying to use already exists.",
        )
    return reply.body.encode()
