"""Vendors: the mirror of whom the books buy from (SYNC-1)."""

from typing import Final
from uuid import UUID

from ninja import Router

from partsemble.accounting.queries.lists import (
    ListFilter,
    ListPosition,
    VendorView,
    get_vendor,
    list_vendors_after,
)
from partsemble.api.access import ApiRequest, Token
from partsemble.api.accounting_items import ItemState, read_state
from partsemble.api.paging import PAGE_SIZE, Cursor, Limit, Page, Search, make_page, read_cursor
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.wire import Shape
from partsemble.kernel.permissions import Permission

router = Router(tags=["vendors"])

LIST: Final = "vendors"


class Vendor(Shape):
    """One vendor as it was last read; no more than a name is kept."""

    id: UUID
    external_id: str
    """Its id in the books."""
    name: str
    currency: str
    is_active: bool
    is_present: bool
    """False once a complete reading of the books did not show it any more."""


@router.get(
    "",
    auth=Token(needs=Permission.MANAGE_CONNECTION),
    response={200: Page[Vendor], EVERYWHERE: Problem},
)
def list_vendors(
    request: ApiRequest,
    *,
    search: Search = "",
    state: ItemState | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_SIZE,
) -> Page[Vendor]:
    """This will list the vendors of the books in order of name.

    `search` asks for words in the name. Vendors that the books no longer show are inactive.
    """
    found = list_vendors_after(
        actor=request.actor,
        wanted=ListFilter(search=search, is_active=read_state(state)),
        after=read_cursor(cursor, name=LIST, kind=ListPosition),
        limit=limit + 1,
    )
    return make_page(
        found, limit=limit, show=_show_vendor, name=LIST, locate=lambda each: each.position
    )


@router.get(
    "{vendor_id}",
    auth=Token(needs=Permission.MANAGE_CONNECTION),
    response={200: Vendor, EVERYWHERE | {404}: Problem},
)
def show_vendor(request: ApiRequest, *, vendor_id: UUID) -> Vendor:
    """This will show one vendor of the books."""
    return _show_vendor(get_vendor(actor=request.actor, vendor_id=vendor_id))


def _show_vendor(vendor: VendorView) -> Vendor:
    return Vendor(
        id=vendor.id,
        external_id=vendor.external_id,
        name=vendor.name,
        currency=vendor.currency,
        is_active=vendor.is_active,
        is_present=vendor.is_present,
    )
