"""Reading the books: all of them or what changed, and what is asked for by name (SYNC-10)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from partsemble.accounting.documents import ItemType
from partsemble.accounting.provider import AccountingProvider, Unexpected
from partsemble.accounting.queries.books import iterate_item_pages
from partsemble.accounting.queries.changes import iterate_changed_pages, iterate_items_by_id
from partsemble.accounting.queries.mirror_counts import has_items_below, iterate_active_items
from partsemble.database.scope import business_scope
from partsemble.sync.queries.pairing import list_counted_ids
from partsemble.sync.queries.runs import find_last_book_rows, list_open_ids
from partsemble.sync.rules.deciding import is_wanted
from partsemble.sync.services.fenced import RunInHand
from partsemble.sync.services.planning import (
    Plan,
    add_absences,
    add_page,
    begin_plan,
)
from partsemble.sync.types import FullReason, ReadMode


def read_books(*, run: RunInHand, provider: AccountingProvider) -> Plan:
    """This will read what the run is to read and store its plan, replacing a half-written one.

    Pages are read ahead and outside any transaction; each is written under the fence. The plan
    holds all that was read and is still to be finished.

    Raises:
        ProviderError: if a page can't be read; what is stored is a half plan, never applied.
        SyncLockLost: if the lock was lost; nothing was written after that.
    """
    book_rows = provider.count_items()
    deleted: frozenset[str] | None = frozenset()
    if run.since is not None:
        deleted = provider.find_deleted_items(since=run.since)
        if deleted is None:
            run = _read_all_instead(run, FullReason.MUCH_CHANGED)
        elif _has_lost_rows(run, book_rows + len(deleted)):
            run = _read_all_instead(run, FullReason.ROWS_VANISHED)
    plan = begin_plan(run=run, book_rows=book_rows)
    if run.since is not None:
        _read_changes(plan, provider, run.since, deleted or frozenset())
        if _has_moved_paths(plan):
            run = _read_all_instead(run, FullReason.FOLDERS_CHANGED)
            plan = begin_plan(run=run, book_rows=book_rows)
    if run.since is None:
        _read_all(plan, provider)
    return plan


def _read_all(plan: Plan, provider: AccountingProvider) -> None:
    for page in iterate_item_pages(provider=provider, total=plan.book_rows):
        add_page(plan=plan, page=page)
    _check_length(plan, provider)
    _look_up(plan, provider, _list_unseen(plan))


def _read_changes(
    plan: Plan, provider: AccountingProvider, since: datetime, deleted: frozenset[str]
) -> None:
    for page in iterate_changed_pages(provider=provider, since=since, row_limit=plan.book_rows):
        add_page(plan=plan, page=page)
    wanted = _list_open(plan.run) | deleted | _list_counted(plan.run)
    _look_up(plan, provider, [each for each in wanted if each not in plan.seen])


def _read_all_instead(run: RunInHand, reason: FullReason) -> RunInHand:
    return replace(run, mode=ReadMode.FULL, full_reason=reason, since=None)


def _has_lost_rows(run: RunInHand, book_rows: int) -> bool:
    """What vanished leaves no change behind."""
    with business_scope(run.business_id):
        before = find_last_book_rows(connection_id=run.connection_id)
    return before is not None and book_rows < before


def _has_moved_paths(plan: Plan) -> bool:
    """A new name of a category is in the paths of all items below, whose own times it leaves."""
    if plan.has_folders or not plan.former_paths:
        return plan.has_folders
    with business_scope(plan.run.business_id):
        return has_items_below(connection_id=plan.run.connection_id, paths=plan.former_paths)


def _check_length(plan: Plan, provider: AccountingProvider) -> None:
    """A list from which rows vanish while it is read moves others past the reader."""
    if plan.rows >= plan.book_rows:
        return
    if plan.rows < min(plan.book_rows, provider.count_items()):
        raise Unexpected(reason="a list that ended early", total=plan.book_rows, rows=plan.rows)
    plan.is_whole = False


def _list_unseen(plan: Plan) -> Collection[str]:
    """Give the active items that the list did not show, and count those of other types out."""
    if not plan.mirrored.active or plan.known == plan.mirrored.all:
        return ()
    unseen: list[str] = []
    with business_scope(plan.run.business_id):
        for external_id, item_type in iterate_active_items(connection_id=plan.run.connection_id):
            if external_id in plan.seen:
                continue
            if is_wanted(item_type=item_type, types=plan.run.types):
                unseen.append(external_id)
            else:
                plan.known += 1
                plan.skipped_by_type[item_type.value] += 1
    return unseen


def _list_open(run: RunInHand) -> frozenset[str]:
    with business_scope(run.business_id):
        return list_open_ids(connection_id=run.connection_id, confirmed_run_id=run.confirmed_run_id)


def _list_counted(run: RunInHand) -> frozenset[str]:
    """Give the items whose quantities are compared: stock that moves may leave no change behind."""
    if not is_wanted(item_type=ItemType.INVENTORY, types=run.types):
        return frozenset()
    return list_counted_ids(business_id=run.business_id, connection_id=run.connection_id)


def _look_up(plan: Plan, provider: AccountingProvider, external_ids: Collection[str]) -> None:
    """An absence is believed only if asking for that very id says so too (SYNC-6)."""
    for page, absent in iterate_items_by_id(provider=provider, external_ids=sorted(external_ids)):
        add_page(plan=plan, page=replace(page, row_count=0))
        add_absences(plan=plan, external_ids=absent)
