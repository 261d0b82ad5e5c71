"""Reading the log of calls to providers (LOG-2, LOG-3).

A log of a million calls is read from its new end. One filter at a time has an index and reaches
back to the first call. A search for words, or several filters at once, would read everything
where little fits; so each page looks at a stretch of `STRETCH` calls, newest first, and says
where the next one goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from partsemble.accounting.curl import write_curl
from partsemble.accounting.models.calls import CallRecord
from partsemble.accounting.redaction import MARK
from partsemble.accounting.types import CallOutcome
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import NotFound
from partsemble.kernel.ids import CallId, RunId
from partsemble.kernel.permissions import Permission

LEFT_OUT: Final = MARK
"""Stands in a body for what was not written down."""
PAGE_SIZE: Final = 50
STRETCH: Final = 20_000
"""Calls that one page of a search looks at: some hundredths of a second."""
SEARCH_LENGTH: Final = 100
TRACE_LENGTH: Final = 16
"""A search for at least so many characters without a space may be a trace id."""

_LIST_COLUMNS: Final = (
    "id",
    "made_at",
    "run_id",
    "entity",
    "method",
    "outcome",
    "status",
    "error_code",
    "milliseconds",
    "attempt",
    "lost_before",
    "reply_bytes",
    "trace_id",
    "caller",
    "url",
    "query",
    "error_text",
)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls a person wants to see."""

    search: str = ""
    """Words in address, statement, error or caller; or a whole trace id."""
    outcome: CallOutcome | None = None
    entity: str = ""
    error_code: str = ""
    run_id: RunId | None = None
    before: CallId | None = None
    """Only calls that are older than this one."""


@dataclass(frozen=True, slots=True)
class CallRowView:
    """One line of the log."""

    id: CallId
    made_at: datetime
    run_id: RunId | None
    entity: str
    method: str
    outcome: CallOutcome
    status: int | None
    error_code: str
    error_text: str
    milliseconds: int
    attempt: int
    lost_before: int
    """Calls of the same process before this one that could not be written down."""
    reply_bytes: int
    trace_id: str
    caller: str
    url: str
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CallView:
    """One call in full."""

    row: CallRowView
    connection_id: UUID | None
    request_body: str
    """JSON, or empty."""
    reply_body: str
    """JSON, or empty."""

    @property
    def curl(self) -> str:
        """This will write the call for curl, without secrets."""
        return write_curl(
            method=self.row.method,
            url=self.row.url,
            query=self.row.query,
            form=self.request_body,
        )


@dataclass(frozen=True, slots=True)
class CallList:
    """One page of the log, newest first."""

    rows: tuple[CallRowView, ...]
    next_before: CallId | None
    """Where the next page goes on, or None at the end."""
    is_stretch_over: bool = False
    """Whether the page ended because enough had been looked at, not because it was full."""


def list_calls(*, actor: Actor, wanted: CallFilter) -> CallList:
    """This will give one page of the business's calls, newest first (LOG-3).

    Raises:
        PermissionMissing: without *view sync log*.
    """
    actor.demand(Permission.VIEW_SYNC_LOG)
    with business_scope(actor.business_id):
        rows = CallRecord.objects.all()
        traced = _find_traced(rows, wanted)
        if traced:
            return CallList(rows=traced, next_before=None)
        if wanted.before is not None:
            rows = rows.filter(id__lt=wanted.before)
        first, rest = _split_filters(wanted)
        rows = rows.filter(first)
        return _read_stretch(rows, rest) if rest else _read_page(rows)


def get_call(*, actor: Actor, call_id: CallId) -> CallView:
    """This will show one call of the business in full.

    Raises:
        PermissionMissing: without *view sync log*.
        NotFound: if the business has no such call.
    """
    actor.demand(Permission.VIEW_SYNC_LOG)
    with business_scope(actor.business_id):
        row = CallRecord.objects.filter(id=call_id).first()
    if row is None:
        raise NotFound(call_id=call_id)
    return view_call(row=row)


def view_call(*, row: CallRecord) -> CallView:
    """This will show a row of the table."""
    return CallView(
        row=_view({name: getattr(row, name) for name in _LIST_COLUMNS}),
        connection_id=row.connection_id,
        request_body=row.request_body,
        reply_body=row.reply_body,
    )


def _split_filters(wanted: CallFilter) -> tuple[Q, Q]:
    """Which filter an index serves best, and what is left to be looked for in what it gives."""
    filters = [
        Q(run_id=wanted.run_id) if wanted.run_id else Q(),
        Q(error_code=wanted.error_code) if wanted.error_code else Q(),
        Q(outcome=wanted.outcome.value) if wanted.outcome else Q(),
        Q(entity=wanted.entity) if wanted.entity else Q(),
        *(Q(search_text__contains=word) for word in _list_words(wanted.search)),
    ]
    present = [each for each in filters if each]
    first = present[0] if len(present) == 1 and not wanted.search.strip() else Q()
    if first or not present:
        return first, Q()
    if wanted.run_id:
        # A run makes few calls; all the others are looked for among them.
        first, present = present[0], present[1:]
    rest = Q()
    for each in present:
        rest &= each
    return first, rest


def _list_words(search: str) -> list[str]:
    return search.lower()[:SEARCH_LENGTH].split()


def _find_traced(rows: QuerySet[CallRecord], wanted: CallFilter) -> tuple[CallRowView, ...]:
    """What the provider's own trace names, whatever else is asked."""
    text = wanted.search.strip()
    if len(text) < TRACE_LENGTH or " " in text:
        return ()
    return _view_all(rows.filter(trace_id=text)[:PAGE_SIZE])


def _read_page(rows: QuerySet[CallRecord]) -> CallList:
    found = _view_all(rows.order_by("-id")[: PAGE_SIZE + 1])
    has_more = len(found) > PAGE_SIZE
    shown = found[:PAGE_SIZE]
    return CallList(rows=shown, next_before=shown[-1].id if has_more else None)


def _read_stretch(rows: QuerySet[CallRecord], rest: Q) -> CallList:
    ids = rows.order_by("-id").values_list("id", flat=True)
    last = next(iter(ids[STRETCH - 1 : STRETCH]), None)
    within = rows if last is None else rows.filter(id__gte=last)
    page = _read_page(within.filter(rest))
    if page.next_before is not None or last is None:
        return page
    return CallList(rows=page.rows, next_before=CallId(last), is_stretch_over=True)


def _view_all(rows: QuerySet[CallRecord]) -> tuple[CallRowView, ...]:
    return tuple(_view(each) for each in rows.values(*_LIST_COLUMNS))


def _view(columns: Mapping[str, Any]) -> CallRowView:
    return CallRowView(**{**columns, "outcome": CallOutcome(columns["outcome"])})
