"""What the books say unasked: each event once, for whom it concerns, and only if wanted."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator
from tests.support.jobs import act_at_once

from partsemble.accounting.errors import NotConnected
from partsemble.accounting.models import Connection, Item
from partsemble.accounting.queries.connections import find_business_of_company
from partsemble.accounting.services.connections import disconnect
from partsemble.accounting.types import ChangeNotice, NoticedChange, NoticedKind, ProviderKey
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope, company_scope
from partsemble.kernel.ids import RunId
from partsemble.sync.due_models import HeardChange
from partsemble.sync.queries import get_run
from partsemble.sync.queries.waiting import list_waiting_syncs
from partsemble.sync.services import running
from partsemble.sync.services.notices import (
    MEMORY_DAYS,
    Heard,
    forget_old_notices,
    take_in_notices,
)
from partsemble.sync.services.planning import finish_plan
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.schedule import choose_automatic_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Door, ReadMode, Rhythm, Trigger, WaitingSyncView

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _pointed(settings: Settings, emulator: Emulator) -> None:
    point_at(settings, emulator)


@pytest.fixture
def owner(cast: Cast) -> Person:
    connect(cast.owner)
    follow_changes(cast.owner, is_wanted=True)
    return cast.owner


@pytest.fixture
def company(emulator: Emulator) -> str:
    return str(emulator.ready["realm_id"])


def follow_changes(person: Person, *, is_wanted: bool) -> None:
    choose_automatic_sync(actor=person.actor, rhythm=Rhythm.OFF, hour=3, follows_changes=is_wanted)


def notice(
    company: str,
    number: int,
    *,
    kind: NoticedKind = NoticedKind.ITEM,
    change: NoticedChange = NoticedChange.UPDATED,
    gone_id: str = "",
    happened_at: datetime | None = None,
) -> ChangeNotice:
    return ChangeNotice(
        key=f"{number:064}",
        company_id=company,
        kind=kind,
        change=change,
        external_id=str(number),
        gone_id=gone_id,
        happened_at=happened_at or read_database_clock(),
    )


def hear(*notices: ChangeNotice) -> Heard:
    return take_in_notices(provider=ProviderKey.QBO, notices=notices)


def show_waiting(person: Person) -> tuple[WaitingSyncView, ...]:
    return list_waiting_syncs(business_id=person.business.id)


def test_a_change_makes_its_business_due(owner: Person, cast: Cast, company: str) -> None:
    assert hear(notice(company, 1), notice(company, 2)) == Heard(fresh=2)
    [waiting] = show_waiting(owner)
    assert (waiting.door, waiting.actor_label) == (Door.CHANGES, "QuickBooks")
    assert show_waiting(cast.stranger) == ()


def test_what_was_heard_before_starts_nothing(owner: Person, company: str) -> None:
    hear(notice(company, 1))
    with business_scope(owner.business.id):
        from partsemble.sync.due_models import WaitingSync  # noqa: PLC0415 reached into on purpose

        WaitingSync.objects.all().delete()
    assert hear(notice(company, 1), notice(company, 1)) == Heard(known=2)
    assert show_waiting(owner) == ()
    assert hear(notice(company, 1), notice(company, 2)) == Heard(fresh=1, known=1)
    assert len(show_waiting(owner)) == 1


def test_nothing_is_kept_of_a_business_that_does_not_want_it(owner: Person, company: str) -> None:
    follow_changes(owner, is_wanted=False)
    assert hear(notice(company, 1)) == Heard(ignored=1)
    assert show_waiting(owner) == ()
    with business_scope(owner.business.id):
        assert not HeardChange.objects.exists()


def test_what_concerns_nobody_is_ignored_and_counted(owner: Person, company: str) -> None:
    old = read_database_clock() - timedelta(days=MEMORY_DAYS, seconds=1)
    ignored = (
        notice("1269959970", 1),
        notice(company, 2, kind=NoticedKind.OTHER),
        notice(company, 3, happened_at=old),
    )
    assert hear(*ignored) == Heard(ignored=3)
    assert hear() == Heard()
    assert show_waiting(owner) == ()


def test_an_expired_connection_is_still_ours_a_given_up_one_is_not(
    owner: Person, company: str
) -> None:
    def find() -> object:
        return find_business_of_company(provider=ProviderKey.QBO, company_id=company)

    with business_scope(owner.business.id):
        Connection.objects.update(state="expired")
    assert find() == owner.business.id
    assert hear(notice(company, 1)) == Heard(fresh=1)
    disconnect(actor=owner.actor)
    assert find() is None


def test_knowing_a_company_opens_its_one_row(
    owner: Person, company: str, settings: Settings
) -> None:
    with company_scope(company):
        assert Connection.objects.count() == 1
    with company_scope("1269959970"):
        assert not Connection.objects.exists()
    settings.PARTSEMBLE_QBO = {**settings.PARTSEMBLE_QBO, "environment": "sandbox"}
    assert find_business_of_company(provider=ProviderKey.QBO, company_id=company) is None


def test_what_was_heard_long_ago_is_forgotten(owner: Person, company: str) -> None:
    hear(notice(company, 1), notice(company, 2))
    now = read_database_clock()
    assert forget_old_notices(now=now + timedelta(days=MEMORY_DAYS)) == 0
    assert forget_old_notices(now=now + timedelta(days=MEMORY_DAYS + 1, seconds=5)) == 2
    with business_scope(owner.business.id):
        assert not HeardChange.objects.exists()


def test_of_deliveries_at_once_each_event_counts_once(owner: Person, company: str) -> None:
    batches = iter([range(20), range(19, -1, -1), range(10, 30), range(0, 30, 3)])

    def hear_batch() -> int:
        return hear(*(notice(company, number) for number in next(batches))).fresh

    assert sum(act_at_once(4, hear_batch)) == 30
    with business_scope(owner.business.id):
        assert HeardChange.objects.count() == 30
    assert len(show_waiting(owner)) == 1


def sync_by_hand(person: Person) -> RunId:
    run_id = start_item_sync(actor=person.actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=person.business.id, run_id=run_id)
    return run_id


def test_a_sync_that_somebody_runs_has_read_what_was_heard_before(
    owner: Person, company: str
) -> None:
    sync_by_hand(owner)
    hear(notice(company, 1))
    assert show_waiting(owner)
    sync_by_hand(owner)
    assert show_waiting(owner) == ()
    assert hear(notice(company, 1)) == Heard(known=1)
    hear(notice(company, 2))
    assert len(show_waiting(owner)) == 1


def test_what_is_heard_while_a_sync_reads_goes_on_waiting(
    owner: Person, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_by_hand(owner)
    hear(notice(company, 1))

    def finish_and_hear(**named: Any) -> None:
        finish_plan(**named)
        hear(notice(company, 2))

    monkeypatch.setattr(running, "finish_plan", finish_and_hear)
    sync_by_hand(owner)
    assert len(show_waiting(owner)) == 1


def forget_in_the_books(person: Person, external_id: str) -> None:
    """The mirror is made to know an item that the books neither have nor name as deleted."""
    with business_scope(person.business.id):
        row = Item.objects.filter(type="inventory", is_active=True).order_by("id")[0]
        Item.objects.filter(id=row.id).update(external_id=external_id)


def count_deactivated(person: Person, run_id: RunId) -> int:
    run = get_run(actor=person.actor, run_id=run_id)
    assert run.mode is ReadMode.INCREMENTAL
    return run.counts.deactivated


@pytest.mark.parametrize("change", [NoticedChange.DELETED, NoticedChange.MERGED])
def test_the_next_run_asks_for_what_is_said_to_be_gone(
    owner: Person, company: str, change: NoticedChange
) -> None:
    sync_by_hand(owner)
    forget_in_the_books(owner, "90001")
    assert count_deactivated(owner, sync_by_hand(owner)) == 0
    hear(notice(company, 1, change=change, gone_id="90001"))
    assert count_deactivated(owner, sync_by_hand(owner)) == 1
    assert show_waiting(owner) == ()


def test_a_word_that_something_is_gone_is_not_believed_unasked(owner: Person, company: str) -> None:
    sync_by_hand(owner)
    with business_scope(owner.business.id):
        kept = Item.objects.filter(type="inventory", is_active=True).order_by("id")[0]
    hear(notice(company, 1, change=NoticedChange.DELETED, gone_id=kept.external_id))
    hear(notice(company, 2, change=NoticedChange.DELETED, gone_id="never seen"))
    assert count_deactivated(owner, sync_by_hand(owner)) == 0


def test_what_is_gone_is_asked_for_again_after_a_run_that_failed(
    owner: Person, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_by_hand(owner)
    forget_in_the_books(owner, "90001")
    hear(notice(company, 1, change=NoticedChange.DELETED, gone_id="90001"))
    with monkeypatch.context() as patched:
        patched.setattr(running, "apply_plan", fail)
        sync_by_hand(owner)
    assert count_deactivated(owner, sync_by_hand(owner)) == 1


def fail(**_: Any) -> None:
    raise NotConnected


def test_a_sync_that_failed_has_read_nothing(
    owner: Person, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_by_hand(owner)
    hear(notice(company, 1))
    monkeypatch.setattr(running, "apply_plan", fail)
    sync_by_hand(owner)
    assert len(show_waiting(owner)) == 1
