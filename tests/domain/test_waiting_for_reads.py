"""Syncs that nobody waits for give way when a month's reads run out (CONN-9)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast
from tests.support.emulator import Emulator
from tests.support.jobs import let_jobs_come, make_waiting_ready

from partsemble.accounting.models import AppTally, ConnectionTally
from partsemble.accounting.queries import budget as budgets
from partsemble.accounting.queries.budget import find_read_budget
from partsemble.accounting.services import counting
from partsemble.accounting.types import ReadStage
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.jobs.queries import find_open_job
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.actor import Actor
from partsemble.sync.models import ItemSync
from partsemble.sync.queries import list_runs
from partsemble.sync.services.waiting import (
    DUE_JOB,
    Asking,
    ask_for_sync_when_free,
    make_system_actor,
    wait_for_sync,
)
from partsemble.sync.types import Door, RunView, Trigger

pytestmark = pytest.mark.django_db(transaction=True)

MONTH = date(2031, 2, 1)


@pytest.fixture
def owner(cast: Cast, emulator: Emulator, settings: Settings) -> Actor:
    point_at(settings, emulator)
    connect(cast.owner)
    return cast.owner.actor


def set_used(actor: Actor, reads: int) -> None:
    AppTally.objects.update(month=MONTH, reads=reads)
    with business_scope(actor.business_id):
        ConnectionTally.objects.update(month=MONTH, reads=reads)


def get_stage(actor: Actor) -> ReadStage:
    budget = find_read_budget(business_id=actor.business_id)
    assert budget is not None
    return budget.stage


def take_turn(actor: Actor) -> tuple[RunView, ...]:
    told = make_system_actor(business_id=actor.business_id, trigger=Trigger.WEBHOOK)
    wait_for_sync(asking=Asking(door=Door.CHANGES, trigger=Trigger.WEBHOOK, actor=told))
    make_waiting_ready(actor.business_id)
    let_jobs_come(actor.business_id)
    drain_jobs()
    return list_runs(actor=actor)


@pytest.fixture
def mid_month(owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (counting, budgets):
        monkeypatch.setattr(
            module, "read_database_clock", lambda: datetime(2031, 2, 14, tzinfo=UTC)
        )
    set_used(owner, 10)


@pytest.mark.usefixtures("mid_month")
def test_a_change_waits_for_reads_and_is_then_read_once(owner: Actor) -> None:
    set_used(owner, 499_000)
    assert get_stage(owner) is ReadStage.CLOSED
    assert take_turn(owner) == take_turn(owner) == ()
    job = find_open_job(business_id=owner.business_id, dedupe_key=DUE_JOB)
    assert job is not None
    assert job.last_error == ""
    assert job.run_at - read_database_clock() > timedelta(minutes=50)
    set_used(owner, 10)
    assert len(take_turn(owner)) == 1


@pytest.mark.usefixtures("mid_month")
def test_near_the_end_changes_have_one_turn_a_day_and_people_as_many_as_they_want(
    owner: Actor,
) -> None:
    set_used(owner, 440_000)
    assert get_stage(owner) is ReadStage.DAILY
    assert len(take_turn(owner)) == 1
    assert len(take_turn(owner)) == 1
    ask_for_sync_when_free(actor=owner, trigger=Trigger.PERSON)
    assert len(take_turn(owner)) == 2
    with business_scope(owner.business_id):
        ItemSync.objects.update(queued_at=read_database_clock() - timedelta(hours=21))
    assert next(run.trigger for run in take_turn(owner)) is Trigger.WEBHOOK
