"""How much of the books a run reads, and what it may conclude from that. Pure.

Problem. Reading a catalog of 100,000 items to find three that changed wastes the provider's
patience and our metered calls. Reading only what changed can miss things for ever, and what is
missed is never noticed, because nothing looks at it again.

Observations.

* Whoever asks "what changed since T?" compares our T with times that the provider wrote. So T is
  a time of the provider's clock, taken from its own answers; ours may be wrong by days and does
  not matter. It is the time of the *first* page of a run: what changes while the run reads on is
  later than that, and comes with the next run, even if a page had shown it as it was before.
* Only a run that finished moves it. One that broke off, in reading or in applying, leaves it
  where it was, so the next one sees again whatever the broken one saw and did not keep.
* The times of records have whole seconds, a record can show up a little after the time it bears,
  and several machines answer. So a run asks from a little before (`OVERLAP`). What it sees twice
  costs a comparison of two digests and changes nothing.
* Rows sorted by the provider's id keep their places when they change: a row can only enter the
  list of changes, which moves others to later places, never out of sight. (Sorted by time, a row
  that changes again would jump to the end, and the one behind it would slip into a page that is
  read already.)
* The absence of a row says nothing unless every row was asked for. And even then a row can have
  slipped by: where one vanishes, all that follow move up by one, and the first row of the next
  page is never seen. So an absent item is asked for by its id before anything is concluded,
  known ones that slipped by turn up that way, and a reading that came out shorter than the
  count is not taken as whole: the next run reads everything again.
* A row that vanishes leaves no change behind. QuickBooks keeps what is deactivated as an
  inactive record, which is a change like others; what becomes of an item that was merged into
  another it does not say: it may stay so too, or be gone. Change data capture names what is
  gone, for thirty days and in an answer of at most a thousand records without pages. Past that
  everything is read; and everything is read at once if fewer rows are left than what is named
  explains, and once a week.
* A category's name is part of the path of every item below it, and renaming it leaves their own
  times alone. So an incremental run that meets a changed category, or a renamed item with items
  below, reads everything instead.

Decision. A run is incremental if a full run of this connection finished less than a week ago,
with the same filter and the same mirrored fields, and nothing vanished since. What is held back
or troubled is read again by id in every run, so that it never falls out of sight.

Left out. Reading the changes themselves from change data capture: it has no pages, and whether
it shows moved stock is not documented.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from partsemble.accounting.documents import Item, ItemType
from partsemble.accounting.mirror import digest_item
from partsemble.sync.types import FullReason, ReadMode

OVERLAP: Final = timedelta(minutes=10)
"""Longer than any record was seen to hide or any two of a provider's machines to disagree; at a
thousand changes a day it reads seven of them twice."""
FULL_EVERY: Final = timedelta(days=7)
"""SYNC-10: at least weekly."""
OPEN_LIMIT: Final = 1_000
"""Items to be read by their ids beside what changed; past one page all pages are read."""

LAYOUT: Final = digest_item(
    Item(
        external_id="",
        name="name",
        full_name="path",
        sku="sku",
        type=ItemType.OTHER,
        description="words",
        unit_price=None,
        purchase_cost=None,
        quantity_on_hand=None,
        inventory_start_date=None,
        income_account_id="1",
        expense_account_id="2",
        asset_account_id="3",
        is_active=True,
        revision="0",
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
)
"""Stands for which fields a digest covers, and how: it changes when they do."""


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What a later run needs to know of one that finished."""

    types: frozenset[str]
    layout: str
    is_whole: bool
    finished_at: datetime
    observed_at: datetime | None
    open_items: int
    """How many items it left held back or troubled."""


@dataclass(frozen=True, slots=True)
class History:
    """What the runs of a connection came to; previews are none of them."""

    last: FinishedRun | None
    last_full: FinishedRun | None
    has_unfinished_full: bool
    """Whether a full run began after the last one that finished, and did not finish."""


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """What a run is to read."""

    mode: ReadMode
    reason: FullReason
    since: datetime | None
    """By the provider's clock; None: everything."""


def order_reading(
    *,
    history: History,
    is_full_asked: bool,
    types: frozenset[str],
    now: datetime,
    may_read_all: bool = True,
) -> ReadingOrder:
    """This will choose how much a run reads, and say why if it is everything (SYNC-10).

    Arguments:
        history: of the connection that is to be read.
        is_full_asked: whether somebody wants everything read.
        types: the filter of the run.
        now: by the clock that wrote `finished_at`.
        may_read_all: whether this month's reads allow for everything where what changed would do
            (CONN-9); the weekly full run waits for that.
    """
    reason = FullReason.ASKED if is_full_asked else _find_reason(history, types, now)
    if reason is FullReason.WEEKLY and not may_read_all:
        reason = FullReason.NONE
    last = history.last
    if reason is FullReason.NONE and last is not None and last.observed_at is not None:
        return ReadingOrder(ReadMode.INCREMENTAL, FullReason.NONE, last.observed_at - OVERLAP)
    return ReadingOrder(ReadMode.FULL, reason, None)


def _find_reason(history: History, types: frozenset[str], now: datetime) -> FullReason:
    full, last = history.last_full, history.last
    if full is None or last is None:
        return FullReason.FIRST
    speaks_for_full = {
        FullReason.UNFINISHED: history.has_unfinished_full or not full.is_whole,
        FullReason.FILTER_CHANGED: full.types != types,
        FullReason.LAYOUT_CHANGED: full.layout != LAYOUT,
        FullReason.MUCH_OPEN: last.open_items > OPEN_LIMIT,
        FullReason.NO_CLOCK: last.observed_at is None,
        # A finish in the future: a clock was set back, and a week may have passed unseen.
        FullReason.WEEKLY: not timedelta(0) <= now - full.finished_at < FULL_EVERY,
    }
    return next((reason for reason, speaks in speaks_for_full.items() if speaks), FullReason.NONE)
