"""Writing down every call to a provider, and forgetting it in time (LOG-1).

One row is written when a call is over, in the thread that made it, in a transaction of its own.
A provider is never called inside a transaction (`tokens`), so nothing that is rolled back later
takes a trace along. A read whose process dies before the answer leaves no row: nothing happened
in the books, and the run that asked says that it was carried on. Calls that write will put down
that they were sent before they are.

The log serves the calls, never the other way round: a row that can't be written within
`WAIT_SECONDS` is given up, counted, and told by the next row that can.

What was left out: a thread that writes for all others. It would save the reading threads a
connection each, and lose what it had not written whenever a process is killed, which is just
when somebody wants to read the log.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import Final

import structlog
from django.db import Error as DatabaseTrouble
from django.db import connection as database
from django.db import transaction

from partsemble.accounting.http import Call
from partsemble.accounting.models.calls import (
    LABEL_LENGTH,
    SEARCH_LENGTH,
    TRACE_LENGTH,
    URL_LENGTH,
    CallRecord,
)
from partsemble.accounting.redaction import MARK, Disclosure, Exchange, keep_code
from partsemble.accounting.registry import disclose_call
from partsemble.accounting.types import Caller, CallOutcome
from partsemble.database.borrowing import own_connection_closed
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.database.waiting import limited_waiting
from partsemble.kernel.ids import RANDOM_BYTES, BusinessId, uuid7
from partsemble.kernel.secret import Secret

WAIT_SECONDS: Final = 2.0
"""For whoever holds the table, or the file: a sync lets others in after hundredths of a second."""
PRUNE_CHUNK: Final = 500
"""Rows deleted in one transaction; on SQLite some fifteen milliseconds."""

_CLIENT_ERRORS: Final = 400
_SERVER_ERRORS: Final = 500
_log = structlog.get_logger("partsemble.accounting.calls")


class LostCalls:
    """Counts the calls of this process that could not be written down; shared by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0

    def take(self) -> int:
        """This will give the count and begin anew."""
        with self._lock:
            count, self._count = self._count, 0
        return count

    def add(self, count: int) -> int:
        """This will count so many more, and give the sum."""
        with self._lock:
            self._count += count
            return self._count


_lost: Final = LostCalls()


def record_call(*, caller: Caller, call: Call) -> None:
    """This will write one call down; it never raises, and never waits long."""
    exchange = _describe(call)
    disclosure = disclose_call(provider=caller.provider, exchange=exchange)
    lost = _lost.take()
    row = _make_row(caller, call, disclosure, lost)
    try:
        with (
            own_connection_closed(),
            business_scope(caller.business_id),
            _limited_waiting_for_file(),
            limited_waiting(WAIT_SECONDS),
            transaction.atomic(),
        ):
            row.save(force_insert=True)
    except DatabaseTrouble as trouble:
        database.close_if_unusable_or_obsolete()
        _log.error(
            "call_not_logged",
            business=str(caller.business_id),
            entity=row.entity,
            outcome=row.outcome,
            error=type(trouble).__name__,
            lost=_lost.add(lost + 1),
        )


def prune_calls(*, business_id: BusinessId, keep_days: int) -> int:
    """This will forget a chunk of a business's oldest calls, and say how many it were.

    Arguments:
        keep_days: calls that are younger stay.

    Returns:
        At most `PRUNE_CHUNK`; fewer once nothing is left to forget.
    """
    with business_scope(business_id), transaction.atomic():
        ends_at = read_database_clock() - timedelta(days=keep_days)
        # Ids begin with the time, so the oldest are found without looking at the others.
        first_kept = uuid7(
            unix_milliseconds=int(ends_at.timestamp() * 1000), randomness=bytes(RANDOM_BYTES)
        )
        old = CallRecord.objects.filter(id__lt=first_kept).order_by("id").values_list("id")
        return CallRecord.objects.filter(id__in=old[:PRUNE_CHUNK]).delete()[0]


def _describe(call: Call) -> Exchange:
    request, reply = call.request, call.reply
    form = request.form
    return Exchange(
        method=request.method,
        url=request.url,
        query=request.query,
        form=None
        if form is None
        else {name: MARK if isinstance(text, Secret) else text for name, text in form.items()},
        status=reply.status if reply else None,
        content_type=reply.headers.get("content-type", "") if reply else "",
        reply=reply.body if reply else b"",
    )


def _make_row(caller: Caller, call: Call, shown: Disclosure, lost: int) -> CallRecord:
    trace = call.reply.headers.get(call.request.trace_header, "") if call.reply else ""
    error_code = shown.error_code or keep_code(call.failure)
    return CallRecord(
        business_id=caller.business_id,
        connection_id=caller.connection_id,
        run_id=caller.run_id,
        provider=caller.provider.value,
        entity=shown.entity,
        method=call.request.method,
        outcome=_judge(call, shown).value,
        status=call.reply.status if call.reply else None,
        error_code=error_code,
        milliseconds=round(call.seconds * 1000),
        attempt=call.request.attempt,
        lost_before=lost,
        request_bytes=len(shown.request),
        reply_bytes=len(call.reply.body) if call.reply else 0,
        trace_id=keep_code(trace[:TRACE_LENGTH]),
        caller=caller.label[:LABEL_LENGTH],
        url=shown.url[:URL_LENGTH],
        search_text=_join_search(call, shown, caller, error_code),
        error_text=shown.error_text,
        query=dict(shown.query),
        request_body=shown.request,
        reply_body=shown.reply,
    )


def _join_search(call: Call, shown: Disclosure, caller: Caller, error_code: str) -> str:
    """What of a call a person would type, the rare before the long."""
    words = (error_code, call.request.path, *shown.query.values(), shown.error_text, caller.label)
    return " ".join(filter(None, words)).lower()[:SEARCH_LENGTH]


def _judge(call: Call, shown: Disclosure) -> CallOutcome:
    if call.reply is None:
        return CallOutcome.UNANSWERED
    if call.reply.status >= _SERVER_ERRORS:
        return CallOutcome.FAILED
    if call.reply.status >= _CLIENT_ERRORS or shown.error_code:
        return CallOutcome.REFUSED
    return CallOutcome.ANSWERED


@contextmanager
def _limited_waiting_for_file() -> Iterator[None]:
    """Wait no longer than that for SQLite's one writer, which holds the file and no row."""
    if database.vendor != "sqlite":
        yield
        return
    with database.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1000)}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
