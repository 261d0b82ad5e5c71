"""Counting the calls that a provider meters (CONN-9).

Every call is counted in memory when it is over, and written in bundles: one short transaction
for `BUNDLE` calls of a connection, and one when its books are closed again. The sums grow by
`reads = reads + n` in the database, so any number of workers adds up. A process that is killed
takes less than a bundle per connection along, always too few and never too many; the reserve of
the budget is a hundred times that.

The row of the app is one for all businesses. It is touched last in its transaction, which ends
there, so that nobody waits for it longer than a commit takes.
"""

from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, Final

import structlog
from django.db import Error as DatabaseTrouble
from django.db import connection, models, transaction
from django.db.models import F

from partsemble.accounting.budget import find_month
from partsemble.accounting.http import Call
from partsemble.accounting.models.tallies import AppTally, ConnectionTally
from partsemble.accounting.registry import find_call_kind
from partsemble.accounting.types import Caller, CallKind, ProviderKey
from partsemble.database.borrowing import own_connection_closed
from partsemble.database.bulk import insert_rows
from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId, ConnectionId

BUNDLE: Final = 10
_NOT_METERED: Final = frozenset({401, 403, 429})
"""Answers of the gate before the service: it was not asked."""
_log = structlog.get_logger("partsemble.accounting.counting")


@dataclass(frozen=True, slots=True)
class _Account:
    """On whose account a call goes."""

    business_id: BusinessId
    connection_id: ConnectionId | None
    provider: ProviderKey
    client_id: str


@dataclass(frozen=True, slots=True)
class _Count:
    reads: int = 0
    writes: int = 0

    def plus(self, other: "_Count") -> "_Count":
        return _Count(reads=self.reads + other.reads, writes=self.writes + other.writes)


_ONE: Final = {CallKind.READ: _Count(reads=1), CallKind.WRITE: _Count(writes=1)}


class PendingCalls:
    """The calls of this process that are not written yet; shared by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[_Account, _Count] = {}

    def add(self, account: _Account, count: _Count) -> int:
        """This will count some more, and say how many of that account wait by now."""
        with self._lock:
            total = self._counts.get(account, _Count()).plus(count)
            self._counts[account] = total
            return total.reads + total.writes

    def take(self, account: _Account) -> _Count:
        """This will give what waits of an account, and begin anew."""
        with self._lock:
            return self._counts.pop(account, _Count())


_pending: Final = PendingCalls()


def count_call(*, caller: Caller, call: Call) -> None:
    """This will count one call, if it is of a kind that counts; it never raises."""
    kind = find_call_kind(
        provider=caller.provider, method=call.request.method, path=call.request.path
    )
    if kind is None or (call.reply is not None and call.reply.status in _NOT_METERED):
        return
    account = _name_account(caller)
    # Before there is a connection, nothing closes its books and writes the rest.
    if _pending.add(account, _ONE[kind]) >= (BUNDLE if caller.connection_id else 1):
        _write(account)


def write_counts(*, caller: Caller) -> None:
    """This will write what was counted for a caller and is not written yet; it never raises."""
    _write(_name_account(caller))


def _name_account(caller: Caller) -> _Account:
    return _Account(
        business_id=caller.business_id,
        connection_id=caller.connection_id,
        provider=caller.provider,
        client_id=caller.client_id,
    )


def _write(account: _Account) -> None:
    count = _pending.take(account)
    if count == _Count():
        return
    try:
        with own_connection_closed(), business_scope(account.business_id), transaction.atomic():
            _store(account, count, find_month(read_database_clock()))
    except DatabaseTrouble as trouble:
        connection.close_if_unusable_or_obsolete()
        _pending.add(account, count)
        _log.error("calls_not_counted", error=type(trouble).__name__, reads=count.reads)


def _store(account: _Account, count: _Count, month: date) -> None:
    is_new = account.connection_id is not None and _grow(
        ConnectionTally,
        {
            "connection_id": account.connection_id,
            "client_id": account.client_id,
            "month": month,
        },
        {"reads": count.reads, "writes": count.writes},
        {"business_id": account.business_id},
    )
    _grow(
        AppTally,
        {"provider": account.provider.value, "client_id": account.client_id, "month": month},
        {"reads": count.reads, "writes": count.writes, "connections": int(is_new)},
        {},
    )


def _grow(
    model: type[models.Model], key: dict[str, Any], by: dict[str, int], rest: dict[str, Any]
) -> bool:
    """Add to a row's sums, and tell whether it had to be made."""
    rows = model._default_manager.filter(**key)
    grown = {name: F(name) + number for name, number in by.items()}
    if rows.update(**grown):
        return False
    fresh = {"id": new_id(), **key, **dict.fromkeys(by, 0), **rest}
    made = insert_rows(
        model=model, columns=tuple(fresh), rows=[tuple(fresh.values())], ignore_conflicts=True
    )
    rows.update(**grown)
    return bool(made)
