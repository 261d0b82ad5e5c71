"""What a preview says of quantities and costs is what a sync right after it does (SYNC-4)."""

import pytest
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.linking import (
    Adopted,
    figures,
    list_lines,
    make_parts,
    preview,
    sync,
    take_figures,
    write,
)
from tests.support.stock import adjust, audit

from partsemble.accounting.documents import ItemType
from partsemble.accounting.models import Item
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity
from partsemble.identity.services import set_feature
from partsemble.identity.types import Feature
from partsemble.sync.queries import compare_with_preview
from partsemble.sync.services import correcting
from partsemble.sync.services.start import choose_item_types
from partsemble.sync.types import (
    CorrectionCounts,
    CorrectionState,
    HoldReason,
    StartMode,
)
from partsemble.sync.types.comparing import DifferenceKind

pytestmark = pytest.mark.django_db(transaction=True)


def see_that_a_sync_does_it(cast: Cast, parts: list[Adopted], mode: StartMode) -> CorrectionCounts:
    """This will take a preview, see that it changed nothing, and sync as it said."""
    before = [each.stock for each in parts]
    told = len(list_activity(actor=cast.owner.actor))
    foreseen = preview(cast, mode)
    assert [each.stock for each in parts] == before
    assert len(list_activity(actor=cast.owner.actor)) == told + 1, "that it was asked for"
    lines = list_lines(cast, foreseen.id)
    assert {(each.entry_number, each.cost_entry_number) for each in lines} <= {(None, None)}
    done = sync(cast, mode, applies=foreseen.id)
    assert list(map(take_figures, list_lines(cast, done.id))) == list(map(take_figures, lines))
    assert done.corrections == foreseen.corrections
    assert (done.counts, done.planned_steps) == (foreseen.counts, foreseen.planned_steps)
    for part, line in ((part, line) for part in parts for line in lines):
        if line.product_id == part.product_id and line.state is CorrectionState.APPLIED:
            now = (line.on_hand_after, line.value_after, line.shortage_after)
            assert part.stock == now
    audit(cast.owner.actor)
    return done.corrections


@pytest.mark.parametrize("mode", list(StartMode))
def test_a_sync_does_what_its_preview_shows(
    connected: Cast, books: Emulator, mode: StartMode
) -> None:
    parts = make_parts(connected, books, 9)
    more, fewer, dearer, both, kept, worked, gone, other_type, free = parts
    write(books, more, quantity_on_hand=14)
    write(books, fewer, quantity_on_hand=3)
    write(books, dearer, purchase_cost=6)
    write(books, both, quantity_on_hand=12, purchase_cost=4)
    adjust(connected.builder.actor, kept.product_id, "-2")
    adjust(connected.builder.actor, worked.product_id, "-2")
    write(books, worked, quantity_on_hand=11)
    write(books, gone, quantity_on_hand=4)
    write(books, gone, active=False)
    write(books, other_type, quantity_on_hand=7)
    with business_scope(connected.owner.business.id):
        # The mirror calls it what the books will not: the plan makes it an inventory item again.
        Item.objects.filter(external_id=other_type.external_id).update(
            type=ItemType.NON_INVENTORY, digest="another", fingerprint=""
        )
    adjust(connected.builder.actor, free.product_id, "-10")
    write(books, free, quantity_on_hand=13, purchase_cost=0)
    counts = see_that_a_sync_does_it(connected, parts, mode)
    assert counts == CorrectionCounts(applied=7)
    assert [each.balance.on_hand for each in parts] == [14, 3, 10, 12, 8, 9, 10, 7, 3]
    assert see_that_a_sync_does_it(connected, parts, mode) == CorrectionCounts()


def test_what_comes_back_to_the_books_is_foreseen(connected: Cast, books: Emulator) -> None:
    (part,) = make_parts(connected, books, 1)
    write(books, part, quantity_on_hand=0)
    write(books, part, active=False)
    sync(connected)
    write(books, part, active=True)
    counts = see_that_a_sync_does_it(connected, [part], StartMode.AUTOMATIC)
    assert counts == CorrectionCounts(applied=1)
    assert part.balance.on_hand == 0


def test_where_partsemble_leads_differences_are_foreseen(connected: Cast, books: Emulator) -> None:
    parts = make_parts(connected, books, 2)
    set_feature(actor=connected.owner.actor, feature=Feature.RECEIVING, is_on=True)
    write(books, parts[0], quantity_on_hand=14, purchase_cost=6)
    counts = see_that_a_sync_does_it(connected, parts, StartMode.AUTOMATIC)
    assert counts == CorrectionCounts(differing=1)
    assert parts[0].stock == figures("10", "50", "0")


@pytest.mark.parametrize(
    ("cost", "touched", "reason"),
    [(0.01, 11, HoldReason.EMPTIED), (200, 11, HoldReason.EMPTIED), (200, 4, HoldReason.VALUE)],
)
def test_what_would_wait_says_why(
    connected: Cast, books: Emulator, cost: float, touched: int, reason: HoldReason
) -> None:
    parts = make_parts(connected, books, 12, cost)
    for part in parts[:touched]:
        write(books, part, quantity_on_hand=0 if touched > 10 else 3)
    counts = see_that_a_sync_does_it(connected, parts, StartMode.AUTOMATIC)
    assert counts == CorrectionCounts(held_back=touched)
    foreseen = preview(connected)
    assert {each.code for each in list_lines(connected, foreseen.id)} == {reason}
    confirmed = sync(connected, confirms=foreseen.id)
    assert confirmed.corrections == CorrectionCounts(applied=touched)


def test_what_the_ledger_can_not_keep_is_foreseen(connected: Cast, books: Emulator) -> None:
    (part,) = make_parts(connected, books, 1)
    write(books, part, quantity_on_hand=999_999_999, purchase_cost=999_999)
    counts = see_that_a_sync_does_it(connected, [part], StartMode.AUTOMATIC)
    assert counts == CorrectionCounts(refused=1)


def test_deactivations_that_would_wait_correct_nothing(connected: Cast, books: Emulator) -> None:
    parts = make_parts(connected, books, 11)
    with business_scope(connected.owner.business.id):
        ours = [each.external_id for each in parts]
        Item.objects.exclude(external_id__in=ours).update(is_active=False)
    for part in parts:
        write(books, part, quantity_on_hand=0)
        write(books, part, active=False)
    counts = see_that_a_sync_does_it(connected, parts, StartMode.AUTOMATIC)
    assert counts == CorrectionCounts()


def test_types_that_are_not_read_are_not_foreseen(connected: Cast, books: Emulator) -> None:
    (part,) = make_parts(connected, books, 1)
    choose_item_types(actor=connected.owner.actor, types=[ItemType.SERVICE])
    write(books, part, quantity_on_hand=14)
    assert preview(connected).corrections == CorrectionCounts()


def test_a_preview_that_broke_off_foresees_anew(
    connected: Cast, books: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = make_parts(connected, books, 2)
    for part in parts:
        write(books, part, quantity_on_hand=14)

    def die(run: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(correcting, "_count", die)
        with pytest.raises(KeyboardInterrupt):
            preview(connected)
    write(books, parts[0], quantity_on_hand=10)
    write(books, parts[1], quantity_on_hand=12)
    foreseen = preview(connected)
    (line,) = list_lines(connected, foreseen.id)
    assert line.product_id == parts[1].product_id
    assert line.on_hand_after == 12
    assert foreseen.corrections == CorrectionCounts(applied=1)


def test_a_run_says_which_corrections_its_preview_had_not_shown(
    connected: Cast, books: Emulator
) -> None:
    parts = make_parts(connected, books, 5)
    as_shown, moved, adjusted, back, late = parts
    for part in (as_shown, moved, adjusted, back):
        write(books, part, quantity_on_hand=14)
    foreseen = preview(connected)
    write(books, moved, quantity_on_hand=15)
    adjust(connected.builder.actor, adjusted.product_id, "-2")
    write(books, back, quantity_on_hand=10)
    write(books, late, quantity_on_hand=9)
    done = sync(connected, applies=foreseen.id)
    found = compare_with_preview(actor=connected.owner.actor, run_id=done.id)
    assert found is not None
    assert found.corrections.same == 1
    assert {(each.about, each.kind) for each in found.corrections.differences} == {
        (str(moved.product_id), DifferenceKind.OTHER),
        (str(adjusted.product_id), DifferenceKind.OTHER),
        (str(back.product_id), DifferenceKind.MISSING),
        (str(late.product_id), DifferenceKind.ADDED),
    }
    assert {each.deed for each in found.corrections.differences} == {CorrectionState.APPLIED}
