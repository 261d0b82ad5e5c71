"""Held back, confirmed, previewed, tidied away (SYNC-4, SYNC-6)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.linking import sync
from tests.support.products import make_product

from partsemble.accounting.models import Item
from partsemble.database.scope import business_scope
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.errors import PermissionMissing
from partsemble.kernel.ids import RunId
from partsemble.locks.queries import find_sync_lock
from partsemble.sync.correction_models import QuantityCorrection
from partsemble.sync.errors import NoSuchPreview, NothingHeldBack, RunNotFound
from partsemble.sync.models import ItemSync, PlanPage
from partsemble.sync.queries import (
    compare_with_preview,
    find_held_run,
    find_last_run,
    get_run,
    list_held_steps,
    list_runs,
    list_steps,
)
from partsemble.sync.services import applying, pruning
from partsemble.sync.services.pruning import ALWAYS_KEPT, prune_plans
from partsemble.sync.services.running import run_item_preview, run_item_sync
from partsemble.sync.services.start import start_item_preview, start_item_sync
from partsemble.sync.types import (
    CorrectionState,
    ReadMode,
    RunState,
    RunView,
    StartMode,
    StepKind,
    Trigger,
)
from partsemble.sync.types.comparing import DifferenceKind

pytestmark = pytest.mark.django_db(transaction=True)


def preview(cast: Cast, mode: StartMode = StartMode.AUTOMATIC) -> RunView:
    run_id = start_item_preview(actor=cast.owner.actor, trigger=Trigger.PERSON, mode=mode)
    drain_jobs()
    run = get_run(actor=cast.owner.actor, run_id=run_id)
    assert run.state is RunState.FINISHED, run.failure_facts
    return run


def pick(books: Emulator, count: int) -> list[str]:
    listed = books.control("GET", "items?limit=1000")["items"]
    found = [each["id"] for each in listed if each["type"] == "Inventory" and each["active"]]
    assert len(found) >= count
    return found[:count]


def switch(books: Emulator, ids: list[str], *, active: bool) -> None:
    for item_id in ids:
        books.control("PATCH", f"items/{item_id}", {"active": active})


def list_inactive(cast: Cast) -> set[str]:
    with business_scope(cast.owner.business.id):
        rows = Item.objects.filter(is_active=False)
        return set(rows.values_list("external_id", flat=True))


def list_held(cast: Cast, run: RunView, search: str = "") -> set[str]:
    steps, _ = list_held_steps(actor=cast.owner.actor, run_id=run.id, search=search)
    assert all(each.is_held and not each.is_applied for each in steps)
    return {each.external_id for each in steps}


@pytest.mark.parametrize("mode", list(StartMode))
def test_a_mass_deactivation_is_held_back_confirmed_and_applied(
    connected: Cast, books: Emulator, mode: StartMode
) -> None:
    sync(connected)
    gone = pick(books, 14)
    other, gone = gone[0], gone[1:]
    switch(books, gone, active=False)
    books.control("PATCH", f"items/{other}", {"unit_price": 1.25})
    run = sync(connected, mode)
    assert (run.counts.held_back, run.counts.deactivated, run.counts.updated) == (13, 0, 1)
    assert run.applied_steps == run.planned_steps == 14
    assert list_held(connected, run) == set(gone)
    assert list_steps(actor=connected.owner.actor, run_id=run.id, kind=StepKind.DEACTIVATE) == (
        (),
        False,
    )
    assert list_inactive(connected) == set()
    # Nothing is forgotten meanwhile, whatever is read.
    again = sync(connected)
    assert (again.mode, again.counts.held_back) == (ReadMode.INCREMENTAL, 13)
    assert again.counts.total == run.counts.total or mode is StartMode.FULL
    held = find_held_run(actor=connected.owner.actor)
    assert held is not None
    assert held.id == again.id
    confirmed = sync(connected, mode, confirms=again.id)
    assert (confirmed.counts.held_back, confirmed.counts.deactivated) == (0, 13)
    assert list_inactive(connected) == set(gone)
    assert find_held_run(actor=connected.owner.actor) is None
    assert sync(connected, mode).planned_steps == 0


def test_only_what_was_shown_is_let_through(connected: Cast, books: Emulator) -> None:
    sync(connected)
    ids = pick(books, 24)
    shown, later = ids[:12], ids[12:]
    switch(books, shown, active=False)
    run = sync(connected)
    assert run.counts.held_back == 12
    back = shown[0]
    switch(books, [back], active=True)
    switch(books, later, active=False)
    confirmed = sync(connected, confirms=run.id)
    assert (confirmed.counts.deactivated, confirmed.counts.held_back) == (11, 12)
    assert list_inactive(connected) == set(shown) - {back}
    assert list_held(connected, confirmed) == set(later)


def test_a_few_are_let_through_at_once(connected: Cast, books: Emulator) -> None:
    sync(connected)
    gone = pick(books, 10)
    switch(books, gone, active=False)
    run = sync(connected)
    assert (run.counts.held_back, run.counts.deactivated) == (0, 10)
    with pytest.raises(NothingHeldBack):
        sync(connected, confirms=run.id)


def test_held_back_and_back_in_use_is_nothing(connected: Cast, books: Emulator) -> None:
    sync(connected)
    gone = pick(books, 12)
    switch(books, gone, active=False)
    sync(connected)
    switch(books, gone, active=True)
    run = sync(connected)
    assert (run.counts.held_back, run.counts.deactivated) == (0, 0)
    assert list_inactive(connected) == set()


def test_a_preview_changes_nothing_and_is_applied_with_what_differs(
    connected: Cast, books: Emulator
) -> None:
    business_id = connected.owner.business.id
    sync(connected)
    dearer, renamed, dropped, late = pick(books, 4)
    books.control("PATCH", f"items/{dearer}", {"unit_price": 9.75})
    books.control("PATCH", f"items/{renamed}", {"name": "Called so first"})
    books.control("PATCH", f"items/{dropped}", {"description": "For a while"})
    run = preview(connected)
    assert run.is_preview
    assert (run.counts.updated, run.planned_steps, run.applied_steps) == (3, 3, 0)
    assert find_sync_lock(business_id=business_id) is None
    with business_scope(business_id):
        assert not Item.objects.filter(unit_price="9.75").exists()
    steps, _ = list_steps(actor=connected.owner.actor, run_id=run.id)
    assert {each.external_id for each in steps} == {dearer, renamed, dropped}
    assert not any(each.is_applied for each in steps)
    books.control("PATCH", f"items/{renamed}", {"name": "Called so later"})
    books.control("PATCH", f"items/{late}", {"name": "Came late"})
    with business_scope(business_id):
        undone = Item.objects.get(external_id=dropped).description
    books.control("PATCH", f"items/{dropped}", {"description": undone})
    applied = sync(connected, applies=run.id)
    found = compare_with_preview(actor=connected.owner.actor, run_id=applied.id)
    assert found is not None
    assert (found.preview, found.items.same) == (run.id, 1)
    kinds = {each.about: each.kind for each in found.items.differences}
    assert kinds[renamed] is DifferenceKind.OTHER
    assert kinds[late] is DifferenceKind.ADDED
    # Its revision went on, so it is a change all the same.
    assert kinds[dropped] is DifferenceKind.OTHER
    assert compare_with_preview(actor=connected.owner.actor, run_id=run.id) is None
    assert [each.id for each in list_runs(actor=connected.owner.actor, is_preview=True)] == [run.id]
    last = find_last_run(actor=connected.owner.actor)
    assert last is not None
    assert last.id == applied.id


def test_a_preview_is_made_beside_a_sync_and_moves_no_watermark(
    connected: Cast, books: Emulator
) -> None:
    open_run = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    run_id = start_item_preview(actor=connected.owner.actor, trigger=Trigger.PERSON)
    again = start_item_preview(actor=connected.owner.actor, trigger=Trigger.PERSON)
    assert again == run_id
    confirmed: list[None] = []
    run_item_preview(
        business_id=connected.owner.business.id,
        run_id=run_id,
        confirm=lambda: confirmed.append(None),
    )
    run = get_run(actor=connected.owner.actor, run_id=run_id)
    assert run.state is RunState.FINISHED
    assert run.counts.created == run.planned_steps > 0
    assert confirmed
    with business_scope(connected.owner.business.id):
        assert not Item.objects.exists()
    run_item_sync(business_id=connected.owner.business.id, run_id=open_run)
    first = get_run(actor=connected.owner.actor, run_id=open_run)
    assert first.counts.created == run.counts.created
    assert sync(connected, applies=run_id).mode is ReadMode.INCREMENTAL


def test_a_preview_shows_what_would_be_held_back(connected: Cast, books: Emulator) -> None:
    sync(connected)
    gone = pick(books, 12)
    switch(books, gone, active=False)
    run = preview(connected)
    assert (run.counts.held_back, run.counts.deactivated) == (12, 0)
    assert list_held(connected, run) == set(gone)
    confirmed = sync(connected, applies=run.id, confirms=run.id)
    assert confirmed.counts.deactivated == 12


def test_only_what_fits_can_be_named(connected: Cast) -> None:
    run = sync(connected)
    owner, stranger = connected.owner.actor, RunId(run.id)
    with pytest.raises(NoSuchPreview):
        start_item_sync(actor=owner, trigger=Trigger.PERSON, applies=run.id)
    with pytest.raises(NothingHeldBack):
        start_item_sync(actor=owner, trigger=Trigger.PERSON, confirms=run.id)
    with business_scope(connected.owner.business.id):
        connection_id = ItemSync.objects.get(id=stranger).connection_id
        unknown = RunId(connection_id)
    with pytest.raises(RunNotFound):
        start_item_sync(actor=owner, trigger=Trigger.PERSON, confirms=unknown)
    with pytest.raises(PermissionMissing):
        start_item_preview(actor=connected.builder.actor, trigger=Trigger.PERSON)


class Killed(BaseException):
    """What a worker never gets to handle."""


def run_and_die(cast: Cast, monkeypatch: pytest.MonkeyPatch, **named: Any) -> RunView:
    """A run whose first worker dies between two pages of the plan."""
    run_id = start_item_sync(
        actor=cast.owner.actor, trigger=Trigger.PERSON, mode=StartMode.FULL, **named
    )
    business_id = cast.owner.business.id
    calls: list[int] = []
    move_on = applying._move_on

    def die_in_time(*args: Any) -> None:
        if len(calls) == 1:
            raise Killed
        calls.append(1)
        move_on(*args)

    with monkeypatch.context() as patch:
        patch.setattr(applying, "_move_on", die_in_time)
        with pytest.raises(Killed):
            run_item_sync(business_id=business_id, run_id=run_id)
    half = get_run(actor=cast.owner.actor, run_id=run_id)
    assert half.state is RunState.APPLYING
    assert 0 < half.applied_steps < half.planned_steps
    run_item_sync(business_id=business_id, run_id=run_id)
    run = get_run(actor=cast.owner.actor, run_id=run_id)
    assert (run.state, run.applied_steps) == (RunState.FINISHED, run.planned_steps)
    return run


def test_runs_that_hold_back_and_confirm_survive_their_workers(
    connected: Cast, books: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(connected)
    lost = pick(books, 12)
    with business_scope(connected.owner.business.id):
        for each in lost:
            Item.objects.filter(external_id=each).update(external_id=f"9000{each}")
    gone = {f"9000{each}" for each in lost}
    run = run_and_die(connected, monkeypatch)
    assert (run.counts.created, run.counts.held_back, run.counts.deactivated) == (12, 12, 0)
    assert list_held(connected, run) == gone
    books.control("PATCH", f"items/{lost[0]}", {"unit_price": 3.5})
    confirmed = run_and_die(connected, monkeypatch, confirms=run.id)
    assert (confirmed.counts.updated, confirmed.counts.deactivated) == (1, 12)
    assert confirmed.counts.held_back == 0
    assert list_inactive(connected) == gone
    assert sync(connected, StartMode.FULL).planned_steps == 0


def test_plans_of_old_runs_are_tidied_away_and_their_records_kept(connected: Cast) -> None:
    business_id = connected.owner.business.id
    run = sync(connected)
    with business_scope(business_id):
        row = ItemSync.objects.get(id=run.id)
        ItemSync.objects.filter(id=run.id).update(queued_at=row.queued_at - timedelta(days=100))
        assert PlanPage.objects.exists()
    assert prune_plans(business_id=business_id, keep_days=90) == 0
    for _ in range(2):
        with business_scope(business_id):
            ItemSync.objects.bulk_create(
                ItemSync(
                    business_id=business_id,
                    connection_id=row.connection_id,
                    trigger=Trigger.PERSON,
                    state=RunState.FINISHED,
                    types=[],
                )
                for _ in range(ALWAYS_KEPT // 2)
            )
    assert prune_plans(business_id=business_id, keep_days=120) == 0
    assert prune_plans(business_id=business_id, keep_days=90) == 1
    assert prune_plans(business_id=business_id, keep_days=90) == 0
    kept = get_run(actor=connected.owner.actor, run_id=run.id)
    assert not kept.is_plan_kept
    assert kept.counts == run.counts
    assert list_steps(actor=connected.owner.actor, run_id=run.id) == ((), False)


def test_lines_about_quantities_go_with_the_plan_some_at_a_time(
    connected: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(pruning, "ALWAYS_KEPT", 1)
    business_id = connected.owner.business.id
    old, new = sync(connected), sync(connected)
    products = [make_product(connected.owner.actor, f"BOLT-{number}") for number in range(3)]
    zeros = dict.fromkeys(_FIGURES, Decimal(0))
    with business_scope(business_id):
        row = ItemSync.objects.get(id=old.id)
        ItemSync.objects.filter(id=old.id).update(queued_at=row.queued_at - timedelta(days=100))
        for run in (old, new):
            QuantityCorrection.objects.bulk_create(
                QuantityCorrection(
                    business_id=business_id,
                    run_id=run.id,
                    product_id=each.id,
                    item_id=each.id,
                    state=CorrectionState.APPLIED.value,
                    **zeros,
                )
                for each in products
            )
    left = []
    while prune_plans(business_id=business_id, keep_days=90):
        with business_scope(business_id):
            kept = ItemSync.objects.get(id=old.id).is_plan_kept
            left.append((QuantityCorrection.objects.filter(run_id=old.id).count(), kept))
    assert left == [(1, True), (0, True), (0, False)]
    with business_scope(business_id):
        assert QuantityCorrection.objects.filter(run_id=new.id).count() == 3


_FIGURES = (
    *("quantity", "remote", "expected", "on_hand_before", "on_hand_after", "shortage_after"),
    *("value_before", "value_after"),
)
