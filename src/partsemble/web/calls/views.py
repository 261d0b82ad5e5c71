"""The pages of the sync log, under Settings → Integrations."""

from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from partsemble.accounting.queries.calls import (
    STRETCH,
    CallFilter,
    CallList,
    CallRowView,
    get_call,
    list_calls,
)
from partsemble.accounting.types import CallOutcome
from partsemble.identity.queries import list_staff_looks
from partsemble.kernel.ids import CallId, RunId
from partsemble.kernel.permissions import Permission
from partsemble.web.access import BusinessRequest, business_screen
from partsemble.web.calls.pages import show_line, show_page
from partsemble.web.lists import change_query
from partsemble.words.calls import ENTITY_WORDS, OUTCOME_WORDS

_OUTCOMES: Final = (("", "All calls"), *((each.value, OUTCOME_WORDS[each]) for each in CallOutcome))
_ENTITIES: Final = (("", "About anything"), *ENTITY_WORDS.items())
_CODE_LENGTH: Final = 64


@business_screen(permission=Permission.VIEW_SYNC_LOG)
def show_calls(request: BusinessRequest) -> HttpResponse:
    """This will list the calls to the books, newest first: search, filters, pages."""
    wanted = read_filter(request.GET)
    found = list_calls(actor=request.actor, wanted=wanted)
    is_filtered = wanted != CallFilter(before=wanted.before)
    context = {
        "rows": [show_line(row) for row in found.rows],
        "summary": _summarise(found, ZoneInfo(request.business.time_zone)),
        "newest_url": change_query(request.GET, changes={"before": ""}) if wanted.before else "",
        "older_url": _link_older(request.GET, found),
        "is_stretch_over": found.is_stretch_over,
        "stretch": STRETCH,
        "is_filtered": is_filtered or wanted.before is not None,
        "search": wanted.search,
        "outcome": wanted.outcome or "",
        "outcomes": _OUTCOMES,
        "entity": wanted.entity,
        "entities": _ENTITIES,
        "code": wanted.error_code,
        "run": wanted.run_id or "",
        "may_see_runs": request.actor.is_allowed(Permission.RUN_SYNC),
        "looks": () if request.htmx else list_staff_looks(actor=request.actor),
        "days": settings.PARTSEMBLE_CALL_LOG_DAYS,
        "clear_url": request.path,
    }
    page = "calls_table" if request.htmx else "sync_log"
    return render(request, f"calls/{page}.html", context)


@business_screen(permission=Permission.VIEW_SYNC_LOG)
def show_call(request: BusinessRequest, *, call_id: UUID) -> HttpResponse:
    """This will show one call: what was sent and what came back, side by side."""
    call = get_call(actor=request.actor, call_id=CallId(call_id))
    context = {
        "call": show_page(call),
        "may_see_runs": request.actor.is_allowed(Permission.RUN_SYNC),
    }
    return render(request, "calls/call.html", context)


def read_filter(parameters: QueryDict) -> CallFilter:
    """This will read what a person wants to see from an address; nonsense is left out."""
    outcome, entity = parameters.get("outcome", ""), parameters.get("entity", "")
    run, before = _read_id(parameters.get("run", "")), _read_id(parameters.get("before", ""))
    return CallFilter(
        search=parameters.get("q", "").replace("\x00", "").strip(),
        outcome=CallOutcome(outcome) if outcome in set(CallOutcome) else None,
        entity=entity if entity in ENTITY_WORDS else "",
        error_code=parameters.get("code", "").replace("\x00", "").strip()[:_CODE_LENGTH],
        run_id=RunId(run) if run else None,
        before=CallId(before) if before else None,
    )


def _read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _link_older(query: QueryDict, found: CallList) -> str:
    if found.next_before is None:
        return ""
    return change_query(query, changes={"before": str(found.next_before)})


def _summarise(found: CallList, zone: ZoneInfo) -> str:
    """Say from when to when the page reaches."""
    if not found.rows:
        return "None"
    first, last = found.rows[-1], found.rows[0]
    count = len(found.rows)
    calls = "1 call" if count == 1 else f"{count} calls"
    return f"{calls}, {_say_when(first, zone)} to {_say_when(last, zone)}"


def _say_when(row: CallRowView, zone: ZoneInfo) -> str:
    when = row.made_at.astimezone(zone)
    return f"{when.day} {when:%b, %H:%M}"
