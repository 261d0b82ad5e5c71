"""The books' accounts and vendors as people and programs read them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from partsemble.accounting.documents import AccountClass, AccountType
from partsemble.accounting.models.lists import LedgerAccount, Vendor
from partsemble.accounting.queries.connections import find_shown_connection
from partsemble.database.pages import ListPage, Place, count_rows, match_words, read_page
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
class ListCounts:
    """How many accounts and vendors the books have in use."""

    accounts: int
    vendors: int


_ACCOUNT_COLUMNS: Final = tuple(AccountView.__dataclass_fields__)
_VENDOR_COLUMNS: Final = tuple(VendorView.__dataclass_fields__)
_NEEDED: Final = Permission.MANAGE_CONNECTION
"""Who chooses accounts to post to; vendors are people, and nobody else's business."""

type _Model = type[LedgerAccount | Vendor]
type _Viewer[View] = Callable[["QuerySet[Any]"], dict[UUID, View]]


def list_accounts(*, actor: Actor, wanted: ListFilter) -> ListPage[AccountView]:
    """This will give one page of the chart, in its order.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    return _list(actor, LedgerAccount, wanted, _view_accounts)


def list_vendors(*, actor: Actor, wanted: ListFilter) -> ListPage[VendorView]:
    """This will give one page of the vendors, in order of name.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    return _list(actor, Vendor, wanted, _view_vendors)


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
        found = _follow(_narrow(LedgerAccount, wanted), after)
        return tuple(_view_accounts(found[:limit]).values())


def list_vendors_after(
    *, actor: Actor, wanted: ListFilter, after: ListPosition | None, limit: int
) -> tuple[VendorView, ...]:
    """This will give the vendors that follow a position in order of name, as above.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        found = _follow(_narrow(Vendor, wanted), after)
        return tuple(_view_vendors(found[:limit]).values())


def get_account(*, actor: Actor, account_id: UUID) -> AccountView:
    """This will give one account.

    Raises:
        PermissionMissing: without *manage connection*.
        NotFound: if the business has no such account.
    """
    return _get(actor, LedgerAccount, account_id, _view_accounts)


def get_vendor(*, actor: Actor, vendor_id: UUID) -> VendorView:
    """This will give one vendor.

    Raises:
        PermissionMissing: without *manage connection*.
        NotFound: if the business has no such vendor.
    """
    return _get(actor, Vendor, vendor_id, _view_vendors)


def count_lists(*, actor: Actor) -> ListCounts:
    """This will count the accounts and vendors that the books use, each to one above the cap.

    Raises:
        PermissionMissing: without *manage connection*.
    """
    actor.demand(_NEEDED)
    used = ListFilter(is_active=True)
    with business_scope(actor.business_id):
        return ListCounts(
            accounts=count_rows(found=_narrow(LedgerAccount, used)),
            vendors=count_rows(found=_narrow(Vendor, used)),
        )


def _list[View](
    actor: Actor, model: _Model, wanted: ListFilter, view: _Viewer[View]
) -> ListPage[View]:
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        return read_page(
            found=_narrow(model, wanted),
            is_narrowed=bool(wanted.search) or wanted.is_active is not None,
            place=Place(columns=("sort_key", "id"), page=wanted.page),
            view=view,
        )


def _get[View](actor: Actor, model: _Model, row_id: UUID, view: _Viewer[View]) -> View:
    actor.demand(_NEEDED)
    with business_scope(actor.business_id):
        found = view(model.objects.filter(id=row_id))
    if row_id not in found:
        raise NotFound(row_id=row_id)
    return found[row_id]


def _narrow(model: _Model, wanted: ListFilter) -> "QuerySet[Any]":
    """Give the rows of the books that the business looks at now, as far as they are wanted."""
    shown = find_shown_connection()
    if shown is None:
        return model.objects.none()
    rows = match_words(rows=model.objects.filter(connection_id=shown), search=wanted.search)
    if wanted.is_active is None:
        return rows
    used = Q(is_active=True, is_present=True)
    return rows.filter(used if wanted.is_active else ~used)


def _follow(found: "QuerySet[Any]", after: ListPosition | None) -> "QuerySet[Any]":
    if after is not None:
        found = found.filter(sort_key__gte=after.sort_key).filter(
            Q(sort_key__gt=after.sort_key) | Q(id__gt=after.id)
        )
    return found.order_by("sort_key", "id")


def _view_accounts(rows: "QuerySet[Any]") -> dict[UUID, AccountView]:
    return {
        row["id"]: AccountView(
            **{
                **row,
                "type": AccountType(row["type"]),
                "classification": AccountClass(row["classification"]),
            }
        )
        for row in rows.values(*_ACCOUNT_COLUMNS)
    }


def _view_vendors(rows: "QuerySet[Any]") -> dict[UUID, VendorView]:
    return {row["id"]: VendorView(**row) for row in rows.values(*_VENDOR_COLUMNS)}
