"""The books' accounts and vendors as people and programs read them."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from partsemble.accounting.documents import AccountClass, AccountType
from partsemble.accounting.models.lists import LedgerAccount, Vendor
from partsemble.accounting.queries.connections import find_shown_connection
from partsemble.accounting.queries.items import COUNT_CAP, PAGE_SIZE, SEARCH_LENGTH
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import NotFound
from partsemble.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What a person wants to see of accounts or vendors."""

    search: str = ""
    is_active: bool | None = None
    """Whether the books still use them; absent ones are not active."""
    page: int = 1


class ListPosition(NamedTuple):
    """Where a row stands in its list."""

    sort_key: str
    id: UUID


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account of the mirrored chart."""

    id: UUID
    external_id: str
    number: str
    name: str
    full_name: str
    type: AccountType
    subtype: str
    classification: AccountClass
    currency: str
    is_active: bool
    is_present: bool
    parent_id: str
    sort_key: str

    @property
    def position(self) -> ListPosition:
        """This will be where it stands."""
        return ListPosition(sort_key=self.sort_key, id=self.id)


@dataclass(frozen=True, slots=True)
class VendorView:
    """A mirrored vendor."""

    id: UUID
    external_id: str
    name: str
    currency: str
    is_active: bool
    is_present: bool
    sort_key: str

    @property
    def position(self) -> ListPosition:
        """This will be where it stands."""
        return ListPosition(sort_key=self.sort_key, id=self.id)


@dataclass(frozen=True, slots=True)
class ListPage[View: AccountView | VendorView]:
    """One page of a list; `count` stops one above the cap."""

    rows: tuple[View, ...]
    count: int
    page: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many accounts and vendors the books have in use."""

    accounts: int
    vendors: int


_ACCOUNT_COLUMNS: Final = tuple(AccountView.__dataclass_fields__)
_VENDOR_COLUMNS: Final = tuple(VendorView.__dataclass_fields__)
_NEEDED: Final = Permission.MANAGE_CONNECTION
"""Who chooses accounts to post to; vendors are people, and nobody else's business."""


def list_accounts(*, actor: Actor, wanted: ListFilter) -> ListPage[AccountView]:
    """This will give one page of the chart, in its order.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        found = _narrow(_list_shown(LedgerAccount), wanted)
        rows, count, has_more = _cut_page(found, wanted.page, _ACCOUNT_COLUMNS)
    return ListPage(
        rows=tuple(_view_account(row) for row in rows),
        count=count,
        page=max(1, wanted.page),
        has_more=has_more,
    )


def list_vendors(*, actor: Actor, wanted: ListFilter) -> ListPage[VendorView]:
    """This will give one page of the vendors, in order of name.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        found = _narrow(_list_shown(Vendor), wanted)
        rows, count, has_more = _cut_page(found, wanted.page, _VENDOR_COLUMNS)
    return ListPage(
        rows=tuple(VendorView(*row) for row in rows),
        count=count,
        page=max(1, wanted.page),
        has_more=has_more,
    )


def list_accounts_after(
    *, actor: Actor, wanted: ListFilter, after: ListPosition | None, limit: int
) -> tuple[AccountView, ...]:
    """This will give the accounts that follow a position in the order of the chart.

    Arguments:
        wanted: of its words only those that narrow the list; the page does not count.
        after: where the former answer ended; None: from the start.
        limit: most rows to give.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        found = _follow(_narrow(_list_shown(LedgerAccount), wanted), after)
        return tuple(_view_account(row) for row in found.values_list(*_ACCOUNT_COLUMNS)[:limit])


def list_vendors_after(
    *, actor: Actor, wanted: ListFilter, after: ListPosition | None, limit: int
) -> tuple[VendorView, ...]:
    """This will give the vendors that follow a position in order of name.

    Arguments:
        wanted: of its words only those that narrow the list; the page does not count.
        after: where the former answer ended; None: from the start.
        limit: most rows to give.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        found = _follow(_narrow(_list_shown(Vendor), wanted), after)
        return tuple(VendorView(*row) for row in found.values_list(*_VENDOR_COLUMNS)[:limit])


def get_account(*, actor: Actor, account_id: UUID) -> AccountView:
    """This will give one account.

    Raises:
        PermissionMissing: without *manage connection*.
        NotFound: if the business has no such account.
    """
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        rows = LedgerAccount.objects.filter(id=account_id).values_list(*_ACCOUNT_COLUMNS)
        row = rows.first()
    if row is None:
        raise NotFound(account_id=account_id)
    return _view_account(row)


def get_vendor(*, actor: Actor, vendor_id: UUID) -> VendorView:
    """This will give one vendor.

    Raises:
        PermissionMissing: without *manage connection*.
        NotFound: if the business has no such vendor.
    """
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        row = Vendor.objects.filter(id=vendor_id).values_list(*_VENDOR_COLUMNS).first()
    if row is None:
        raise NotFound(vendor_id=vendor_id)
    return VendorView(*row)


def count_lists(*, actor: Actor) -> ListCounts:
    """This will count the accounts and vendors that the books use, each to one above the cap.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        used = {"is_active": True, "is_present": True}
        return ListCounts(
            accounts=_list_shown(LedgerAccount).filter(**used)[: COUNT_CAP + 1].count(),
            vendors=_list_shown(Vendor).filter(**used)[: COUNT_CAP + 1].count(),
        )


def _list_shown(model: type[LedgerAccount] | type[Vendor]) -> "QuerySet[Any]":
    """Give the rows of the books that the business looks at now."""
    shown = find_shown_connection()
    return model.objects.none() if shown is None else model.objects.filter(connection_id=shown)


def _narrow(rows: "QuerySet[Any]", wanted: ListFilter) -> "QuerySet[Any]":
    # PostgreSQL refuses a NUL; no stored text holds one either.
    for word in wanted.search[:SEARCH_LENGTH].replace("\0", " ").casefold().split():
        rows = rows.filter(search_text__contains=word)
    if wanted.is_active is None:
        return rows
    used = Q(is_active=True, is_present=True)
    return rows.filter(used if wanted.is_active else ~used)


def _cut_page(
    found: "QuerySet[Any]", page: int, columns: tuple[str, ...]
) -> tuple[list[tuple[Any, ...]], int, bool]:
    first = (max(1, page) - 1) * PAGE_SIZE
    ordered = found.order_by("sort_key", "id").values_list(*columns)
    rows = list(ordered[first : first + PAGE_SIZE + 1])
    count = found.order_by()[: COUNT_CAP + 1].count()
    return rows[:PAGE_SIZE], count, len(rows) > PAGE_SIZE


def _follow(found: "QuerySet[Any]", after: ListPosition | None) -> "QuerySet[Any]":
    if after is not None:
        found = found.filter(sort_key__gte=after.sort_key).filter(
            Q(sort_key__gt=after.sort_key) | Q(id__gt=after.id)
        )
    return found.order_by("sort_key", "id")


def _view_account(row: tuple[Any, ...]) -> AccountView:
    values = dict(zip(_ACCOUNT_COLUMNS, row, strict=True))
    return AccountView(
        **{
            **values,
            "type": AccountType(values["type"]),
            "classification": AccountClass(values["classification"]),
        }
    )
