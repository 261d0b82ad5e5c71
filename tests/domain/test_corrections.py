"""Quantities and costs that follow the books, or resist them (SYNC-7, SYNC-8, SYNC-10)."""

import pytest
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.linking import Adopted, adopt, figures, make_item, sync, write
from tests.support.stock import adjust, audit

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.connections import get_connection
from partsemble.accounting.services.modes import draw_start_line, set_inventory_mode
from partsemble.accounting.types import InventoryMode
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity
from partsemble.identity.services import set_feature
from partsemble.identity.types import Feature
from partsemble.kernel.errors import PermissionMissing
from partsemble.stock.models import StockEntry
from partsemble.stock.queries.effects import get_last_number
from partsemble.sync.queries import find_held_run
from partsemble.sync.queries.corrections import list_corrections, list_differences
from partsemble.sync.services.start import choose_item_types
from partsemble.sync.types import (
    CorrectionCounts,
    CorrectionState,
    CorrectionView,
    ReadMode,
    RunView,
    StartMode,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connected(connected: Cast) -> Cast:
    """Connected, and synced once."""
    sync(connected)
    return connected


def report(cast: Cast, run: RunView) -> list[CorrectionView]:
    found, has_more = list_corrections(actor=cast.owner.actor, run_id=run.id)
    assert not has_more
    return list(found)


def list_entries(cast: Cast) -> list[tuple[str, str, object]]:
    with business_scope(cast.owner.business.id):
        rows = StockEntry.objects.order_by("number")
        return list(rows.values_list("kind", "source_kind", "source_id"))


def test_what_is_in_step_is_left_alone(connected: Cast, lamp: Adopted) -> None:
    run = sync(connected)
    assert run.corrections == CorrectionCounts()
    assert lamp.stock == figures("10", "50", "0")
    assert report(connected, run) == []
    assert [kind for kind, _, _ in list_entries(connected)] == ["opening"]


@pytest.mark.parametrize("mode", list(StartMode))
def test_a_quantity_edited_in_the_books_comes_with_an_entry_that_names_the_run(
    connected: Cast, books: Emulator, lamp: Adopted, mode: StartMode
) -> None:
    write(books, lamp, quantity_on_hand=14)
    run = sync(connected, mode)
    assert lamp.stock == figures("14", "70", "0")
    assert run.corrections == CorrectionCounts(applied=1)
    assert list_entries(connected)[1:] == [("sync", "item_sync", run.id)]
    (line,) = report(connected, run)
    assert (line.state, line.sku) == (CorrectionState.APPLIED, f"SKU-{lamp.external_id}")
    assert (line.remote, line.expected, line.quantity) == figures("14", "10", "4")
    assert (line.on_hand_before, line.on_hand_after) == figures("10", "14")
    assert (line.value_before, line.value_after) == figures("50", "70")
    assert (line.entry_number, line.cost_entry_number) == (2, None)
    write(books, lamp, quantity_on_hand=3)
    sync(connected)
    assert lamp.stock == figures("3", "15", "0")
    assert sync(connected).corrections == CorrectionCounts()
    told = [each.subject_label for each in list_activity(actor=connected.owner.actor)]
    assert told.count("1 product") == 2
    audit(connected.owner.actor)


def test_work_here_is_kept_whatever_happens_there(
    connected: Cast, books: Emulator, lamp: Adopted
) -> None:
    adjust(connected.builder.actor, lamp.product_id, "-4")
    assert sync(connected).corrections == CorrectionCounts()
    assert lamp.balance.on_hand == 6
    write(books, lamp, quantity_on_hand=7)
    (line,) = report(connected, sync(connected))
    assert (line.remote, line.expected, line.quantity) == figures("7", "10", "-3")
    assert lamp.balance.on_hand == 3
    adjust(connected.builder.actor, lamp.product_id, "20", at="5")
    assert sync(connected, StartMode.FULL).corrections == CorrectionCounts()
    assert lamp.balance.on_hand == 23
    audit(connected.owner.actor)


def test_what_lies_before_the_start_line_is_not_owed_to_the_books(
    connected: Cast, lamp: Adopted
) -> None:
    adjust(connected.builder.actor, lamp.product_id, "-4")
    view = get_connection(actor=connected.owner.actor)
    with business_scope(view.business_id):
        number = get_last_number()
    draw_start_line(business_id=view.business_id, connection_id=view.id, number=number)
    (line,) = report(connected, sync(connected))
    assert (line.expected, line.quantity) == figures("6", "4")
    assert lamp.balance.on_hand == 10


def test_a_changed_purchase_cost_revalues_once(
    connected: Cast, books: Emulator, lamp: Adopted
) -> None:
    adjust(connected.builder.actor, lamp.product_id, "10", at="7")
    assert sync(connected).corrections == CorrectionCounts()
    assert lamp.stock == figures("20", "120", "0"), "an average is left alone"
    write(books, lamp, purchase_cost=6.5)
    run = sync(connected)
    assert lamp.stock == figures("20", "130", "0")
    (line,) = report(connected, run)
    assert (line.quantity, line.on_hand_after) == figures("0", "20")
    assert (line.value_before, line.value_after) == figures("120", "130")
    assert line.entry_number is None
    assert line.cost_entry_number == 3
    assert list_entries(connected)[-1] == ("sync_cost", "item_sync", run.id)
    assert sync(connected, StartMode.FULL).corrections == CorrectionCounts()
    audit(connected.owner.actor)


def test_quantity_and_cost_come_together(connected: Cast, books: Emulator, lamp: Adopted) -> None:
    write(books, lamp, purchase_cost=6, quantity_on_hand=4)
    (line,) = report(connected, sync(connected))
    assert lamp.stock == figures("4", "24", "0")
    assert (line.entry_number, line.cost_entry_number) == (2, 3)


def test_a_cost_that_changes_while_nothing_is_there_counts_for_what_arrives(
    connected: Cast, books: Emulator, lamp: Adopted
) -> None:
    adjust(connected.builder.actor, lamp.product_id, "-10")
    write(books, lamp, purchase_cost=6)
    assert sync(connected).corrections == CorrectionCounts()
    adjust(connected.builder.actor, lamp.product_id, "5", at="9")
    assert sync(connected).corrections == CorrectionCounts()
    assert lamp.stock == figures("5", "45", "0"), "what came later has its own cost"
    write(books, lamp, quantity_on_hand=12)
    sync(connected)
    assert lamp.stock == figures("7", "57", "0")


def test_quantities_are_read_even_if_moving_stock_leaves_no_change(
    connected: Cast, books: Emulator, lamp: Adopted
) -> None:
    books.control("POST", "switches", {"stock_moves_touch_items": False})
    write(books, lamp, quantity_on_hand=14)
    run = sync(connected)
    assert run.mode is ReadMode.INCREMENTAL
    assert lamp.balance.on_hand == 14


def test_an_item_that_was_deactivated_writes_nothing_off(
    connected: Cast, books: Emulator, lamp: Adopted
) -> None:
    write(books, lamp, quantity_on_hand=0)
    write(books, lamp, active=False)
    run = sync(connected)
    assert run.counts.deactivated == 1
    assert run.corrections == CorrectionCounts()
    assert lamp.balance.on_hand == 10


def test_types_that_are_not_read_are_not_compared(connected: Cast, lamp: Adopted) -> None:
    choose_item_types(actor=connected.owner.actor, types=[ItemType.SERVICE])
    view = get_connection(actor=connected.owner.actor)
    draw_start_line(business_id=view.business_id, connection_id=view.id, number=9)
    adjust(connected.builder.actor, lamp.product_id, "-4")
    assert sync(connected).corrections == CorrectionCounts()


class TestMaster:
    """Where Partsemble is the master of quantities, nothing is touched and all is said."""

    @pytest.mark.parametrize("why", ["receiving", "partsemble_only"])
    def test_a_difference_is_reported(
        self, connected: Cast, books: Emulator, lamp: Adopted, why: str
    ) -> None:
        actor = connected.owner.actor
        if why == "receiving":
            set_feature(actor=actor, feature=Feature.RECEIVING, is_on=True)
        else:
            set_inventory_mode(actor=actor, mode=InventoryMode.PARTSEMBLE_ONLY)
        adjust(connected.builder.actor, lamp.product_id, "-1")
        write(books, lamp, quantity_on_hand=14, purchase_cost=6)
        run = sync(connected)
        assert lamp.stock == figures("9", "45", "0")
        assert run.corrections == CorrectionCounts(differing=1)
        (line,) = report(connected, run)
        assert line.state is CorrectionState.REPORTED
        assert (line.remote, line.expected, line.quantity) == figures("14", "10", "4")
        assert (line.on_hand_before, line.on_hand_after) == figures("9", "9")
        assert run.counts.updated == 1, "metadata follow the books in any case"
        assert sync(connected).corrections == CorrectionCounts(differing=1)

    def test_what_the_books_are_owed_is_no_difference(self, connected: Cast, lamp: Adopted) -> None:
        set_feature(actor=connected.owner.actor, feature=Feature.RECEIVING, is_on=True)
        adjust(connected.builder.actor, lamp.product_id, "-1")
        assert sync(connected).corrections == CorrectionCounts()


class TestTooMuch:
    """What changes too much at once waits for a person (SYNC-6)."""

    def make_twelve(self, cast: Cast, books: Emulator, cost: float) -> list[Adopted]:
        items = [make_item(books, f"Shade {each}", 10, cost) for each in range(12)]
        sync(cast)
        return [adopt(cast.owner, each) for each in items]

    def test_too_many_zeros(self, connected: Cast, books: Emulator) -> None:
        shades = self.make_twelve(connected, books, cost=0.01)
        for shade in shades[:11]:
            write(books, shade, quantity_on_hand=0)
        write(books, shades[11], quantity_on_hand=9)
        run = sync(connected)
        assert run.corrections == CorrectionCounts(applied=1, held_back=11)
        assert [each.balance.on_hand for each in shades] == [10] * 11 + [9]
        held = [each for each in report(connected, run) if each.state is CorrectionState.HELD]
        assert {(each.on_hand_before, each.on_hand_after) for each in held} == {figures("10", "0")}
        again = sync(connected)
        assert again.corrections == CorrectionCounts(held_back=11)
        found = find_held_run(actor=connected.owner.actor)
        assert found is not None
        assert found.id == again.id
        write(books, shades[0], quantity_on_hand=10)
        confirmed = sync(connected, confirms=again.id)
        assert confirmed.corrections == CorrectionCounts(applied=10)
        assert [each.balance.on_hand for each in shades] == [10] + [0] * 10 + [9]
        assert find_held_run(actor=connected.owner.actor) is None
        audit(connected.owner.actor)

    def test_too_much_value(self, connected: Cast, books: Emulator) -> None:
        shades = self.make_twelve(connected, books, cost=100)
        for shade in shades[:4]:
            write(books, shade, quantity_on_hand=3)
        run = sync(connected)
        assert run.corrections == CorrectionCounts(held_back=4)
        assert {each.balance.on_hand for each in shades} == {10}
        assert sync(connected, confirms=run.id).corrections == CorrectionCounts(applied=4)
        assert shades[0].stock == figures("3", "300", "0")


def test_corrections_are_for_whoever_may_run_syncs(connected: Cast, lamp: Adopted) -> None:
    run = sync(connected)
    with pytest.raises(PermissionMissing):
        list_corrections(actor=connected.builder.actor, run_id=run.id)
    assert list_corrections(actor=connected.stranger.actor, run_id=run.id) == ((), False)


def test_how_both_sides_stand_now(connected: Cast, lamp: Adopted) -> None:
    actor = connected.owner.actor
    assert list_differences(actor=actor, limit=5) == ((), 0)
    assert list_differences(actor=connected.stranger.actor, limit=5) == ((), 0)
    adjust(connected.builder.actor, lamp.product_id, "-1")
    (line,), count = list_differences(actor=actor, limit=5)
    assert count == 1
    assert (line.pair.remote, line.pair.balance.on_hand) == figures("10", "9")
    assert list_differences(actor=actor, limit=0) == ((), 1)
