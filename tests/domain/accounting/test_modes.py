"""Where quantities are kept (CONN-8)."""

import pytest
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast
from tests.support.emulator import Emulator

from partsemble.accounting.errors import NotConnected, QuantitiesNotTaken
from partsemble.accounting.models.connections import Connection
from partsemble.accounting.queries.connections import get_connection
from partsemble.accounting.services.modes import draw_start_line, set_inventory_mode
from partsemble.accounting.types import InventoryMode
from partsemble.database.scope import business_scope
from partsemble.identity.queries import list_activity
from partsemble.kernel.errors import PermissionMissing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connected(cast: Cast, settings: Settings, emulator: Emulator) -> Cast:
    point_at(settings, emulator)
    connect(cast.owner)
    return cast


def test_books_that_take_adjustments_are_kept_in_step_unless_somebody_chooses_otherwise(
    connected: Cast,
) -> None:
    actor = connected.owner.actor
    before = get_connection(actor=actor)
    assert (before.takes_adjustments, before.mode) == (True, InventoryMode.SYNC)
    assert before.start_number == 0
    assert not set_inventory_mode(actor=actor, mode=InventoryMode.SYNC)
    assert set_inventory_mode(actor=connected.accountant.actor, mode=InventoryMode.PARTSEMBLE_ONLY)
    assert get_connection(actor=actor).mode is InventoryMode.PARTSEMBLE_ONLY
    assert set_inventory_mode(actor=actor, mode=InventoryMode.SYNC)
    assert get_connection(actor=actor).mode is InventoryMode.SYNC
    chosen = [each.subject_label for each in list_activity(actor=actor) if each.verb == "chose"]
    assert chosen == ["sync", "partsemble_only"]


def test_other_books_are_never_kept_in_step(connected: Cast) -> None:
    actor = connected.owner.actor
    with business_scope(actor.business_id):
        Connection.objects.update(takes_adjustments=False, offering="QuickBooks Online Essentials")
    assert get_connection(actor=actor).mode is InventoryMode.PARTSEMBLE_ONLY
    with pytest.raises(QuantitiesNotTaken) as refused:
        set_inventory_mode(actor=actor, mode=InventoryMode.SYNC)
    assert refused.value.facts["offering"] == "QuickBooks Online Essentials"


def test_it_takes_the_permission_and_books(connected: Cast) -> None:
    with pytest.raises(PermissionMissing):
        set_inventory_mode(actor=connected.builder.actor, mode=InventoryMode.PARTSEMBLE_ONLY)
    with pytest.raises(NotConnected):
        set_inventory_mode(actor=connected.stranger.actor, mode=InventoryMode.PARTSEMBLE_ONLY)


def test_a_start_line_is_kept(connected: Cast) -> None:
    view = get_connection(actor=connected.owner.actor)
    draw_start_line(business_id=view.business_id, connection_id=view.id, number=41)
    assert get_connection(actor=connected.owner.actor).start_number == 41
