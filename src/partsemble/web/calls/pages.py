"""A call in a person's words and figures; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from partsemble.accounting.queries.calls import LEFT_OUT, CallRowView, CallView
from partsemble.accounting.types import CallOutcome
from partsemble.kernel.ids import CallId, RunId
from partsemble.words.calls import OUTCOME_WORDS, name_entity

TONES: Final[Mapping[CallOutcome, str]] = {
    CallOutcome.ANSWERED: "ok",
    CallOutcome.REFUSED: "warn",
    CallOutcome.FAILED: "bad",
    CallOutcome.UNANSWERED: "bad",
}
_SECOND: Final = 1000
_KIB: Final = 1024


@dataclass(frozen=True, slots=True)
class CallLine:
    """One line of the log as it is shown."""

    id: CallId
    made_at: datetime
    about: str
    said: str
    """The statement, or where the call went."""
    outcome: str
    tone: str
    status: str
    error: str
    took: str
    caller: str
    repeated: str
    lost_before: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a body: text, or a place where something was left out."""

    text: str
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class CallPage:
    """One call as it is shown in full."""

    line: CallLine
    run_id: RunId | None
    method: str
    url: str
    query: Mapping[str, str]
    request: tuple[Piece, ...]
    reply: tuple[Piece, ...]
    reply_size: str
    trace_id: str
    curl: str


def show_line(row: CallRowView) -> CallLine:
    """This will put one call into words."""
    return CallLine(
        id=row.id,
        made_at=row.made_at,
        about=name_entity(row.entity),
        said=row.query.get("query") or _cut_path(row.url),
        outcome=OUTCOME_WORDS[row.outcome],
        tone=TONES[row.outcome],
        status=str(row.status or ""),
        error=" · ".join(filter(None, (row.error_code, row.error_text))),
        took=show_duration(row.milliseconds),
        caller=row.caller,
        repeated=f"Attempt {row.attempt}" if row.attempt > 1 else "",
        lost_before=row.lost_before,
    )


def show_page(call: CallView) -> CallPage:
    """This will put one call into words, with both bodies in pieces."""
    row = call.row
    return CallPage(
        line=show_line(row),
        run_id=row.run_id,
        method=row.method,
        url=row.url,
        query=row.query,
        request=cut_body(call.request_body),
        reply=cut_body(call.reply_body),
        reply_size=show_size(row.reply_bytes),
        trace_id=row.trace_id,
        curl=call.curl,
    )


def cut_body(body: str) -> tuple[Piece, ...]:
    """This will indent a body that was written down, and cut it where something was left out."""
    if not body:
        return ()
    texts = msgspec.json.format(body, indent=2).split(LEFT_OUT)
    pieces = [Piece(texts[0])]
    for text in texts[1:]:
        pieces += [Piece("left out", is_left_out=True), Piece(text)]
    return tuple(each for each in pieces if each.text)


def show_duration(milliseconds: int) -> str:
    """This will write how long a call took."""
    if milliseconds < _SECOND:
        return f"{milliseconds} ms"
    return f"{milliseconds / _SECOND:.1f} s"


def show_size(size: int) -> str:
    """This will write how long a body was as it came."""
    return f"{size:,} bytes" if size < 10 * _KIB else f"{size / _KIB:,.0f} KiB"


def _cut_path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]
