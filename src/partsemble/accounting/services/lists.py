"""Writing the mirrors of accounts, vendors and preferences; only a sync calls these.

The caller says how to write (`Writing`): a sync's transactions confirm its lock, and on SQLite
they are short, so that people's own writes get in between.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model

from partsemble.accounting.documents import Company, LedgerAccount, Vendor
from partsemble.accounting.errors import CurrencyDiffers
from partsemble.accounting.lists import (
    KnownRecord,
    ListPlan,
    ListReading,
    compare_lists,
    digest_record,
    write_chart_place,
    write_search_text,
)
from partsemble.accounting.models import Connection
from partsemble.accounting.models.lists import SEARCH_LENGTH, SORT_LENGTH, TEXT_LENGTH
from partsemble.accounting.models.lists import LedgerAccount as AccountRow
from partsemble.accounting.models.lists import Vendor as VendorRow
from partsemble.accounting.queries.list_reading import find_known_records
from partsemble.accounting.types import ListChange
from partsemble.database.bulk import insert_rows, iterate_chunks, update_rows
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId, ConnectionId

type Writing = Callable[[], AbstractContextManager[None]]

_SHARED_COLUMNS: Final = (
    "name",
    "currency",
    "is_active",
    "revision",
    "digest",
    "sort_key",
    "search_text",
    "is_present",
)
_ACCOUNT_COLUMNS: Final = (
    *_SHARED_COLUMNS,
    "number",
    "full_name",
    "type",
    "subtype",
    "classification",
    "parent_id",
)
COMPANY_COLUMNS: Final = (
    "company_name",
    "country",
    "offering",
    "is_multicurrency",
    "tracks_quantity",
    "has_own_numbers",
    "takes_adjustments",
    "books_closed_until",
)
"""What a connection keeps of its company, and a sync brings in step."""


@dataclass(frozen=True, slots=True)
class MirrorPlace:
    """Whose mirror it is."""

    business_id: BusinessId
    connection_id: ConnectionId


def mirror_accounts(
    *, place: MirrorPlace, reading: ListReading[LedgerAccount], writing: Writing
) -> ListChange:
    """This will bring the mirrored chart in step with a reading, and say what changed.

    Arguments:
        place: whose chart it is.
        reading: all of it.
        writing: opens a transaction in which rows may be written.
    """
    plan = compare_lists(reading=reading, known=_find_known(place, AccountRow))
    return _write(_List(place, AccountRow, _ACCOUNT_COLUMNS, writing), plan, _list_account_values)


def mirror_vendors(
    *, place: MirrorPlace, reading: ListReading[Vendor], writing: Writing
) -> ListChange:
    """This will bring the mirrored vendors in step with a reading, and say what changed.

    Arguments:
        place: whose vendors they are.
        reading: all of them.
        writing: opens a transaction in which rows may be written.
    """
    plan = compare_lists(reading=reading, known=_find_known(place, VendorRow))
    return _write(_List(place, VendorRow, _SHARED_COLUMNS, writing), plan, _list_vendor_values)


def keep_company(*, place: MirrorPlace, company: Company, writing: Writing) -> tuple[str, ...]:
    """This will keep what a company says of itself and give the columns that changed.

    Arguments:
        place: whose connection it is.
        company: as it was read just now.
        writing: opens a transaction in which rows may be written.

    Raises:
        CurrencyDiffers: if the books are kept in another currency than before (CONN-10).
    """
    observed = list_company_columns(company=company)
    with business_scope(place.business_id):
        row = Connection.objects.get(id=place.connection_id)
        if row.currency != company.home_currency:
            raise CurrencyDiffers(
                business=row.currency, books=company.home_currency, offered=company.name
            )
        changed = tuple(name for name in COMPANY_COLUMNS if getattr(row, name) != observed[name])
    if changed:
        with writing():
            Connection.objects.filter(id=place.connection_id).update(
                **{name: observed[name] for name in changed}
            )
    return changed


def list_company_columns(*, company: Company) -> dict[str, Any]:
    """This will list what a connection keeps of its company."""
    preferences = company.preferences
    return {
        "company_name": company.name,
        "country": company.country,
        "offering": company.offering,
        "is_multicurrency": preferences.is_multicurrency,
        "tracks_quantity": preferences.tracks_quantity,
        "has_own_numbers": preferences.has_own_numbers,
        "takes_adjustments": company.takes_adjustments,
        "books_closed_until": preferences.books_closed_until,
    }


@dataclass(frozen=True, slots=True)
class _List:
    """One mirrored list, and how it is written."""

    place: MirrorPlace
    model: type[Model]
    columns: tuple[str, ...]
    writing: Writing


def _find_known(
    place: MirrorPlace, model: type[AccountRow] | type[VendorRow]
) -> dict[str, KnownRecord]:
    with business_scope(place.business_id):
        return find_known_records(model=model, connection_id=place.connection_id)


def _write[Record: LedgerAccount | Vendor](
    mirror: _List, plan: ListPlan[Record], list_values: Callable[[Record], tuple[object, ...]]
) -> ListChange:
    owner = (mirror.place.business_id, mirror.place.connection_id)
    _insert(mirror, [(new_id(), *owner, each.external_id, *list_values(each)) for each in plan.new])
    changes = [(*list_values(each), known.id, known.digest) for known, each in plan.changed]
    _update(mirror, mirror.columns, changes)
    _update(mirror, ("is_present",), [(False, each.id, each.digest) for each in plan.absent])
    return ListChange(created=len(plan.new), changed=len(plan.changed), absent=len(plan.absent))


def _insert(mirror: _List, rows: Sequence[tuple[object, ...]]) -> None:
    columns = ("id", "business_id", "connection_id", "external_id", *mirror.columns)
    for chunk in iterate_chunks(rows, prepare=tuple):
        with mirror.writing():
            insert_rows(model=mirror.model, columns=columns, rows=chunk, ignore_conflicts=True)


def _update(mirror: _List, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
    for chunk in iterate_chunks(rows, prepare=tuple):
        with mirror.writing():
            update_rows(model=mirror.model, columns=columns, where=("id", "digest"), rows=chunk)


def _list_account_values(account: LedgerAccount) -> tuple[object, ...]:
    search = (account.number, account.name, account.external_id, account.full_name)
    return (
        *_list_shared_values(account, write_chart_place(account), search),
        account.number[:TEXT_LENGTH],
        account.full_name[:TEXT_LENGTH],
        account.type.value,
        account.subtype[:TEXT_LENGTH],
        account.classification.value,
        account.parent_id,
    )


def _list_vendor_values(vendor: Vendor) -> tuple[object, ...]:
    search = (vendor.name, vendor.external_id)
    return _list_shared_values(vendor, vendor.name.casefold().strip(), search)


def _list_shared_values(
    record: LedgerAccount | Vendor, sort_key: str, search: Sequence[str]
) -> tuple[object, ...]:
    return (
        record.name[:TEXT_LENGTH],
        record.currency,
        record.is_active,
        record.revision,
        digest_record(record),
        sort_key[:SORT_LENGTH],
        write_search_text(search)[:SEARCH_LENGTH],
        True,
    )
