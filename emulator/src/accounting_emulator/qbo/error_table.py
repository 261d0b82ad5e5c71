"""The service's codes with HTTP status, message and an example detail (Intuit's error table)."""

from typing import NamedTuple


class Known(NamedTuple):
    """What is known of a code."""

    status: int
    message: str
    detail: str


_STALE = (
    "Stale Object Error : You and root were working on this at the same time. root finished "
    "before you did, so your work was not saved."
)
_CLOSED = (
    "The account period has closed and the account books cannot be updated through through the "
    "QBO Services API. Please use the QBO website to make these changes."
)
_INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields "
    "with accounts, customers, items, vendors or employees."
)
UNKNOWN_ERROR = Known(400, "A fault was planned", "Planned by a test")
ERROR_TABLE: dict[str, Known] = {
    "100": Known(401, "General Authentication Error", "AuthenticationErrorGeneral: planned"),
    "120": Known(
        401,
        "Authorization Failure",
        "AuthorizationFailure: -11014-You do not have access to use QuickBooks Online Plus.",
    ),
    "130": Known(503, "Wrong Cluster", "The company is on another cluster"),
    "140": Known(503, "Company Locked Out", "The company is locked"),
    "150": Known(503, "Company Under Maintenance", "The company is under maintenance"),
    "500": Known(400, "Unsupported Operation", "Operation is not supported."),
    "600": Known(400, "Duplicate Request ID", "Duplicate Request ID"),
    "610": Known(400, "Object Not Found", _INACTIVE),
    "5010": Known(400, "Stale Object Error", _STALE),
    "5020": Known(400, "Permission Denied Error", "Permission Denied Error : planned"),
    "5030": Known(400, "Feature Not Supported Error", "Feature Not Supported Error : planned"),
    "6000": Known(
        400,
        "A business validation error has occurred while processing your request",
        "Business Validation Error: planned by a test",
    ),
    "6190": Known(400, "Invalid Company Status", "Subscription period has ended or canceled"),
    "6200": Known(400, "Account Period Closed, Cannot Update Through Services API", _CLOSED),
    "6210": Known(400, "Account Period Closed, Cannot Update Through Services API", _CLOSED),
    "6240": Known(
        400, "Duplicate Name Exists Error", "The name supplied already exists. : null"
    ),
    "10000": Known(
        500,
        "An application error has occurred while processing your request",
        "System Failure Error: planned by a test",
    ),
}  # fmt: skip
