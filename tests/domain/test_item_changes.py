"""Which syncs changed an item, and what each of them did (ITEM-1)."""

import pytest
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.linking import sync

from partsemble.accounting.queries.items import ItemFilter, list_items
from partsemble.accounting.queries.one_item import get_item_id
from partsemble.kernel.errors import NotFound, PermissionMissing
from partsemble.sync.queries import item_changes
from partsemble.sync.queries.item_changes import ItemChange, list_item_changes
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_preview
from partsemble.sync.types import StartMode, StepKind, Trigger

pytestmark = pytest.mark.django_db(transaction=True)


def look(cast: Cast, external_id: str, limit: int = 5) -> tuple[ItemChange, ...]:
    item_id = get_item_id(actor=cast.owner.actor, external_id=external_id)
    return list_item_changes(actor=cast.owner.actor, item_id=item_id, limit=limit)


def test_each_sync_that_changed_an_item_is_named(
    connected: Cast, books: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sync(connected).id
    listed = books.control("GET", "items?limit=1000")["items"]
    lamp, other = [each["id"] for each in listed if each["type"] == "Inventory"][:2]
    books.control("PATCH", f"items/{lamp}", {"name": "Heron"})
    second = sync(connected).id
    books.control("PATCH", f"items/{other}", {"name": f"Not {lamp}"})
    sync(connected)
    books.control("PATCH", f"items/{lamp}", {"name": "Crane"})
    preview = start_item_preview(
        actor=connected.owner.actor, trigger=Trigger.PERSON, mode=StartMode.AUTOMATIC
    )
    run_item_sync(business_id=connected.owner.business.id, run_id=preview)
    found = look(connected, lamp)
    assert [(each.run.id, each.step.kind) for each in found] == [
        (second, StepKind.UPDATE),
        (first, StepKind.CREATE),
    ]
    assert found[0].step.changes["name"][1] == "Heron"
    assert [each.run.id for each in look(connected, lamp, limit=1)] == [second]
    monkeypatch.setattr(item_changes, "STRETCH", 1)
    assert look(connected, lamp) == ()


def test_it_is_for_whoever_may_look_at_syncs_of_this_business(connected: Cast) -> None:
    sync(connected)
    (row, *_) = list_items(actor=connected.owner.actor, wanted=ItemFilter()).rows
    item_id = row.id
    with pytest.raises(PermissionMissing):
        list_item_changes(actor=connected.builder.actor, item_id=item_id, limit=5)
    with pytest.raises(NotFound):
        list_item_changes(actor=connected.stranger.actor, item_id=item_id, limit=5)
