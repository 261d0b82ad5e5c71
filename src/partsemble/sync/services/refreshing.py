"""Bringing accounts, vendors and preferences in step beside the items (SYNC-1, T14).

They are few, so they are read whole by every run, all at once and while the items are read. What
can't be read is noted on the run and left as it was: an item sync is worth having even if the
vendors can't be had.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from partsemble.accounting.provider import AccountingProvider, ProviderError, Reconnect
from partsemble.accounting.queries.list_reading import read_whole_list
from partsemble.accounting.services.lists import (
    MirrorPlace,
    Writing,
    keep_company,
    mirror_accounts,
    mirror_vendors,
)
from partsemble.accounting.types import ListChange
from partsemble.sync.models import SyncRefresh
from partsemble.sync.services.fenced import RunInHand, fenced_transaction
from partsemble.sync.types import RefreshSubject

type Readings = Mapping[RefreshSubject, Future[Any]]
type _Outcome = Mapping[str, Any]

_READINGS_AT_ONCE: Final = len(RefreshSubject)


@contextmanager
def reading_lists(*, provider: AccountingProvider) -> Iterator[Readings]:
    """This will read what documents are posted to, beside the block."""
    with ThreadPoolExecutor(_READINGS_AT_ONCE, thread_name_prefix="refresh") as pool:
        yield {subject: pool.submit(read) for subject, read in _list_readings(provider).items()}


def keep_lists(*, run: RunInHand, readings: Readings) -> None:
    """This will bring the mirror in step with what was read, and note on the run what changed.

    It waits for what is still being read, and belongs before the end of the plan: what is
    applied was read from books whose currency and permission are as they were.

    Raises:
        Reconnect: if the provider has taken its permission back.
        CurrencyDiffers: if the books are kept in another currency by now (CONN-10).
        SyncLockLost: if the lock was lost; nothing was written after that.
    """
    place = MirrorPlace(business_id=run.business_id, connection_id=run.connection_id)
    writing = partial(fenced_transaction, run=run)
    outcomes = {
        subject: _store(subject, reading, place, writing) for subject, reading in readings.items()
    }
    with writing():
        SyncRefresh.objects.filter(run_id=run.id).delete()
        SyncRefresh.objects.bulk_create(
            SyncRefresh(
                business_id=run.business_id, run_id=run.id, subject=subject.value, **outcome
            )
            for subject, outcome in outcomes.items()
        )


def _list_readings(provider: AccountingProvider) -> dict[RefreshSubject, Callable[[], Any]]:
    size = provider.capabilities.list_page_size
    return {
        RefreshSubject.PREFERENCES: provider.get_company,
        RefreshSubject.ACCOUNTS: lambda: read_whole_list(
            read_page=lambda start, limit: provider.get_account_page(start=start, limit=limit),
            page_size=size,
        ),
        RefreshSubject.VENDORS: lambda: read_whole_list(
            read_page=lambda start, limit: provider.get_vendor_page(start=start, limit=limit),
            page_size=size,
        ),
    }


def _store(
    subject: RefreshSubject, reading: Future[Any], place: MirrorPlace, writing: Writing
) -> _Outcome:
    try:
        found = reading.result()
    except Reconnect:
        raise
    except ProviderError as error:
        return {"failure_code": error.code}
    if subject is RefreshSubject.PREFERENCES:
        columns = keep_company(place=place, company=found, writing=writing)
        return {"changed": len(columns), "fields": list(columns)}
    if subject is RefreshSubject.ACCOUNTS:
        return _tell(mirror_accounts(place=place, reading=found, writing=writing))
    return _tell(mirror_vendors(place=place, reading=found, writing=writing))


def _tell(change: ListChange) -> _Outcome:
    return {"created": change.created, "changed": change.changed, "absent": change.absent}
