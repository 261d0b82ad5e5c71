"""Calls are counted as the provider counts them, by any number of workers (CONN-9)."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator, running_emulator

from partsemble.accounting.budget import find_month, find_next_month
from partsemble.accounting.errors import ReadsSpent
from partsemble.accounting.models import AppTally, ConnectionTally
from partsemble.accounting.queries import budget as budgets
from partsemble.accounting.queries.budget import demand_reads, find_read_budget
from partsemble.accounting.services import counting
from partsemble.accounting.services.access import open_provider
from partsemble.accounting.services.ready_file import connect_with_ready_file
from partsemble.accounting.types import ReadBudget, ReadStage
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.locks.queries import find_sync_lock
from partsemble.sync.due_models import WaitingSync
from partsemble.sync.queries.waiting import list_waiting_syncs
from partsemble.sync.services.schedule import take_scheduled_turn
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Trigger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(tmp_path: Path, cast: Cast) -> Iterator[Emulator]:
    with running_emulator(folder=tmp_path) as server:
        connect_with_ready_file(actor=cast.owner.actor, content=json.dumps(server.ready).encode())
        yield server


def get_budget(person: Person) -> ReadBudget:
    found = find_read_budget(business_id=person.business.id)
    assert found is not None
    return found


def read(person: Person, times: int) -> None:
    with open_provider(business_id=person.business.id) as provider:
        for _ in range(times):
            provider.count_items()


def set_used(reads: int) -> None:
    """This will let so many reads have been counted this month, by whomever."""
    assert AppTally.objects.update(reads=reads) == 1


def test_every_read_is_counted_as_the_meter_counts_it(cast: Cast, server: Emulator) -> None:
    connecting = server.control("GET", "meter")["core_plus"]
    assert (get_budget(cast.owner).used, get_budget(cast.owner).own) == (connecting, 0)
    read(cast.owner, times=counting.BUNDLE + 3)
    found = get_budget(cast.owner)
    assert found.used == server.control("GET", "meter")["core_plus"]
    assert found.own == counting.BUNDLE + 3
    assert found.own_writes == 0
    assert found.limit == 500_000


def test_several_workers_add_up(cast: Cast, server: Emulator) -> None:
    def work() -> None:
        try:
            read(cast.owner, times=17)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        for each in [pool.submit(work) for _ in range(8)]:
            each.result()
    assert get_budget(cast.owner).own == 8 * 17
    assert get_budget(cast.owner).used == server.control("GET", "meter")["core_plus"]
    assert AppTally.objects.get().connections == 1


def test_a_crash_loses_less_than_a_bundle(cast: Cast, server: Emulator) -> None:
    class PowerCutError(BaseException):
        pass

    before = counting._pending
    with (
        pytest.MonkeyPatch.context() as patch,
        open_provider(business_id=cast.owner.business.id) as provider,
    ):
        for _ in range(25):
            provider.count_items()
        # What a killed process had in memory is gone.
        patch.setattr(counting, "_pending", counting.PendingCalls())
    lost = 25 - get_budget(cast.owner).own
    assert 0 < lost < counting.BUNDLE
    before._counts.clear()


def test_what_the_gate_turns_away_is_not_counted(cast: Cast, server: Emulator) -> None:
    server.control("POST", "expire-access-tokens", {})
    read(cast.owner, times=1)
    assert get_budget(cast.owner).own == 1
    assert get_budget(cast.owner).used == server.control("GET", "meter")["core_plus"]


def test_a_new_month_begins_at_nothing(
    cast: Cast, server: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(cast.owner, times=3)
    month = find_next_month(find_month(read_database_clock()))
    # Not in its first hours: the emulator's month begins by its company's own clock.
    instant = datetime(month.year, month.month, 2, tzinfo=UTC)
    server.control("POST", "clock", {"set_to": instant.isoformat()})
    for module in (counting, budgets):
        monkeypatch.setattr(module, "read_database_clock", lambda: instant)
    fresh = get_budget(cast.owner)
    assert (fresh.used, fresh.own, fresh.stage) == (0, 0, ReadStage.FREE)
    assert (fresh.month, fresh.resets_on) == (month, find_next_month(month))
    read(cast.owner, times=2)
    assert get_budget(cast.owner).used == 2
    assert server.control("GET", "meter")["core_plus"] == 2
    with business_scope(cast.owner.business.id):
        assert ConnectionTally.objects.count() == 2


def test_before_the_end_schedules_stop_then_people_too(cast: Cast, server: Emulator) -> None:
    set_used(496_000)
    assert get_budget(cast.owner).stage is ReadStage.CLOSED
    with pytest.raises(ReadsSpent) as refusal:
        start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON)
    assert refusal.value.facts["limit"] == "500,000"
    assert find_sync_lock(business_id=cast.owner.business.id) is None
    set_used(10)
    assert start_item_sync(actor=cast.owner.actor, trigger=Trigger.SCHEDULE)


def test_people_read_on_when_schedules_rest(
    cast: Cast, server: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    middle = datetime(2031, 2, 14, tzinfo=UTC)
    for module in (counting, budgets):
        monkeypatch.setattr(module, "read_database_clock", lambda: middle)
    read(cast.owner, times=1)
    AppTally.objects.filter(month=date(2031, 2, 1)).update(reads=480_000)
    with business_scope(cast.owner.business.id):
        ConnectionTally.objects.filter(month=date(2031, 2, 1)).update(reads=480_000)
    business_id = cast.owner.business.id
    assert get_budget(cast.owner).stage is ReadStage.PEOPLE
    demand_reads(business_id=business_id, is_person=True)
    with pytest.raises(ReadsSpent):
        demand_reads(business_id=business_id, is_person=False)


def test_turns_of_a_schedule_are_left_out_when_reads_run_short(
    cast: Cast, server: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    business_id = cast.owner.business.id

    def take_turn(used: int) -> int:
        AppTally.objects.filter(month=date(2031, 2, 1)).update(reads=used)
        with business_scope(business_id):
            ConnectionTally.objects.filter(month=date(2031, 2, 1)).update(reads=used)
        before = len(list_waiting_syncs(business_id=business_id))
        take_scheduled_turn(business_id=business_id)
        waiting = len(list_waiting_syncs(business_id=business_id)) - before
        with business_scope(business_id):
            WaitingSync.objects.all().delete()
        return waiting

    middle = datetime(2031, 2, 14, tzinfo=UTC)
    for module in (counting, budgets):
        monkeypatch.setattr(module, "read_database_clock", lambda: middle)
    read(cast.owner, times=1)
    assert take_turn(used=360_000) == 1
    assert take_turn(used=430_000) == 1, "the first of the day"
    start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON)
    assert take_turn(used=360_000) == 1
    assert take_turn(used=430_000) == 0
    assert take_turn(used=480_000) == 0


def test_a_larger_tier_is_a_setting(cast: Cast, server: Emulator, settings: Settings) -> None:
    set_used(600_000)
    assert get_budget(cast.owner).stage is ReadStage.CLOSED
    settings.PARTSEMBLE_QBO_MONTHLY_READS = 10_000_000
    assert get_budget(cast.owner).stage is not ReadStage.CLOSED


def test_without_books_there_is_no_budget(cast: Cast, server: Emulator) -> None:
    assert find_read_budget(business_id=cast.stranger.business.id) is None
    demand_reads(business_id=cast.stranger.business.id, is_person=False)
