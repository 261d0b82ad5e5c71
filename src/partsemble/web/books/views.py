"""The chart of accounts and the vendors, as the last sync read them."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from partsemble.accounting.queries.lists import (
    AccountView,
    ListFilter,
    VendorView,
    list_accounts,
    list_vendors,
)
from partsemble.database.pages import ListPage
from partsemble.kernel.permissions import Permission
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.lists import link_list, read_page
from partsemble.words.accounts import ACCOUNT_TYPE_WORDS

_STATES: Final = {"active": True, "inactive": False}
_STATE_CHOICES: Final = (
    ("", "Active and inactive"),
    ("active", "Active"),
    ("inactive", "Inactive"),
)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account as it is shown."""

    number: str
    name: str
    path: str
    """The accounts above it."""
    type: str
    currency: str
    state: str
    """Empty while the books use it."""


@dataclass(frozen=True, slots=True)
class VendorLine:
    """One vendor as it is shown."""

    name: str
    currency: str
    state: str


_ACCOUNTS: Final = {
    "noun": "accounts",
    "lead": "The chart of accounts of your books, as the last sync read it. The books own it; "
    "change it there.",
    "searched": "Number or name",
    "table": "books/accounts_table.html",
}
_VENDORS: Final = {
    "noun": "vendors",
    "lead": "Whom your books buy from, as the last sync read it. No more than their names is "
    "kept here.",
    "searched": "Name",
    "table": "books/vendors_table.html",
}


@business_screen(permission=Permission.MANAGE_CONNECTION)
def show_accounts(request: BusinessRequest) -> HttpResponse:
    """This will list the chart of accounts, in its order."""
    found = list_accounts(actor=request.actor, wanted=read_filter(request.GET))
    has_numbers = any(row.number for row in found.rows)
    rows = [show_account(row) for row in found.rows]
    return _show(request, found, {**_ACCOUNTS, "rows": rows, "has_numbers": has_numbers})


@business_screen(permission=Permission.MANAGE_CONNECTION)
def show_vendors(request: BusinessRequest) -> HttpResponse:
    """This will list the vendors by name."""
    found = list_vendors(actor=request.actor, wanted=read_filter(request.GET))
    return _show(request, found, {**_VENDORS, "rows": [show_vendor(row) for row in found.rows]})


def read_filter(parameters: QueryDict) -> ListFilter:
    """This will read what a person wants to see from an address; nonsense is left out."""
    return ListFilter(
        search=parameters.get("q", "").strip(),
        is_active=_STATES.get(parameters.get("state", "")),
        page=read_page(parameters),
    )


def show_account(row: AccountView) -> AccountLine:
    """This will put an account into words."""
    return AccountLine(
        number=row.number,
        name=row.name,
        path=row.full_name.removesuffix(row.name).rstrip(":").replace(":", " › "),
        type=ACCOUNT_TYPE_WORDS[row.type],
        currency=row.currency,
        state=_say_state(row),
    )


def show_vendor(row: VendorView) -> VendorLine:
    """This will put a vendor into words."""
    return VendorLine(name=row.name, currency=row.currency, state=_say_state(row))


def _say_state(row: AccountView | VendorView) -> str:
    if not row.is_present:
        return "No longer in the books"
    return "" if row.is_active else "Inactive"


def _show(
    request: BusinessRequest,
    found: ListPage[AccountView] | ListPage[VendorView],
    context: dict[str, object],
) -> HttpResponse:
    wanted = read_filter(request.GET)
    context |= {
        "pages": link_list(query=request.GET, found=found),
        "search": wanted.search,
        "state": request.GET.get("state", ""),
        "states": _STATE_CHOICES,
        "is_filtered": bool(wanted.search or wanted.is_active is not None),
        "clear_url": request.path,
    }
    return render(request, f"books/{'list_part' if request.htmx else 'list'}.html", context)
