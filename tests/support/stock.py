"""Stock in tests: openings, adjustments, and an auditor who trusts nothing but moves."""

from datetime import date
from decimal import Decimal
from itertools import count
from uuid import UUID

from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import ProductId
from partsemble.stock.queries.balances import get_balance
from partsemble.stock.queries.verifying import verify_ledger, verify_triggers
from partsemble.stock.services.adjusting import adjust_stock
from partsemble.stock.types import (
    Adjustment,
    AdjustmentReason,
    Counterpart,
    EntryDraft,
    EntryKind,
    Line,
    PostedEntry,
)

TODAY = date(2026, 3, 9)
_keys = count(1)


def adjust(
    actor: Actor,
    product_id: UUID,
    quantity: str,
    *,
    at: str = "5",
    key: str = "",
    occurred_on: date = TODAY,
) -> PostedEntry:
    """This will add so many at a unit cost, or remove so many if the quantity is negative."""
    wanted = Decimal(quantity)
    return adjust_stock(
        actor=actor,
        adjustment=Adjustment(
            product_id=ProductId(product_id),
            is_addition=wanted > 0,
            quantity=abs(wanted),
            reason=AdjustmentReason.COUNT,
            unit_cost=Decimal(at) if wanted > 0 else None,
        ),
        occurred_on=occurred_on,
        key=key or f"test:{next(_keys)}",
    )


def draft_sync(product_id: ProductId, quantity: str, *, key: str, value: str = "") -> EntryDraft:
    """This will draft what a sync posts: so many more or fewer, or more than there are."""
    line = Line(
        product_id,
        Counterpart.BOOKS,
        Decimal(quantity),
        Decimal(value) if value else None,
        may_fall_short=True,
    )
    return EntryDraft(kind=EntryKind.SYNC, occurred_on=TODAY, key=key, lines=(line,))


def read_stock(actor: Actor, product_id: UUID) -> tuple[str, str]:
    """This will say what is there of a product, and what it is worth, without needless zeros."""
    balance = get_balance(actor=actor, product_id=product_id)
    return f"{balance.on_hand.normalize():f}", f"{balance.value.normalize():f}"


def audit(actor: Actor) -> None:
    """This will see that the ledger proves itself."""
    assert list(verify_ledger(actor=actor)) == []
    assert list(verify_triggers()) == []
