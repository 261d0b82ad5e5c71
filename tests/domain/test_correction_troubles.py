"""Corrections in trouble: below zero, beyond the limits, cut off in the middle (SYNC-7)."""

from decimal import Decimal
from typing import Any

import pytest
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.linking import Adopted, adopt, figures, make_item, sync, write
from tests.support.stock import adjust, audit

from partsemble.accounting.models import Item
from partsemble.accounting.services.connections import disconnect
from partsemble.database.scope import business_scope
from partsemble.sync.queries import get_run
from partsemble.sync.queries.corrections import list_corrections
from partsemble.sync.services import correcting, running
from partsemble.sync.services.applying import apply_plan
from partsemble.sync.services.correction_entries import post_corrections
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import CorrectionCounts, CorrectionState, RunView, Trigger

pytestmark = pytest.mark.django_db(transaction=True)


def sync_new(cast: Cast, books: Emulator, name: str, quantity: float, cost: float) -> str:
    item = make_item(books, name, quantity, cost)
    sync(cast)
    return item


def pretend(cast: Cast, adopted: Adopted, quantity: str, cost: str = "5") -> RunView:
    """This will let a sync find a quantity in the mirror that the emulator would not have."""
    with pytest.MonkeyPatch.context() as patched:

        def apply_and_pretend(**named: Any) -> None:
            apply_plan(**named)
            with business_scope(cast.owner.business.id):
                rows = Item.objects.filter(external_id=adopted.external_id)
                rows.update(quantity_on_hand=Decimal(quantity), purchase_cost=Decimal(cost))

        patched.setattr(running, "apply_plan", apply_and_pretend)
        return sync(cast)


def test_what_the_books_sold_below_zero_is_short_until_something_arrives(
    connected: Cast, lamp: Adopted
) -> None:
    """The emulator sells no more than there is, so the mirror is told what the books would say."""
    pretend(connected, lamp, "-3")
    assert lamp.stock == figures("0", "0", "3")
    adjust(connected.builder.actor, lamp.product_id, "2", at="6")
    assert lamp.stock == figures("0", "0", "1")
    pretend(connected, lamp, "-3")
    assert lamp.stock == figures("0", "0", "1"), "what came is not in the books yet"
    pretend(connected, lamp, "7")
    assert lamp.stock == figures("9", "45", "0")
    audit(connected.owner.actor)


def test_what_the_ledger_can_not_keep_is_named_and_nothing_else_is_held_up(
    connected: Cast, books: Emulator, lamp: Adopted
) -> None:
    shade = adopt(connected.owner, sync_new(connected, books, "Shade", 10, 5))
    write(books, shade, quantity_on_hand=9)
    run = pretend(connected, lamp, "999999999", cost="999999")
    assert run.corrections == CorrectionCounts(applied=1, refused=1)
    refused = next(
        each
        for each in list_corrections(actor=connected.owner.actor, run_id=run.id)[0]
        if each.code
    )
    assert (refused.state, refused.code) == (CorrectionState.REFUSED, "value_too_large")
    assert refused.on_hand_after == 10
    assert shade.balance.on_hand == 9


def test_a_worker_that_dies_between_two_chunks_loses_and_doubles_nothing(
    connected: Cast, books: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamps = [
        adopt(connected.owner, sync_new(connected, books, f"Lamp {each}", 10, 5))
        for each in range(3)
    ]
    for lamp in lamps:
        write(books, lamp, quantity_on_hand=12)
    monkeypatch.setattr(correcting, "CHUNK_SIZE", 1)
    calls = []

    def die_at_the_second(**named: Any) -> Any:
        calls.append(named)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return post_corrections(**named)

    monkeypatch.setattr(correcting, "post_corrections", die_at_the_second)
    run_id = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    business_id = connected.owner.business.id
    with pytest.raises(KeyboardInterrupt):
        run_item_sync(business_id=business_id, run_id=run_id)
    assert sorted(each.balance.on_hand for each in lamps) == [10, 10, 12]
    adjust(connected.builder.actor, lamps[0].product_id, "-1")
    run_item_sync(business_id=business_id, run_id=run_id)
    run = get_run(actor=connected.owner.actor, run_id=run_id)
    assert run.corrections == CorrectionCounts(applied=3)
    assert [each.balance.on_hand for each in lamps] == [11, 12, 12]
    audit(connected.owner.actor)


def test_books_that_were_given_up_in_the_middle_correct_nothing(
    connected: Cast, books: Emulator, lamp: Adopted, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(books, lamp, quantity_on_hand=14)

    def apply_and_disconnect(**named: Any) -> None:
        apply_plan(**named)
        disconnect(actor=connected.owner.actor)

    monkeypatch.setattr(running, "apply_plan", apply_and_disconnect)
    assert sync(connected).corrections == CorrectionCounts()
    assert lamp.balance.on_hand == 10
