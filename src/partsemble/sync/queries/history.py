"""Reading the history of runs and previews, a page at a time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from partsemble.database.pages import count_rows
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.sync.models import ItemSync
from partsemble.sync.queries.runs import view_run
from partsemble.sync.types import ReadMode, RunState, RunView, Trigger

if TYPE_CHECKING:
    from django.db.models import QuerySet

HISTORY_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs a person wants to see."""

    states: frozenset[RunState] = frozenset()
    """Empty: any."""
    trigger: Trigger | None = None
    mode: ReadMode | None = None
    """Of syncs; previews are of neither."""
    is_preview: bool | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class RunPage:
    """One page of the history; `count` stops one above the cap."""

    runs: tuple[RunView, ...]
    count: int
    has_more: bool


def list_run_page(*, actor: Actor, wanted: RunFilter) -> RunPage:
    """This will give one page of runs and previews, newest first.

    Raises:
        PermissionMissing: without *run syncs*.
    """
    actor.demand(Permission.RUN_SYNC)
    first = (max(1, wanted.page) - 1) * HISTORY_PAGE
    with business_scope(actor.business_id):
        found = _narrow(ItemSync.objects.order_by("-queued_at", "-id"), wanted)
        count = count_rows(found=found)
        # Rows that are only passed on the way to a page far behind are not read.
        ids = found.values("id")[first : first + HISTORY_PAGE + 1]
        rows = list(ItemSync.objects.filter(id__in=ids).order_by("-queued_at", "-id"))
    return RunPage(
        runs=tuple(view_run(row=row) for row in rows[:HISTORY_PAGE]),
        count=count,
        has_more=len(rows) > HISTORY_PAGE,
    )


def _narrow(rows: "QuerySet[ItemSync]", wanted: RunFilter) -> "QuerySet[ItemSync]":
    if wanted.states:
        rows = rows.filter(state__in=sorted(wanted.states))
    if wanted.trigger is not None:
        rows = rows.filter(trigger=wanted.trigger)
    if wanted.mode is not None:
        rows = rows.filter(mode=wanted.mode, is_preview=False)
    if wanted.is_preview is not None:
        rows = rows.filter(is_preview=wanted.is_preview)
    return rows
