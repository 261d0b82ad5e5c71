"""Which calls Intuit meters. Pure.

Every read of the accounting API counts, a query also when it is posted; what creates, changes or
deletes is free, and so is everything about consent and tokens.

Source: Intuit App Partner Program, classification of API calls (Core, CorePlus).
"""

from typing import Final

from partsemble.accounting.types import CallKind

_ACCOUNTING: Final = "/v3/company/"
_QUERY: Final = "/query"


def find_call_kind(*, method: str, path: str) -> CallKind | None:
    """This will say whether a call is metered, free, or none that is counted.

    Arguments:
        method: of HTTP.
        path: of the address, without host and query.
    """
    if not path.startswith(_ACCOUNTING):
        return None
    is_read = method == "GET" or path.endswith(_QUERY)
    return CallKind.READ if is_read else CallKind.WRITE


def is_metered(environment: str) -> bool:
    """This will tell whether reads of a world count; those of the sandbox do not."""
    return environment != "sandbox"
