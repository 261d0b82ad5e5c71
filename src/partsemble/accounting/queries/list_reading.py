"""Reading the books' chart of accounts and vendors from the first row to the last.

Pages are asked for by position, and a list may lose or gain a row between two pages, which moves
all rows behind it. Each page after the first therefore begins with the last row of the one
before. If that is not what comes, the reading starts afresh; so what a reading lacks is absent.
"""

from collections.abc import Callable
from typing import Final

from partsemble.accounting.documents import LedgerAccount, RecordPage, Vendor
from partsemble.accounting.lists import KnownRecord, ListReading
from partsemble.accounting.models.lists import LedgerAccount as AccountRow
from partsemble.accounting.models.lists import Vendor as VendorRow
from partsemble.accounting.provider import Unexpected
from partsemble.kernel.ids import ConnectionId

MOST_PAGES: Final = 200
"""Far more accounts or vendors than anybody has; more is a provider that loses its place."""
READINGS: Final = 3
"""How often a list that moves while it is read is read."""

type ReadPage[Record: LedgerAccount | Vendor] = Callable[[int, int], RecordPage[Record]]


def read_whole_list[Record: LedgerAccount | Vendor](
    *, read_page: ReadPage[Record], page_size: int
) -> ListReading[Record]:
    """This will read a list from its first row to its last.

    Arguments:
        read_page: gives the page at a position with at most so many rows.
        page_size: rows of a page, at least two.

    Raises:
        Unexpected: if the list does not end, or moves at every reading.
        ProviderError: what a page failed with.
    """
    for _ in range(READINGS):
        reading = _read_once(read_page, page_size)
        if reading is not None:
            return reading
    raise Unexpected(reason="a list that moves while it is read")


def find_known_records(
    *, model: type[AccountRow] | type[VendorRow], connection_id: ConnectionId
) -> dict[str, KnownRecord]:
    """This will give what comparing needs of every mirrored row, inside the caller's scope."""
    rows = model.objects.filter(connection_id=connection_id).values_list(
        "external_id", "id", "digest", "is_present"
    )
    return {
        external_id: KnownRecord(id=row_id, digest=digest, is_present=is_present)
        for external_id, row_id, digest, is_present in rows
    }


def _read_once[Record: LedgerAccount | Vendor](
    read_page: ReadPage[Record], page_size: int
) -> ListReading[Record] | None:
    """Read every page, or give None if rows moved between two of them."""
    records: list[Record] = []
    unreadable = start = 0
    for _ in range(MOST_PAGES):
        page = read_page(start, page_size)
        found = page.records
        if start and not page.unreadable_count:
            if not found or not records or found[0] != records[-1]:
                return None
            found = found[1:]
        records.extend(found)
        unreadable += page.unreadable_count
        if page.row_count < page_size:
            return ListReading(records=tuple(records), is_complete=not unreadable)
        start += page_size - 1
    raise Unexpected(reason="a reading that does not end", pages=MOST_PAGES)
