"""The health of a connection: the month's reads, what is mirrored, what comes next (CONN-6)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from partsemble.accounting.queries.budget import find_read_budget
from partsemble.accounting.queries.lists import count_lists
from partsemble.accounting.types import ReadBudget, ReadStage
from partsemble.kernel.actor import Actor
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries.recency import find_last_syncs
from partsemble.sync.queries.waiting import find_next_scheduled_sync
from partsemble.web.lists import say_count
from partsemble.words.names import say_since

_STAGE_WORDS: Final = {
    ReadStage.FREE: ("", ""),
    ReadStage.CHANGES: ("warn", "To make them last, syncs read only what changed."),
    ReadStage.DAILY: (
        "warn",
        "To make them last, syncs read only what changed, and schedules run once a day.",
    ),
    ReadStage.PEOPLE: ("bad", "To make them last, nothing syncs unless somebody asks for it."),
    ReadStage.CLOSED: ("bad", "The rest is kept for looking before something is posted."),
}


@dataclass(frozen=True, slots=True)
class ReadsBar:
    """This month's reads, ready for a bar."""

    used: int
    limit: int
    count: str
    own: str
    forecast: str
    resets_on: date
    tone: str
    remark: str
    """What is left out to make them last; empty while nothing is."""


@dataclass(frozen=True, slots=True)
class Health:
    """What whoever manages the connection sees besides its card."""

    accounts: str
    """How many are in use; empty before any were read, and so `vendors`."""
    vendors: str
    reads: ReadsBar | None
    last_sync: str
    last_full_sync: str
    next_sync_at: datetime | None


def look_at_health(*, actor: Actor) -> Health | None:
    """This will put the panel together, or give None to whoever may not manage the connection."""
    if not actor.is_allowed(Permission.MANAGE_CONNECTION):
        return None
    counts = count_lists(actor=actor)
    budget = find_read_budget(business_id=actor.business_id)
    last = find_last_syncs(business_id=actor.business_id)
    return Health(
        accounts=say_count(counts.accounts) if counts.accounts or last.any_at else "",
        vendors=say_count(counts.vendors) if counts.vendors or last.any_at else "",
        reads=show_reads(budget) if budget else None,
        last_sync=say_since(last.any_at).capitalize() if last.any_at else "None yet",
        last_full_sync=say_since(last.full_at).capitalize() if last.full_at else "None yet",
        next_sync_at=find_next_scheduled_sync(business_id=actor.business_id),
    )


def show_reads(budget: ReadBudget) -> ReadsBar:
    """This will put a month's reads into figures and words."""
    tone, remark = _STAGE_WORDS[budget.stage]
    return ReadsBar(
        used=min(budget.used, budget.limit),
        limit=budget.limit,
        count=f"{budget.used:,} of {budget.limit:,}",
        own=f"{budget.own:,}",
        forecast=f"{budget.forecast:,}",
        resets_on=budget.resets_on,
        tone=tone,
        remark=remark,
    )
