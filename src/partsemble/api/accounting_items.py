"""Accounting items: the mirror of the books' product records (ITEM-1)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from ninja import Router

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.items import (
    ItemFilter,
    ItemPosition,
    MirroredItem,
    get_item,
    list_items_after,
)
from partsemble.api.access import ApiRequest, Token
from partsemble.api.paging import PAGE_SIZE, Cursor, Limit, Page, Search, make_page, read_cursor
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.wire import Number, Shape
from partsemble.kernel.permissions import Permission

router = Router(tags=["accounting-items"])

LIST: Final = "accounting-items"


class ItemState(StrEnum):
    """Whether the books still use an item."""

    ACTIVE = "active"
    INACTIVE = "inactive"


def read_state(state: ItemState | None) -> bool | None:
    """This will say whether active rows are wanted, or inactive ones, or both for None."""
    return None if state is None else state is ItemState.ACTIVE


class AccountingItem(Shape):
    """One product record of the books as it was last read; null means that they say nothing."""

    id: UUID
    external_id: str
    """Its id in the books."""
    name: str
    full_name: str
    """With the names of its parents, from the top, between colons."""
    sku: str
    type: ItemType
    description: str
    unit_price: Number | None
    """What it sells for, in the home currency of the books."""
    purchase_cost: Number | None
    quantity_on_hand: Number | None
    inventory_start_date: date | None
    income_account_id: str
    expense_account_id: str
    asset_account_id: str
    is_active: bool
    revision: str
    updated_at: datetime | None
    """When it was last changed in the books."""


@router.get(
    "",
    auth=Token(needs=Permission.VIEW_INVENTORY),
    response={200: Page[AccountingItem], EVERYWHERE: Problem},
)
def list_accounting_items(
    request: ApiRequest,
    *,
    search: Search = "",
    type: ItemType | None = None,  # noqa: A002 the resource's own word
    state: ItemState | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_SIZE,
) -> Page[AccountingItem]:
    """This will list the items of the books in order of name.

    `search` asks for words in name and SKU. An item that is renamed between two pages may come
    twice or not at all.
    """
    found = list_items_after(
        actor=request.actor,
        wanted=ItemFilter(search=search, type=type, is_active=read_state(state)),
        after=read_cursor(cursor, name=LIST, kind=ItemPosition),
        limit=limit + 1,
    )
    return make_page(
        found, limit=limit, show=_show_item, name=LIST, locate=lambda each: each.position
    )


@router.get(
    "{item_id}",
    auth=Token(needs=Permission.VIEW_INVENTORY),
    response={200: AccountingItem, EVERYWHERE | {404}: Problem},
)
def show_accounting_item(request: ApiRequest, *, item_id: UUID) -> AccountingItem:
    """This will show one item of the books."""
    return _show_item(get_item(actor=request.actor, item_id=item_id))


def _show_item(found: MirroredItem) -> AccountingItem:
    item = found.item
    return AccountingItem(
        id=found.position.id,
        external_id=item.external_id,
        name=item.name,
        full_name=item.full_name,
        sku=item.sku,
        type=item.type,
        description=item.description,
        unit_price=item.unit_price,
        purchase_cost=item.purchase_cost,
        quantity_on_hand=item.quantity_on_hand,
        inventory_start_date=item.inventory_start_date,
        income_account_id=item.income_account_id,
        expense_account_id=item.expense_account_id,
        asset_account_id=item.asset_account_id,
        is_active=item.is_active,
        revision=item.revision,
        updated_at=item.updated_at,
    )
