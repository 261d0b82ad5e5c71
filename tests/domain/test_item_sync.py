"""Runs against real books: what they do to the mirror, and what they say about it (SYNC-1…11)."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from tests.support.cast import Cast
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.documents import ItemType
from partsemble.accounting.errors import NotConnected
from partsemble.accounting.models import Item
from partsemble.accounting.provider import Reconnect
from partsemble.accounting.services.connections import disconnect
from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity
from partsemble.jobs.services import enqueue_job
from partsemble.kernel.errors import PermissionMissing
from partsemble.kernel.ids import RunId
from partsemble.locks.errors import SyncLockHeld
from partsemble.locks.queries import find_sync_lock
from partsemble.sync.errors import NoTypesChosen, RunNotFound
from partsemble.sync.models import ItemSync, PlanPage
from partsemble.sync.queries import (
    STEP_PAGE,
    find_open_run,
    get_item_types,
    get_run,
    list_problems,
    list_runs,
    list_steps,
)
from partsemble.sync.services import planning
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import choose_item_types, start_item_sync
from partsemble.sync.types import (
    DEFAULT_TYPES,
    RunState,
    RunView,
    StartMode,
    StepKind,
    StepView,
    Trigger,
)

pytestmark = pytest.mark.django_db(transaction=True)

WANTED = {"Inventory", "Service", "Group"}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    from tests.support.cast import make_cast  # noqa: PLC0415 the fixture of the same name hides it

    return make_cast()


def sync(cast: Cast, mode: StartMode = StartMode.AUTOMATIC) -> RunView:
    run_id = start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON, mode=mode)
    run_item_sync(business_id=cast.owner.business.id, run_id=run_id)
    return get_run(actor=cast.owner.actor, run_id=run_id)


def list_books(books: Emulator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = books.control("GET", "items")["items"]
    return found


def pick(books: Emulator, item_type: str) -> dict[str, Any]:
    return next(each for each in list_books(books) if each["type"] == item_type and each["active"])


def get_mirrored(cast: Cast, external_id: str) -> Item:
    with business_scope(cast.owner.business.id):
        return Item.objects.get(external_id=external_id)


def test_a_first_sync_mirrors_every_wanted_active_item(connected: Cast, books: Emulator) -> None:
    run = sync(connected)
    wanted = {each["id"] for each in list_books(books) if each["type"] in WANTED and each["active"]}
    with business_scope(connected.owner.business.id):
        mirrored = set(Item.objects.values_list("external_id", flat=True))
    assert mirrored == {str(each) for each in wanted}
    assert run.state is RunState.FINISHED
    assert run.counts.created == len(wanted)
    assert run.counts.skipped_type == run.skipped_by_type["non_inventory"] > 0
    assert run.counts.total == sum(each["type"] != "Category" for each in list_books(books))


def test_a_second_sync_changes_nothing(connected: Cast) -> None:
    first = sync(connected)
    second = sync(connected)
    assert second.counts.created == second.counts.updated == second.planned_steps == 0
    assert second.counts.total == second.counts.skipped_unchanged == first.counts.created


def test_what_a_bookkeeper_changes_arrives_with_the_next_sync(
    connected: Cast, books: Emulator
) -> None:
    sync(connected)
    lamp = pick(books, "Inventory")
    books.control("PATCH", f"items/{lamp['id']}", {"name": "Heron, new", "unit_price": 149.5})
    run = sync(connected)
    (step,), _ = list_steps(actor=connected.owner.actor, run_id=run.id)
    assert run.counts.updated == 1
    assert step.kind is StepKind.UPDATE
    assert step.changes["name"] == (lamp["name"], "Heron, new")
    assert step.changes["unit_price"][1] == "149.5"
    assert get_mirrored(connected, str(lamp["id"])).name == "Heron, new"


def test_a_deactivated_item_keeps_its_name_and_comes_back(connected: Cast, books: Emulator) -> None:
    sync(connected)
    lamp = pick(books, "Inventory")
    address = f"items/{lamp['id']}"
    books.control("PATCH", address, {"active": False})
    assert sync(connected).counts.deactivated == 1
    gone = get_mirrored(connected, str(lamp["id"]))
    assert (gone.is_active, gone.name) == (False, lamp["name"])
    books.control("PATCH", address, {"active": True})
    assert sync(connected).counts.reactivated == 1
    assert get_mirrored(connected, str(lamp["id"])).is_active


def test_a_type_that_leaves_the_filter_deactivates_nothing(
    connected: Cast, books: Emulator
) -> None:
    before = sync(connected).counts.created
    choose_item_types(actor=connected.owner.actor, types=[ItemType.SERVICE])
    run = sync(connected)
    assert run.counts.deactivated == 0
    assert run.skipped_by_type["inventory"] > 0
    with business_scope(connected.owner.business.id):
        assert Item.objects.filter(is_active=True).count() == before


def test_the_wanted_types_are_the_business_s_own(connected: Cast) -> None:
    choose_item_types(actor=connected.owner.actor, types=[ItemType.NON_INVENTORY])
    assert get_item_types(business_id=connected.owner.business.id) == {ItemType.NON_INVENTORY}
    assert get_item_types(business_id=connected.stranger.business.id) == DEFAULT_TYPES
    with pytest.raises(NoTypesChosen):
        choose_item_types(actor=connected.owner.actor, types=[ItemType.OTHER])


def test_books_that_break_in_the_middle_end_the_run_and_the_next_one_completes_it(
    connected: Cast, books: Emulator
) -> None:
    books.control("POST", "faults", {"kind": "truncate", "count": 50, "path": "/query"})
    run = sync(connected)
    assert run.state is RunState.FAILED
    assert run.failure_code.startswith("provider_")
    assert find_sync_lock(business_id=connected.owner.business.id) is None
    books.control("DELETE", "faults")
    assert sync(connected).state is RunState.FINISHED


def test_a_withdrawn_permission_expires_the_connection(connected: Cast, books: Emulator) -> None:
    books.control("POST", "revoke", {})
    run = sync(connected)
    assert (run.state, run.failure_code) == (RunState.FAILED, "provider_reconnect")
    with pytest.raises(Reconnect):
        start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)


def test_a_run_that_nobody_will_carry_on_gives_way(connected: Cast) -> None:
    run_id = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    from partsemble.jobs.models import Job  # noqa: PLC0415 what only a dead worker leaves behind

    with business_scope(connected.owner.business.id):
        Job.objects.all().delete()
    following = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    assert following != run_id
    assert get_run(actor=connected.owner.actor, run_id=run_id).state is RunState.FAILED


def test_a_run_that_waits_for_a_worker_is_not_overtaken_when_its_lease_ends(
    connected: Cast, settings: Settings
) -> None:
    settings.PARTSEMBLE_SYNC_LOCK_SECONDS = 0
    run_id = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    with pytest.raises(SyncLockHeld) as held:
        start_item_sync(actor=connected.accountant.actor, trigger=Trigger.PERSON)
    assert held.value.facts["holder_id"] == run_id
    assert held.value.facts["label"] == "Olivia Owner"
    settings.PARTSEMBLE_SYNC_LOCK_SECONDS = 300
    run_item_sync(business_id=connected.owner.business.id, run_id=run_id)
    assert get_run(actor=connected.owner.actor, run_id=run_id).state is RunState.FINISHED


def test_a_run_whose_books_are_gone_when_its_turn_comes_says_so(connected: Cast) -> None:
    run_id = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    disconnect(actor=connected.owner.actor)
    run_item_sync(business_id=connected.owner.business.id, run_id=run_id)
    run = get_run(actor=connected.owner.actor, run_id=run_id)
    assert (run.state, run.failure_code) == (RunState.FAILED, "not_connected")


def test_a_run_never_reads_other_books_than_it_was_started_for(
    connected: Cast, tmp_path: Path
) -> None:
    run_id = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    disconnect(actor=connected.owner.actor)
    with running_emulator("--company", "Other Books", folder=tmp_path) as others:
        connect_with_ready_file(
            actor=connected.owner.actor, content=json.dumps(others.ready).encode()
        )
        run_item_sync(business_id=connected.owner.business.id, run_id=run_id)
    run = get_run(actor=connected.owner.actor, run_id=run_id)
    assert (run.state, run.failure_code) == (RunState.FAILED, "connection_replaced")
    with business_scope(connected.owner.business.id):
        assert not Item.objects.exists()


def test_a_finished_run_is_not_run_again(connected: Cast) -> None:
    run = sync(connected)
    run_item_sync(business_id=connected.owner.business.id, run_id=run.id)
    assert get_run(actor=connected.owner.actor, run_id=run.id) == run
    assert find_open_run(business_id=connected.owner.business.id) is None


def test_starting_is_recorded(connected: Cast) -> None:
    sync(connected)
    verbs = [(line.actor_label, line.verb) for line in list_activity(actor=connected.owner.actor)]
    assert ("Olivia Owner", "started") in verbs


def test_without_books_there_is_nothing_to_read(cast: Cast) -> None:
    with pytest.raises(NotConnected):
        start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON)


def test_a_builder_may_not_sync_and_an_accountant_may(connected: Cast) -> None:
    with pytest.raises(PermissionMissing):
        start_item_sync(actor=connected.builder.actor, trigger=Trigger.PERSON)
    with pytest.raises(PermissionMissing):
        list_runs(actor=connected.builder.actor)
    with pytest.raises(PermissionMissing):
        choose_item_types(actor=connected.builder.actor, types=[ItemType.SERVICE])
    assert start_item_sync(actor=connected.accountant.actor, trigger=Trigger.PERSON)


def test_another_business_sees_nothing_of_a_run(connected: Cast) -> None:
    run = sync(connected)
    with pytest.raises(RunNotFound):
        get_run(actor=connected.stranger.actor, run_id=run.id)
    with pytest.raises(RunNotFound):
        list_steps(actor=connected.stranger.actor, run_id=run.id)
    assert list_runs(actor=connected.stranger.actor) == ()
    assert list_problems(actor=connected.stranger.actor, run_id=run.id) == ()


def test_a_run_of_another_business_can_not_be_worked_off(connected: Cast) -> None:
    run_id = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    with pytest.raises(RunNotFound):
        run_item_sync(business_id=connected.stranger.business.id, run_id=RunId(run_id))
    with business_scope(connected.owner.business.id):
        assert ItemSync.objects.get().state == RunState.QUEUED


def test_enqueueing_the_job_again_gives_the_same_job(connected: Cast) -> None:
    run_id = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    again = [
        enqueue_job(
            name="sync.items",
            business_id=connected.owner.business.id,
            actor_label="again",
            payload={"run": str(run_id)},
            dedupe_key=f"sync.items:{run_id}",
        )
        for _ in range(2)
    ]
    assert again[0] == again[1]


def list_all(cast: Cast, run: RunView, **wanted: Any) -> list[StepView]:
    found: list[StepView] = []
    page = 1
    while True:
        rows, has_more = list_steps(actor=cast.owner.actor, run_id=run.id, page=page, **wanted)
        found += rows
        if not has_more:
            return found
        assert len(rows) == STEP_PAGE
        page += 1


def test_a_plan_is_listed_by_kind_and_searched_by_name_page_by_page(
    cast: Cast, tmp_path: Path
) -> None:
    with running_emulator("--items", "2300", folder=tmp_path) as books:
        connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(books.ready).encode())
        run = sync(cast)
    steps = list_all(cast, run)
    assert [each.sequence for each in steps] == list(range(1, run.planned_steps + 1))
    assert list_all(cast, run, kind=StepKind.CREATE) == steps
    assert list_all(cast, run, kind=StepKind.UPDATE) == []
    with business_scope(cast.owner.business.id):
        assert PlanPage.objects.count() == 3
    for words in ("a", "LAMP", "steel bolt", steps[-1].external_id, "no such thing"):
        wanted = [
            each.sequence
            for each in steps
            if all(
                word in f"{each.name} {each.sku} {each.external_id}".casefold()
                for word in words.casefold().split()
            )
        ]
        assert [each.sequence for each in list_all(cast, run, search=words)] == wanted
    assert len(list_all(cast, run, search="a")) > STEP_PAGE


def test_few_changes_on_many_pages_are_written_down_together(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "QUIET_SECONDS", 3600)
    with running_emulator("--items", "4300", folder=tmp_path) as books:
        connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(books.ready).encode())
        sync(cast)
        with business_scope(cast.owner.business.id):
            chosen = list(Item.objects.order_by("id").values_list("external_id", flat=True)[::400])
        for external_id in chosen:
            books.control("PATCH", f"items/{external_id}", {"description": "other words"})
        run = sync(cast, StartMode.FULL)
    assert run.counts.updated == run.applied_steps == len(chosen) > 8
    assert {each.external_id for each in list_all(cast, run)} == set(chosen)
    with business_scope(cast.owner.business.id):
        # The first page of a reading says at once that it began; the rest is gathered.
        assert PlanPage.objects.filter(run_id=run.id).count() == 2
        assert Item.objects.filter(description="other words").count() == len(chosen)
