"""Writing entries that are decided, with their moves and the balances after them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from partsemble.database.bulk import insert_rows, update_rows
from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_ids
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import EntryId, ProductId
from partsemble.stock.errors import PostingKeyReused
from partsemble.stock.locked import BALANCE_COLUMNS, take_numbers
from partsemble.stock.models import StockBalance, StockEntry, StockMove
from partsemble.stock.rules import Settled
from partsemble.stock.types import Balance, EntryKind, PostedEntry, Source

_ALONG: Final = frozenset({EntryKind.FILL, EntryKind.VARIANCE})
"""What is posted along with an entry that somebody asked for."""
ENTRY_SOURCE: Final = "stock_entry"
"""The kind of source of such an entry."""

_ENTRY_COLUMNS: Final = (
    "id",
    "business_id",
    "number",
    "kind",
    "occurred_on",
    "recorded_at",
    "user_id",
    "actor_label",
    "source_kind",
    "source_id",
    "key",
    "fingerprint",
    "reverses_id",
    "reason",
    "notes",
    "move_count",
)
_MOVE_COLUMNS: Final = (
    "id",
    "business_id",
    "entry_id",
    "number",
    "position",
    "kind",
    "occurred_on",
    "product_id",
    "counterpart",
    "quantity",
    "value",
    "shortage",
    "on_hand_after",
    "value_after",
    "shortage_after",
)
_KEPT: Final = (*BALANCE_COLUMNS, "number")


@dataclass(frozen=True, slots=True)
class Posting:
    """One event that is decided: what was asked for, and the entries that it comes to."""

    key: str
    fingerprint: str
    occurred_on: date
    settled: tuple[Settled, ...]
    source: Source | None = None
    reverses: EntryId | None = None
    reason: str = ""
    notes: str = ""


def write_postings(
    *,
    actor: Actor,
    postings: Sequence[Posting],
    balances: Mapping[ProductId, Balance],
    are_first: bool = False,
) -> list[PostedEntry]:
    """This will write events in their order, and give the entry that each was asked for.

    Arguments:
        actor: on whose behalf; inside the scope and a transaction that holds the balances.
        postings: decided one after the other against those balances.
        balances: as they are after all of them.
        are_first: whether the products have no balances yet.

    Raises:
        PostingKeyReused: if somebody posted something else under one of the keys meanwhile.
        IntegrityError: if they have balances that they are said not to have.
    """
    if not postings:
        return []
    count = sum(len(each.settled) for each in postings)
    ids = iter(new_ids(count + sum(len(s.moves) for each in postings for s in each.settled)))
    number = take_numbers(business_id=actor.business_id, count=count)
    recorded_at = read_database_clock()
    entries: list[Sequence[object]] = []
    moves: list[Sequence[object]] = []
    posted: list[PostedEntry] = []
    for posting in postings:
        asked = EntryId(next(ids))
        for settled in posting.settled:
            along = settled.kind in _ALONG
            entry_id = EntryId(next(ids)) if along else asked
            if not along:
                posted.append(PostedEntry(id=asked, number=number, is_new=True))
            entries.append(
                (
                    *(entry_id, actor.business_id, number, settled.kind.value),
                    *(posting.occurred_on, recorded_at, actor.user_id, actor.label),
                    *(_list_origin(posting, settled, asked)),
                    len(settled.moves),
                )
            )
            moves += _list_moves(actor, posting, settled, (entry_id, number), ids)
            number += 1
    _insert_entries(entries, postings)
    insert_rows(model=StockMove, columns=_MOVE_COLUMNS, rows=moves)
    _write_balances(actor, _list_balances(moves, balances), are_first=are_first)
    return posted


def _insert_entries(entries: list[Sequence[object]], postings: Sequence[Posting]) -> None:
    # Whoever posts the same under the same key waits for the balances, and then finds it posted.
    inserted = insert_rows(
        model=StockEntry, columns=_ENTRY_COLUMNS, rows=entries, ignore_conflicts=True
    )
    if inserted != len(entries):
        raise PostingKeyReused(key=postings[0].key)


def _list_origin(posting: Posting, settled: Settled, asked: EntryId) -> tuple[object, ...]:
    if settled.kind in _ALONG:
        key = f"{posting.key}/{settled.kind}"
        return (ENTRY_SOURCE, asked, key, posting.fingerprint, None, "", "")
    source_kind, source_id = posting.source or ("", None)
    what = (source_kind, source_id, posting.key, posting.fingerprint, posting.reverses)
    return (*what, posting.reason, posting.notes)


def _list_moves(
    actor: Actor,
    posting: Posting,
    settled: Settled,
    entry: tuple[EntryId, int],
    ids: Iterator[UUID],
) -> list[Sequence[object]]:
    return [
        (
            *(next(ids), actor.business_id, *entry, position, settled.kind.value),
            *(posting.occurred_on, move.product_id, move.counterpart.value),
            *(move.quantity, move.value, move.shortage),
            *(move.after.on_hand, move.after.value, move.after.shortage),
        )
        for position, move in enumerate(settled.moves, start=1)
    ]


def _list_balances(
    moves: list[Sequence[object]], balances: Mapping[ProductId, Balance]
) -> list[Sequence[object]]:
    product, number = _MOVE_COLUMNS.index("product_id"), _MOVE_COLUMNS.index("number")
    last = {row[product]: row[number] for row in moves}
    rows: list[Sequence[object]] = []
    for product_id, last_number in last.items():
        there = balances[ProductId(product_id)]  # type: ignore[arg-type]  # a column of ids
        figures = (there.on_hand, there.value, there.shortage, there.last_unit_cost)
        rows.append((*figures, last_number, product_id))
    return rows


def _write_balances(actor: Actor, rows: list[Sequence[object]], *, are_first: bool) -> None:
    if are_first:
        owned = [(*row, actor.business_id) for row in rows]
        insert_rows(model=StockBalance, columns=(*_KEPT, "product_id", "business_id"), rows=owned)
    else:
        update_rows(model=StockBalance, columns=_KEPT, where=("product_id",), rows=rows)
