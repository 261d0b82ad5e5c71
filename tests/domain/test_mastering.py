"""Who is the master of quantities, and what a change of it means (BIZ-4, CONN-8)."""

from decimal import Decimal

import pytest
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.products import make_product
from tests.support.stock import adjust

from partsemble.accounting.errors import NotConnected
from partsemble.accounting.queries.connections import get_connection
from partsemble.accounting.types import InventoryMode
from partsemble.database.ids import new_id
from partsemble.identity.queries import has_feature
from partsemble.identity.types import Feature
from partsemble.kernel.errors import PermissionMissing
from partsemble.locks.errors import SyncLockHeld
from partsemble.locks.queries import find_sync_lock
from partsemble.locks.services import take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder
from partsemble.sync.queries.corrections import follows_books
from partsemble.sync.services.mastering import switch_inventory_mode, switch_receiving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def connected(cast: Cast, settings: Settings, emulator: Emulator) -> Cast:
    point_at(settings, emulator)
    connect(cast.owner)
    return cast


def read_line(cast: Cast) -> int:
    return get_connection(actor=cast.owner.actor).start_number


def work(cast: Cast) -> None:
    product = make_product(cast.owner.actor, f"SKU-{new_id()}")
    adjust(cast.owner.actor, product.id, "3", at="2")


def leads(cast: Cast) -> bool:
    return follows_books(business_id=cast.owner.business.id)


def test_the_line_is_drawn_when_the_books_become_the_master(connected: Cast) -> None:
    actor = connected.owner.actor
    work(connected)
    assert leads(connected)
    assert switch_receiving(actor=actor, is_on=True)
    assert not leads(connected)
    assert read_line(connected) == 0, "nothing is settled by going"
    work(connected)
    assert switch_inventory_mode(actor=actor, mode=InventoryMode.PARTSEMBLE_ONLY)
    assert switch_receiving(actor=actor, is_on=False)
    assert read_line(connected) == 0, "the books are not the master yet"
    assert switch_inventory_mode(actor=actor, mode=InventoryMode.SYNC)
    assert leads(connected)
    assert read_line(connected) == 2
    work(connected)
    assert not switch_inventory_mode(actor=actor, mode=InventoryMode.SYNC)
    assert not switch_receiving(actor=actor, is_on=False)
    assert read_line(connected) == 2, "who is the master stays so"
    assert find_sync_lock(business_id=actor.business_id) is None


def test_without_books_there_is_no_line(cast: Cast) -> None:
    actor = cast.stranger.actor
    assert switch_receiving(actor=actor, is_on=True)
    assert switch_receiving(actor=actor, is_on=False)
    assert not follows_books(business_id=actor.business_id)
    with pytest.raises(NotConnected):
        switch_inventory_mode(actor=actor, mode=InventoryMode.SYNC)


def test_nothing_is_switched_while_a_sync_is_under_way(connected: Cast) -> None:
    actor = connected.owner.actor
    holder = LockHolder(kind=HolderKind.ITEM_SYNC, holder_id=new_id(), label="Olivia")
    take_sync_lock(business_id=actor.business_id, holder=holder, lease_seconds=60)
    with pytest.raises(SyncLockHeld):
        switch_receiving(actor=actor, is_on=True)
    with pytest.raises(SyncLockHeld):
        switch_inventory_mode(actor=actor, mode=InventoryMode.PARTSEMBLE_ONLY)
    assert not has_feature(business_id=actor.business_id, feature=Feature.RECEIVING)


def test_each_switch_takes_its_permission(connected: Cast) -> None:
    with pytest.raises(PermissionMissing):
        switch_receiving(actor=connected.accountant.actor, is_on=True)
    with pytest.raises(PermissionMissing):
        switch_inventory_mode(actor=connected.builder.actor, mode=InventoryMode.PARTSEMBLE_ONLY)
    assert switch_inventory_mode(
        actor=connected.accountant.actor, mode=InventoryMode.PARTSEMBLE_ONLY
    )
    assert Decimal(read_line(connected)) == 0
