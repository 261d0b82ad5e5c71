"""Refusals in the two shapes the real service has.

Ordinary faults come from the accounting service; 401, 403 and 429 come from the gateway in
front of it, in lower case, with an epoch time (seen in recorded sandbox responses).
"""

from typing import Any

import msgspec

from accounting_emulator.books import Obstacle, Refusal
from accounting_emulator.query import QueryInvalid, QueryParseError
from accounting_emulator.switches import Switches

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


def fault_content(*, fault: ApiFault, element: str | None = None) -> dict[str, Any]:
    """Give an ordinary fault without its frame; `element` stands in where it names none."""
    error: dict[str, str] = {
        "Message": fault.message,
        "Detail": fault.detail,
        "code": fault.code,
    }
    named = fault.element if fault.element is not None else element
    if named is not None:
        error["element"] = named
    return {"Error": [error], "type": fault.type}


def fault_body(*, fault: ApiFault, time: str) -> bytes:
    """Give an ordinary fault as JSON."""
    return msgspec.json.encode({"Fault": fault_content(fault=fault), "time": time})


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


REQUIRED = "Required param missing, need to supply the required value for the API"
BUSINESS = "A business validation error has occurred while processing your request"
BOOKS_CLOSED = (
    "The account period has closed and the account books cannot be updated through through the "
    "QBO Services API. Please use the QBO website to make these changes."
)
_BY_OBSTACLE: dict[Obstacle, tuple[str, str]] = {
    "not_found": ("610", "Object Not Found"),
    "bad_parent": ("700", "Parent Reference Invalid"),
    "own_parent": ("900", "Parent cannot be child"),
    "missing": ("2020", REQUIRED),
    "bad_name": ("2040", "Invalid String"),
    "too_long": ("2050", "Invalid String Length"),
    "bad_number": ("2090", "Invalid Number"),
    "bad_choice": ("2170", "Invalid Enumeration"),
    "bad_reference": ("2500", "Invalid Reference Id"),
    "inactive_reference": ("2500", "Invalid Reference Id"),
    "rule": ("6000", BUSINESS),
    "no_account_type": ("6010", "Invalid Account.AccountType && Account.SubType"),
    "opening_date_missing": (
        "6060",
        "Account.OpenBalanceDate must be specified with Account.OpenBalance",
    ),
    "no_name": ("6080", "No Name Provided"),
    "parent_missing": ("6150", "ParentRef Required Validation Error"),
    "too_deep": ("6180", "Sub Level Limit"),
    "closed": ("6210", "Account Period Closed, Cannot Update Through Services API"),
    "duplicate_name": ("6240", "Duplicate Name Exists Error"),
    "before_start": ("6270", "InventoryTxnDatedBeforeItemStartDate"),
    "wrong_account": ("6430", "Invalid account type used"),
}
_NAME_DETAILS = {
    "null": "The name supplied already exists. : null",
    "sentence": "The name supplied already exists. : Another customer, vendor or employee is "
    "already using this \nname. Please use a different name.",
}
_LEADS: dict[Obstacle, str] = {
    "rule": "Business Validation Error: ",
    "bad_reference": "Invalid Reference Id : ",
    "inactive_reference": "Invalid Reference Id : ",
    "bad_name": "Element contains invalid characters. ",
    "too_long": "String length is either shorter or longer than supported by specification. ",
}


def from_refusal(*, refusal: Refusal, switches: Switches) -> ApiFault:
    """Turn what the books say into a code of the error table."""
    code, message = _BY_OBSTACLE[refusal.obstacle]
    detail = _LEADS.get(refusal.obstacle, "") + refusal.detail
    match refusal.obstacle:
        case "not_found":
            detail = NOT_FOUND_DETAIL
        case "closed":
            code, detail = switches.closed_books, BOOKS_CLOSED
        case "duplicate_name":
            detail = _NAME_DETAILS.get(switches.duplicate_name_detail, detail)
        case "missing" if refusal.element is not None:
            return missing(element=refusal.element)
    return ApiFault(code=code, message=message, detail=detail, element=refusal.element)


def missing(*, element: str) -> ApiFault:
    """Make the refusal of a body that lacks something."""
    return ApiFault(
        code="2020",
        message=REQUIRED,
        detail=f"Required parameter {element} is missing in the request",
        element=element,
    )


def too_long(*, longest: int, length: int, element: str) -> ApiFault:
    """Make the refusal of a text with too many characters."""
    return ApiFault(
        code="2050",
        message="Invalid String Length",
        detail=f"{_LEADS['too_long']}Min:0 Max:{longest:,} supported. Supplied length:{length:,}",
        element=element,
    )


def invalid_id(*, text: str) -> ApiFault:
    """Make the refusal of an id that is no whole number."""
    return ApiFault(
        code="2030",
        message="Invalid ID",
        detail=f"Id should be a valid number. Supplied value:{text}",
        element="Id",
    )


def permission_denied(*, offering: str) -> ApiFault:
    """Make the refusal of a feature that the company's plan lacks."""
    return ApiFault(
        code="5020",
        message="Permission Denied Error",
        detail=f"Permission Denied Error : {offering} does not include this feature.",
    )


def stale(*, who: str) -> ApiFault:
    """Make the refusal of a change to what somebody else has changed meanwhile."""
    return ApiFault(
        code="5010",
        message="Stale Object Error",
        detail=f"Stale Object Error : You and {who} were working on this at the same time. "
        f"{who} finished before you did, so your work was not saved.",
        element="",
    )
