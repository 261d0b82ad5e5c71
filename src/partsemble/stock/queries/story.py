"""What happened to a product, newest first: who changed what, and what moved (PROD-2, BIZ-5).

Three books hold it: the activity log what was said of the product, the catalog its links, the
ledger its stock. None is copied into another; a page reads as many lines of each as fit, along an
index, and puts them in order. Where it goes on is a place in each: ledger lines go on behind a
place in the order of posting, which no clock decides, the others behind an instant and an id.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from partsemble.catalog.queries import list_link_changes
from partsemble.catalog.types import LinkChangeView
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity_of
from partsemble.identity.types import ActivityView
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import EntryId
from partsemble.kernel.permissions import Permission
from partsemble.stock.models import StockMove
from partsemble.stock.queries.entries import posted_before
from partsemble.stock.types import AdjustmentReason, EntryKind, MovePosition

TOLD_ELSEWHERE: Final = frozenset({"linked", "unlinked", "opened", "adjusted"})
"""Deeds on a product that its links and the ledger tell with more figures."""

_MOVE_COLUMNS: Final = (
    *("entry_id", "number", "position", "kind", "quantity", "value", "entry__recorded_at"),
    *("entry__actor_label", "entry__reason", "entry__notes", "entry__reverses__number"),
)


@dataclass(frozen=True, slots=True)
class ToldMove:
    """A move of the product, and who posted it."""

    recorded_at: datetime
    actor_label: str
    entry_id: EntryId
    at: MovePosition
    kind: EntryKind
    quantity: Decimal
    value: Decimal
    reason: AdjustmentReason | None
    notes: str
    reverses_number: int | None


type StoryLine = ActivityView | LinkChangeView | ToldMove


class StoryPlace(NamedTuple):
    """Behind which lines a page goes on: of the log and the links, and of the ledger."""

    line: tuple[datetime, UUID] | None
    move: MovePosition | None


_NEWEST: Final = StoryPlace(None, None)


@dataclass(frozen=True, slots=True)
class Story:
    """One page of what happened to a product, newest first."""

    lines: tuple[StoryLine, ...]
    next_place: StoryPlace | None
    """Where the next page goes on, or None at the end."""


def read_story(
    *,
    actor: Actor,
    product_id: UUID,
    place: StoryPlace = _NEWEST,
    limit: int,
    newest_links: Sequence[LinkChangeView] | None = None,
) -> Story:
    """This will tell what happened to a product, newest first.

    Arguments:
        place: behind which the page goes on.
        newest_links: for the first page, by whom they are at hand, more of them than its lines.
        limit: most lines of the page.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    most = limit + 1
    with business_scope(actor.business_id):
        said = list_activity_of(
            actor=actor,
            subject_id=product_id,
            without=TOLD_ELSEWHERE,
            before=place.line,
            limit=most,
        )
        linked = newest_links
        if linked is None:
            linked = list_link_changes(
                actor=actor, product_id=product_id, before=place.line, limit=most
            )
        moved = _list_moves(product_id, place.move, most)
    lines: list[ActivityView | LinkChangeView] = [*said, *linked]
    lines.sort(key=lambda each: (each.recorded_at, each.id), reverse=True)
    found = [each for each, _ in zip(_merge(lines, moved), range(most), strict=False)]
    shown = found[:limit]
    return Story(
        lines=tuple(shown), next_place=_find_place(shown, place) if found[limit:] else None
    )


def _list_moves(product_id: UUID, before: MovePosition | None, limit: int) -> list[ToldMove]:
    rows = StockMove.objects.filter(product_id=product_id)
    if before is not None:
        rows = rows.filter(posted_before(at=before))
    return [
        _view(row) for row in rows.order_by("-number", "-position").values(*_MOVE_COLUMNS)[:limit]
    ]


def _view(row: Mapping[str, Any]) -> ToldMove:
    return ToldMove(
        recorded_at=row["entry__recorded_at"],
        actor_label=row["entry__actor_label"],
        entry_id=EntryId(row["entry_id"]),
        at=MovePosition(row["number"], row["position"]),
        kind=EntryKind(row["kind"]),
        quantity=row["quantity"],
        value=row["value"],
        reason=AdjustmentReason(row["entry__reason"]) if row["entry__reason"] else None,
        notes=row["entry__notes"],
        reverses_number=row["entry__reverses__number"],
    )


def _merge(
    lines: Sequence[ActivityView | LinkChangeView], moves: Sequence[ToldMove]
) -> Iterator[StoryLine]:
    """Put two sequences in order without changing the order of either."""
    rest, others = list(reversed(lines)), list(reversed(moves))
    while rest and others:
        yield (rest if rest[-1].recorded_at > others[-1].recorded_at else others).pop()
    yield from reversed(rest or others)


def _find_place(shown: Sequence[StoryLine], place: StoryPlace) -> StoryPlace:
    line, move = place
    for each in shown:
        if isinstance(each, ToldMove):
            move = each.at
        else:
            line = (each.recorded_at, each.id)
    return StoryPlace(line, move)
