"""What a run reads, and what it concludes from what it did not see (SYNC-5, SYNC-6, SYNC-10)."""

import json
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from msgspec.structs import replace
from tests.support.cast import Cast, make_cast
from tests.support.emulator import Emulator, running_emulator
from tests.support.linking import sync

from partsemble.accounting.documents import ItemType
from partsemble.accounting.models import Item
from partsemble.accounting.queries.items import get_mirrored_items
from partsemble.accounting.services.connections import disconnect
from partsemble.accounting.services.items import ItemCreation, create_items
from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.kernel.ids import ConnectionId, RunId
from partsemble.locks.queries import find_sync_lock
from partsemble.sync.errors import RunNameTaken
from partsemble.sync.models import ItemSync
from partsemble.sync.queries import get_run, list_steps
from partsemble.sync.rules.modes import OVERLAP
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import choose_item_types, start_item_preview, start_item_sync
from partsemble.sync.types import (
    FullReason,
    ReadMode,
    RunState,
    RunView,
    StartMode,
    StepKind,
    StepReason,
    StepView,
    Trigger,
)

pytestmark = pytest.mark.django_db(transaction=True)

WANTED = {"Inventory", "Service", "Group"}
GONE = "987654"
"""An id that the books do not have."""


def sync_after_a_while(cast: Cast, books: Emulator) -> RunView:
    """A run after all that was there before is older than the overlap."""
    books.control("POST", "clock", {"advance_seconds": (OVERLAP * 2).total_seconds()})
    return sync(cast)


def pick(books: Emulator, item_type: str, count: int = 1) -> list[dict[str, Any]]:
    listed = books.control("GET", "items?limit=1000")["items"]
    return [each for each in listed if each["type"] == item_type and each["active"]][-count:]


def change(books: Emulator, item: dict[str, Any], **fields: object) -> None:
    books.control("PATCH", f"items/{item['id']}", fields)


def show_mirror(cast: Cast) -> dict[str, tuple[str, str, bool]]:
    with business_scope(cast.owner.business.id):
        rows = Item.objects.values_list("external_id", "full_name", "type", "is_active")
        return {key: (name, kind, active) for key, name, kind, active in rows}


def show_books(books: Emulator, mirror: dict[str, Any]) -> dict[str, tuple[str, str, bool]]:
    words = {"Inventory": "inventory", "Service": "service", "Group": "group"}
    listed = books.control("GET", "items?limit=1000")["items"]
    return {
        each["id"]: (
            each["full_name"].removesuffix("" if each["active"] else " (deleted)"),
            words[each["type"]],
            each["active"],
        )
        for each in listed
        if each["type"] in words and (each["active"] or each["id"] in mirror)
    }


def get_steps(cast: Cast, run: RunView) -> tuple[StepView, ...]:
    return list_steps(actor=cast.owner.actor, run_id=run.id)[0]


def lose_from_books(cast: Cast, *external_ids: str, **fields: Any) -> None:
    """The mirror knows items that the books no longer have."""
    with business_scope(cast.owner.business.id):
        row = Item.objects.filter(type="inventory", is_active=True).first()
        assert row is not None
        connection_id = ConnectionId(row.connection_id)
        (model,) = get_mirrored_items(
            connection_id=connection_id, external_ids=[row.external_id]
        ).values()
        create_items(
            business_id=cast.owner.business.id,
            connection_id=connection_id,
            creations=[
                ItemCreation(
                    id=new_id(),
                    item=replace(
                        model,
                        external_id=each,
                        name=f"Lost {each}",
                        full_name=f"Lost {each}",
                        **fields,
                    ),
                )
                for each in external_ids
            ],
        )


def test_after_the_first_run_only_what_changed_is_read(connected: Cast, books: Emulator) -> None:
    first = sync_after_a_while(connected, books)
    assert (first.mode, first.full_reason) == (ReadMode.FULL, FullReason.FIRST)
    (lamp,) = pick(books, "Inventory")
    again = sync_after_a_while(connected, books)
    assert (again.mode, again.read_rows) == (ReadMode.INCREMENTAL, 0)
    change(books, lamp, name="Heron")
    run = sync_after_a_while(connected, books)
    assert (run.read_rows, run.counts.updated, run.planned_steps) == (1, 1, 1)
    # Not the skipped of other types: they are not known, and were not read.
    assert run.counts.total == first.counts.created == again.counts.total


def test_every_change_in_the_books_arrives_with_the_next_run(
    connected: Cast, books: Emulator
) -> None:
    sync(connected)
    first, second, third, fourth, fifth = pick(books, "Inventory", 5)
    change(books, first, active=False)
    sync_after_a_while(connected, books)
    change(books, first, active=True)
    change(books, second, name="Renamed", unit_price=12.5)
    books.control("POST", f"items/{third['id']}/merge", {"into": fourth["id"]})
    change(books, fifth, quantity_on_hand=7)
    books.control("POST", "items", {"type": "Service", "name": f"Rewiring {uuid4()}"})
    run = sync(connected)
    mirror = show_mirror(connected)
    assert mirror == show_books(books, mirror)
    assert run.mode is ReadMode.INCREMENTAL
    assert (run.counts.reactivated, run.counts.deactivated, run.counts.created) == (1, 1, 1)
    assert sync(connected).planned_steps == 0


def test_what_is_merged_away_and_gone_is_found_by_the_next_run(
    connected: Cast, books: Emulator
) -> None:
    sync(connected)
    sync_after_a_while(connected, books)
    lost, kept = pick(books, "Service", 2)
    books.control("POST", "switches", {"merged_items": "deleted"})
    books.control("POST", f"items/{lost['id']}/merge", {"into": kept["id"]})
    books.control("POST", "switches", {"merged_items": "inactive"})
    # A new one hides from the count that one is missing.
    books.control("POST", "items", {"type": "Service", "name": f"Polishing {uuid4()}"})
    run = sync(connected)
    steps = {each.external_id: each for each in get_steps(connected, run)}
    assert run.mode is ReadMode.INCREMENTAL
    assert (steps[lost["id"]].kind, steps[lost["id"]].reason) == (
        StepKind.DEACTIVATE,
        StepReason.ABSENT,
    )
    assert not show_mirror(connected)[lost["id"]][2]
    assert sync(connected).planned_steps == 0


def test_a_renamed_category_is_in_the_paths_of_its_items(connected: Cast, books: Emulator) -> None:
    sync(connected)
    sync_after_a_while(connected, books)
    listed = books.control("GET", "items?limit=1000")["items"]
    folder = next(
        each
        for each in listed
        if each["type"] == "Category"
        and any(other["full_name"].startswith(f"{each['full_name']}:") for other in listed)
    )
    change(books, folder, name="Elsewhere")
    run = sync(connected)
    assert (run.mode, run.full_reason) == (ReadMode.FULL, FullReason.FOLDERS_CHANGED)
    mirror = show_mirror(connected)
    assert mirror == show_books(books, mirror)
    assert any(name.startswith("Elsewhere:") for name, *_ in mirror.values())


def test_an_item_that_vanished_is_deactivated_by_a_full_run_and_says_why(
    connected: Cast, books: Emulator
) -> None:
    sync(connected)
    lose_from_books(connected, GONE)
    assert sync_after_a_while(connected, books).counts.deactivated == 0
    run = sync(connected, StartMode.FULL)
    (step,) = get_steps(connected, run)
    assert (run.full_reason, step.external_id) == (FullReason.ASKED, GONE)
    assert (step.kind, step.reason, step.is_applied) == (
        StepKind.DEACTIVATE,
        StepReason.ABSENT,
        True,
    )
    assert step.changes == {"is_active": (True, False)}
    assert show_mirror(connected)[GONE] == (f"Lost {GONE}", "inventory", False)
    following = sync(connected, StartMode.FULL)
    assert following.planned_steps == 0
    assert following.counts.total == run.counts.total


def test_an_absence_outside_the_filter_is_none(connected: Cast) -> None:
    sync(connected)
    lose_from_books(connected, GONE, type=ItemType.NON_INVENTORY)
    run = sync(connected, StartMode.FULL)
    assert run.planned_steps == 0
    assert run.skipped_by_type["non_inventory"] > 0
    assert show_mirror(connected)[GONE][2]


def test_fewer_rows_than_before_make_a_run_read_everything(
    connected: Cast, books: Emulator
) -> None:
    before = sync(connected)
    lose_from_books(connected, GONE)
    with business_scope(connected.owner.business.id):
        row = ItemSync.objects.get(id=before.id)
        ItemSync.objects.filter(id=before.id).update(book_rows=(row.book_rows or 0) + 1)
    run = sync_after_a_while(connected, books)
    assert (run.full_reason, run.counts.deactivated) == (FullReason.ROWS_VANISHED, 1)


def test_another_filter_needs_everything(connected: Cast, books: Emulator) -> None:
    sync(connected)
    choose_item_types(
        actor=connected.owner.actor, types=[ItemType.NON_INVENTORY, ItemType.INVENTORY]
    )
    run = sync_after_a_while(connected, books)
    assert (run.full_reason, run.counts.deactivated) == (FullReason.FILTER_CHANGED, 0)
    assert run.counts.created > 0
    assert sync_after_a_while(connected, books).mode is ReadMode.INCREMENTAL


def test_a_week_later_everything_is_read_again(connected: Cast) -> None:
    first = sync(connected)
    assert first.finished_at is not None
    with business_scope(connected.owner.business.id):
        ItemSync.objects.update(finished_at=first.finished_at - timedelta(days=7))
    assert sync(connected).full_reason is FullReason.WEEKLY


def test_a_full_run_that_broke_off_is_made_up_for(connected: Cast, books: Emulator) -> None:
    sync(connected)
    run_id = start_item_sync(
        actor=connected.owner.actor, trigger=Trigger.PERSON, mode=StartMode.FULL
    )
    books.control("POST", "faults", {"kind": "malformed", "count": 50, "path": "/query"})
    run_item_sync(business_id=connected.owner.business.id, run_id=run_id)
    books.control("DELETE", "faults")
    assert get_run(actor=connected.owner.actor, run_id=run_id).state is RunState.FAILED
    assert sync(connected).full_reason is FullReason.UNFINISHED
    assert sync(connected).mode is ReadMode.INCREMENTAL


def test_what_a_failed_run_saw_comes_again(connected: Cast, books: Emulator) -> None:
    sync(connected)
    sync_after_a_while(connected, books)
    (lamp,) = pick(books, "Inventory")
    change(books, lamp, name="Bittern")
    run_id = start_item_sync(actor=connected.owner.actor, trigger=Trigger.PERSON)
    books.control("POST", "faults", {"kind": "malformed", "count": 50, "path": "/query"})
    run_item_sync(business_id=connected.owner.business.id, run_id=run_id)
    books.control("DELETE", "faults")
    assert sync_after_a_while(connected, books).counts.updated == 1


def test_a_reconnect_keeps_where_we_have_read_to(connected: Cast, books: Emulator) -> None:
    sync_after_a_while(connected, books)
    connect_with_ready_file(actor=connected.owner.actor, content=json.dumps(books.ready).encode())
    assert sync(connected).mode is ReadMode.INCREMENTAL


def test_a_name_that_another_business_uses_is_refused(connected: Cast, tmp_path: Path) -> None:
    run = sync(connected)
    stranger = connected.stranger.actor
    with running_emulator("--company", "Other Books", folder=tmp_path) as others:
        connect_with_ready_file(actor=stranger, content=json.dumps(others.ready).encode())
        with pytest.raises(RunNameTaken):
            start_item_sync(actor=stranger, trigger=Trigger.API, run_id=RunId(run.id))
        with pytest.raises(RunNameTaken):
            start_item_preview(actor=stranger, trigger=Trigger.API, run_id=RunId(run.id))
    assert find_sync_lock(business_id=connected.stranger.business.id) is None


def test_books_that_are_disconnected_in_mid_reading_say_so(
    transactional_db: None, tmp_path: Path
) -> None:
    with running_emulator("--items", "9000", folder=tmp_path) as books:
        cast = make_cast()
        connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(books.ready).encode())
        run_id = start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON)
        books.control("PATCH", "switches", {"page_delay_ms": 1500})

        def work() -> None:
            run_item_sync(business_id=cast.owner.business.id, run_id=run_id)
            connections.close_all()

        worker = threading.Thread(target=work)
        worker.start()
        while get_run(actor=cast.owner.actor, run_id=run_id).state is RunState.QUEUED:
            time.sleep(0.05)
        # While every page still takes its time: the run could be through before us else.
        disconnect(actor=cast.owner.actor)
        books.control("PATCH", "switches", {"page_delay_ms": 0})
        worker.join()
    run = get_run(actor=cast.owner.actor, run_id=run_id)
    assert (run.state, run.failure_code) == (RunState.FAILED, "not_connected")
