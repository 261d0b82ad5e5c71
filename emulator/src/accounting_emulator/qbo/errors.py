"""Refusals in the two shapes the real service has.

Ordinary faults come from the accounting service; 401, 403 and 429 come from the gateway in
front of it, in lower case, with an epoch time (seen in recorded sandbox responses).
"""

from typing import Any

import msgspec

from accounting_emulator.books import Obstacle, Refusal
from accounting_emulator.query import QueryInvalid, QueryParseError

NOT_FOUND_DETAIL = (
    "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)


class ApiFault(Exception):
    """An ordinary fault: a code of the error table with its message and detail."""

    def __init__(
        self, *, code: str, message: str, detail: str, status: int = 400, element: str | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.message = message
        self.detail = detail
        self.status = status
        self.element = element

    @property
    def type(self) -> str:
        """Give the kind of fault."""
        return "SystemFault" if self.status >= 500 else "ValidationFault"


class GatewayFault(Exception):
    """A refusal of the gateway: 401, 403 or 429."""

    retry_after: int = 0

    def __init__(self, *, status: int, code: str, word: str, detail: str, kind: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.word = word
        self.detail = detail
        self.kind = kind


def fault_body(*, fault: ApiFault, time: str) -> bytes:
    """Give an ordinary fault as JSON."""
    error: dict[str, str] = {
        "Message": fault.message,
        "Detail": fault.detail,
        "code": fault.code,
    }
    if fault.element is not None:
        error["element"] = fault.element
    return msgspec.json.encode({"Fault": {"Error": [error], "type": fault.type}, "time": time})


def plain_gateway_body(*, fault: GatewayFault, time: str) -> bytes:
    """Give a gateway fault in the ordinary shape, from which its XML is made."""
    message = f"message={fault.word}; errorCode={int(fault.code):06}; statusCode={fault.status}"
    error = {"Message": message, "Detail": fault.detail, "code": fault.code}
    return msgspec.json.encode({"Fault": {"Error": [error], "type": fault.kind}, "time": time})


def gateway_body(*, fault: GatewayFault, now: float) -> bytes:
    """Give a gateway fault as JSON; `now` in seconds since 1970 UTC."""
    message = f"message={fault.word}; errorCode={int(fault.code):06}; statusCode={fault.status}"
    error: dict[str, Any] = {
        "message": message,
        "detail": fault.detail,
        "code": fault.code,
        "element": None,
    }
    return msgspec.json.encode(
        {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [error], "type": fault.kind},
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": int(now * 1000),
            "status": None,
            "cdcresponse": [],
        }
    )


def not_authenticated(*, detail: str) -> GatewayFault:
    """Make the refusal of a missing, malformed or expired access token."""
    return GatewayFault(
        status=401, code="3200", word="AuthenticationFailed", detail=detail, kind="AUTHENTICATION"
    )


def not_authorized() -> GatewayFault:
    """Make the refusal of a token that belongs to another company or environment."""
    return GatewayFault(
        status=403,
        code="3100",
        word="ApplicationAuthorizationFailed",
        detail="Application authorization failed.",
        kind="AUTHORIZATION",
    )


def throttled(*, retry_after: int = 0) -> GatewayFault:
    """Make the refusal of a client that asks too often; `retry_after` in seconds, 0 unsaid."""
    fault = GatewayFault(
        status=429,
        code="3001",
        word="ThrottleExceeded",
        detail="The request limit was reached.  Try again later",
        kind="SERVICE",
    )
    fault.retry_after = retry_after
    return fault


def object_not_found() -> ApiFault:
    """Make the refusal of an id that is unknown: HTTP 400, not 404."""
    return ApiFault(code="610", message="Object Not Found", detail=NOT_FOUND_DETAIL)


def unsupported(*, operation: str) -> ApiFault:
    """Make the refusal of an operation the service, or this emulator, does not have."""
    return ApiFault(
        code="500",
        message="Unsupported Operation",
        detail=f"Operation {operation} is not supported.",
        element="Operation",
    )


def from_query_error(*, error: QueryParseError | QueryInvalid) -> ApiFault:
    """Turn what the query language says into its code."""
    if isinstance(error, QueryParseError):
        return ApiFault(code="4000", message="Error parsing query", detail=str(error))
    return ApiFault(code="4001", message="Invalid query", detail=str(error))


_BY_OBSTACLE: dict[Obstacle, tuple[str, str]] = {
    "not_found": ("610", "Object Not Found"),
    "duplicate_name": ("6240", "Duplicate Name Exists Error"),
    "bad_name": ("2040", "Invalid String"),
    "missing": ("2020", "Required param missing, need to supply the required value for the API"),
    "rule": ("6000", "A business validation error has occurred while processing your request"),
}


def from_refusal(*, refusal: Refusal) -> ApiFault:
    """Turn what the books say into a code of the error table."""
    code, message = _BY_OBSTACLE[refusal.obstacle]
    detail = refusal.detail
    if refusal.obstacle == "not_found":
        detail = NOT_FOUND_DETAIL
    if refusal.obstacle == "rule":
        detail = f"Business Validation Error: {detail}"
    return ApiFault(code=code, message=message, detail=detail)
