"""Posting corrections that are decided, and keeping what was done, inside a run's transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self
from zoneinfo import ZoneInfo

from partsemble.costing.amounts import ZERO
from partsemble.database.bulk import insert_rows
from partsemble.database.clock import read_database_clock
from partsemble.database.ids import new_id
from partsemble.identity.queries import get_business
from partsemble.kernel.ids import ProductId
from partsemble.stock.queries.balances import find_balances
from partsemble.stock.services.posting import post_entries
from partsemble.stock.types import (
    Balance,
    Counterpart,
    EntryDraft,
    EntryKind,
    Line,
    PostedEntry,
    Source,
)
from partsemble.sync.correction_models import QuantityCorrection
from partsemble.sync.queries.pairing import LinkedPair
from partsemble.sync.rules.corrections import Judgement, find_revaluation
from partsemble.sync.services.anchoring import Anchor, set_anchors
from partsemble.sync.services.fenced import RunInHand
from partsemble.sync.types import CorrectionState

RUN_SOURCE: Final = "item_sync"
"""What a stock entry calls the run that it comes from."""

_COLUMNS: Final = (
    "id",
    "business_id",
    "run_id",
    "product_id",
    "item_id",
    "state",
    "code",
    "quantity",
    "remote",
    "expected",
    "on_hand_before",
    "on_hand_after",
    "shortage_after",
    "value_before",
    "value_after",
    "entry_number",
    "cost_entry_number",
)


@dataclass(frozen=True, slots=True)
class Ruled:
    """A product that is not in step, and what is to be done about it."""

    linked: LinkedPair
    judgement: Judgement

    @property
    def product_id(self) -> ProductId:
        """Which product."""
        return self.linked.product_id


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One product in the report of the run."""

    linked: LinkedPair
    state: CorrectionState
    after: Balance
    """What is there now, or would be if the correction did not wait."""
    code: str = ""
    entry: PostedEntry | None = None
    cost_entry: PostedEntry | None = None

    @classmethod
    def of_refusal(cls, linked: LinkedPair, code: str) -> Self:
        """A product that stays as it is, because the ledger keeps no such number."""
        return cls(linked, CorrectionState.REFUSED, linked.pair.balance, code)

    @classmethod
    def of_outlook(cls, ruled: Ruled, state: CorrectionState, code: str = "") -> Self:
        """A product that waits for a person, or for the sync that a preview foresees."""
        outlook = ruled.judgement.outlook
        after = Balance(outlook.after.quantity, outlook.after.value, outlook.shortage)
        return cls(ruled.linked, state, after, code)


def post_corrections(*, run: RunInHand, ruled: Sequence[Ruled]) -> list[ReportLine]:
    """This will post quantities, then costs on what is there with them, and report them.

    Arguments:
        run: inside its transaction, which holds the balances of all of them.
        ruled: decided on those balances.
    """
    if not ruled:
        return []
    product_ids = [each.product_id for each in ruled]
    entries = _post(run, EntryKind.SYNC, ruled, _move)
    there = find_balances(actor=run.actor, product_ids=product_ids)
    cost_entries = _post(
        run, EntryKind.SYNC_COST, ruled, lambda each: _revalue(each, there[each.product_id])
    )
    if cost_entries:
        there = find_balances(actor=run.actor, product_ids=product_ids)
    followed = [make_anchor(linked=each.linked) for each in ruled if each.linked.has_other_cost]
    set_anchors(business_id=run.business_id, anchors=followed)
    return [
        ReportLine(
            each.linked,
            CorrectionState.APPLIED,
            there[each.product_id],
            entry=entries.get(each.product_id),
            cost_entry=cost_entries.get(each.product_id),
        )
        for each in ruled
    ]


def make_anchor(*, linked: LinkedPair) -> Anchor:
    """This will anchor a pair where it is, with the purchase cost that it has now."""
    return Anchor(
        product_id=linked.product_id,
        item_id=linked.item.id,
        number=linked.line,
        purchase_cost=linked.item.purchase_cost,
    )


def keep_lines(*, run: RunInHand, lines: Sequence[ReportLine]) -> None:
    """This will keep lines of the report; a product that has one keeps the first."""
    insert_rows(
        model=QuantityCorrection,
        columns=_COLUMNS,
        rows=[_list_values(run, each) for each in lines],
        ignore_conflicts=True,
    )


def _move(ruled: Ruled) -> Line | None:
    correction = ruled.judgement.correction
    if not correction.quantity:
        return None
    return Line(
        product_id=ruled.product_id,
        counterpart=Counterpart.BOOKS,
        quantity=correction.quantity,
        value=correction.value,
        may_fall_short=correction.quantity < 0,
    )


def _revalue(ruled: Ruled, there: Balance) -> Line | None:
    unit_cost = ruled.judgement.correction.unit_cost
    if unit_cost is None:
        return None
    value = find_revaluation(there=there.holding, unit_cost=unit_cost)
    return Line(ruled.product_id, Counterpart.BOOKS, ZERO, value) if value else None


def _post(
    run: RunInHand,
    kind: EntryKind,
    ruled: Sequence[Ruled],
    draw_line: Callable[[Ruled], Line | None],
) -> Mapping[ProductId, PostedEntry]:
    lines = [line for line in map(draw_line, ruled) if line is not None]
    if not lines:
        return {}
    zone = ZoneInfo(get_business(actor=run.actor).time_zone)
    today = read_database_clock().astimezone(zone).date()
    drafts = [
        EntryDraft(
            kind=kind,
            occurred_on=today,
            key=f"{kind}:{run.id}:{line.product_id}",
            lines=(line,),
            source=Source(kind=RUN_SOURCE, id=run.id),
        )
        for line in lines
    ]
    posted = post_entries(actor=run.actor, drafts=drafts)
    return {line.product_id: entry for line, entry in zip(lines, posted, strict=True)}


def _list_values(run: RunInHand, line: ReportLine) -> tuple[object, ...]:
    linked, before = line.linked, line.linked.pair.balance
    return (
        *(new_id(), run.business_id, run.id, linked.product_id, linked.item.id),
        *(line.state.value, line.code),
        *(linked.pair.remote - linked.pair.expected, linked.pair.remote, linked.pair.expected),
        *(before.on_hand, line.after.on_hand, line.after.shortage),
        *(before.value, line.after.value),
        line.entry.number if line.entry else None,
        line.cost_entry.number if line.cost_entry else None,
    )
