"""Ledger accounts: the mirror of the books' chart, which documents are posted to (SYNC-1)."""

from typing import Final
from uuid import UUID

from ninja import Router

from partsemble.accounting.documents import AccountClass, AccountType
from partsemble.accounting.queries.lists import (
    AccountView,
    ListFilter,
    ListPosition,
    get_account,
    list_accounts_after,
)
from partsemble.api.access import ApiRequest, Token
from partsemble.api.accounting_items import ItemState, read_state
from partsemble.api.paging import PAGE_SIZE, Cursor, Limit, Page, Search, make_page, read_cursor
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.wire import Shape
from partsemble.kernel.permissions import Permission

router = Router(tags=["ledger-accounts"])

LIST: Final = "ledger-accounts"


class LedgerAccount(Shape):
    """One account of the chart as it was last read."""

    id: UUID
    external_id: str
    """Its id in the books."""
    number: str
    """As the bookkeeper numbers it; empty where they do not."""
    name: str
    full_name: str
    """With the names of its parents, from the top, between colons."""
    type: AccountType
    subtype: str
    """In the provider's own word."""
    classification: AccountClass
    currency: str
    is_active: bool
    is_present: bool
    """False once a complete reading of the books did not show it any more."""
    parent_external_id: str
    """Of the account above it; empty at the top."""


@router.get(
    "",
    auth=Token(needs=Permission.MANAGE_CONNECTION),
    response={200: Page[LedgerAccount], EVERYWHERE: Problem},
)
def list_ledger_accounts(
    request: ApiRequest,
    *,
    search: Search = "",
    state: ItemState | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_SIZE,
) -> Page[LedgerAccount]:
    """This will list the accounts of the books in the order of a chart.

    `search` asks for words in number and name. Accounts that the books no longer show are
    inactive.
    """
    found = list_accounts_after(
        actor=request.actor,
        wanted=ListFilter(search=search, is_active=read_state(state)),
        after=read_cursor(cursor, name=LIST, kind=ListPosition),
        limit=limit + 1,
    )
    return make_page(
        found, limit=limit, show=_show_account, name=LIST, locate=lambda each: each.position
    )


@router.get(
    "{account_id}",
    auth=Token(needs=Permission.MANAGE_CONNECTION),
    response={200: LedgerAccount, EVERYWHERE | {404}: Problem},
)
def show_ledger_account(request: ApiRequest, *, account_id: UUID) -> LedgerAccount:
    """This will show one account of the books."""
    return _show_account(get_account(actor=request.actor, account_id=account_id))


def _show_account(account: AccountView) -> LedgerAccount:
    return LedgerAccount(
        id=account.id,
        external_id=account.external_id,
        number=account.number,
        name=account.name,
        full_name=account.full_name,
        type=account.type,
        subtype=account.subtype,
        classification=account.classification,
        currency=account.currency,
        is_active=account.is_active,
        is_present=account.is_present,
        parent_external_id=account.parent_id,
    )
