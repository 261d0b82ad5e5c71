"""Work that recurs."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.support.jobs import (
    act_at_once,
    borrowed_registry,
    let_schedule_come,
)

from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope, worker_scope
from partsemble.jobs.models import Schedule
from partsemble.jobs.queries import count_waiting_jobs, find_schedule
from partsemble.jobs.registry import recurring_job
from partsemble.jobs.schedules import enqueue_scheduled_jobs, keep_system_schedules
from partsemble.jobs.services import drop_schedule, set_schedule
from partsemble.jobs.types import Daily, Every, RunningJob
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.ids import BusinessId

pytestmark = pytest.mark.django_db

EACH_DAY = Every(seconds=86_400)
"""Turns of every hour would come in the middle of a test now and then."""


def test_scheduled_work_is_asked_for_when_its_time_comes(
    ran: list[RunningJob], lamps: BusinessId
) -> None:
    next_at = set_schedule(business_id=lamps, name="test.job", recurrence=EACH_DAY)
    assert next_at - read_database_clock() <= timedelta(days=1)
    assert enqueue_scheduled_jobs() == 0
    came_at = let_schedule_come(lamps)
    assert enqueue_scheduled_jobs() == 1
    assert enqueue_scheduled_jobs() == 0
    assert drain_jobs() == 1
    [job] = ran
    assert (job.business_id, job.user_id, job.actor_label) == (lamps, None, "Schedule")
    assert job.payload == {"due_at": came_at.isoformat()}
    view = find_schedule(business_id=lamps, name="test.job")
    assert view is not None
    assert (view.recurrence, view.next_at, view.last_at) == (EACH_DAY, next_at, came_at)


def test_what_was_missed_is_made_up_for_once(ran: list[RunningJob], lamps: BusinessId) -> None:
    set_schedule(business_id=lamps, name="test.job", recurrence=EACH_DAY)
    let_schedule_come(lamps, ago=timedelta(days=30))
    assert enqueue_scheduled_jobs() == 1
    assert enqueue_scheduled_jobs() == 0
    assert drain_jobs() == 1
    assert len(ran) == 1


def test_scheduled_work_does_not_pile_up(ran: list[RunningJob], lamps: BusinessId) -> None:
    set_schedule(business_id=lamps, name="test.job", recurrence=EACH_DAY)
    for _ in range(3):
        let_schedule_come(lamps)
        assert enqueue_scheduled_jobs() == 1
    assert count_waiting_jobs() == 1
    assert drain_jobs() == 1
    assert len(ran) == 1


def test_a_schedule_is_set_changed_and_dropped(ran: list[RunningJob], lamps: BusinessId) -> None:
    first = set_schedule(business_id=lamps, name="test.job", recurrence=EACH_DAY)
    assert set_schedule(business_id=lamps, name="test.job", recurrence=EACH_DAY) == first
    daily = Daily(hour=3, zone="Europe/Berlin")
    changed = set_schedule(business_id=lamps, name="test.job", recurrence=daily)
    view = find_schedule(business_id=lamps, name="test.job")
    assert view is not None
    assert (view.recurrence, view.next_at) == (daily, changed)
    drop_schedule(business_id=lamps, name="test.job")
    assert find_schedule(business_id=lamps, name="test.job") is None
    assert enqueue_scheduled_jobs() == 0
    assert ran == []


def test_a_business_has_schedules_of_its_own(
    ran: list[RunningJob], lamps: BusinessId, chairs: BusinessId
) -> None:
    set_schedule(business_id=lamps, name="test.job", recurrence=EACH_DAY)
    set_schedule(business_id=chairs, name="test.job", recurrence=EACH_DAY)
    drop_schedule(business_id=chairs, name="test.job")
    assert find_schedule(business_id=lamps, name="test.job") is not None
    with business_scope(chairs):
        assert not Schedule.objects.exists()
    let_schedule_come(lamps)
    assert enqueue_scheduled_jobs() == 1
    assert drain_jobs() == 1
    assert [job.business_id for job in ran] == [lamps]


def test_the_system_s_own_work_recurs_as_the_code_says() -> None:
    seen: list[RunningJob] = []
    recurring_job("test.sweep", every=timedelta(days=1))(seen.append)
    keep_system_schedules()
    keep_system_schedules()
    view = find_schedule(business_id=None, name="test.sweep")
    assert view is not None
    assert view.recurrence == EACH_DAY
    let_schedule_come(None, name="test.sweep")
    assert enqueue_scheduled_jobs() == 1
    assert drain_jobs() == 1
    assert [(job.name, job.business_id) for job in seen] == [("test.sweep", None)]


def test_a_period_that_the_code_changed_is_kept_anew() -> None:
    recurring_job("test.sweep", every=timedelta(days=1))(lambda _: None)
    keep_system_schedules()
    with borrowed_registry():
        from partsemble.jobs import registry  # noqa: PLC0415 reached into on purpose

        registry._kinds.pop("test.sweep")
        recurring_job("test.sweep", every=timedelta(hours=1))(lambda _: None)
        keep_system_schedules()
    view = find_schedule(business_id=None, name="test.sweep")
    assert view is not None
    assert view.recurrence == Every(seconds=3_600)


def test_a_period_below_a_second_is_refused() -> None:
    with pytest.raises(ValueError, match="at least a second"):
        recurring_job("test.hasty", every=timedelta(milliseconds=900))


def test_a_worker_leaves_schedules_alone_that_it_does_not_know(lamps: BusinessId) -> None:
    set_schedule(business_id=lamps, name="test.from_a_newer_version", recurrence=EACH_DAY)
    let_schedule_come(lamps, name="test.from_a_newer_version")
    assert enqueue_scheduled_jobs() == 0


def test_a_schedule_moves_only_together_with_its_job(
    ran: list[RunningJob], lamps: BusinessId, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_schedule(business_id=lamps, name="test.job", recurrence=EACH_DAY)
    let_schedule_come(lamps)

    def break_down(**_: object) -> None:
        raise RuntimeError("the worker died here")

    with monkeypatch.context() as broken:
        broken.setattr("partsemble.jobs.schedules.enqueue_job", break_down)
        with pytest.raises(RuntimeError, match="died here"):
            enqueue_scheduled_jobs()
    assert enqueue_scheduled_jobs() == 1
    assert drain_jobs() == 1
    assert len(ran) == 1


def test_the_database_refuses_a_schedule_that_recurs_in_no_way(lamps: BusinessId) -> None:
    set_schedule(business_id=lamps, name="test.job", recurrence=EACH_DAY)
    with pytest.raises(IntegrityError), business_scope(lamps), transaction.atomic():
        Schedule.objects.update(every_seconds=None)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_that_look_at_once_one_asks(
    ran: list[RunningJob], lamps: BusinessId, chairs: BusinessId
) -> None:
    for business_id in (lamps, chairs):
        set_schedule(business_id=business_id, name="test.job", recurrence=EACH_DAY)
    for _ in range(5):
        let_schedule_come(lamps)
        let_schedule_come(chairs)
        assert sum(act_at_once(4, enqueue_scheduled_jobs)) == 2
        assert drain_jobs() == 2
    assert len(ran) == 10


@pytest.mark.django_db(transaction=True)
def test_workers_that_start_at_once_keep_one_schedule() -> None:
    recurring_job("test.sweep", every=timedelta(days=1))(lambda _: None)

    def keep() -> int:
        keep_system_schedules()
        return 1

    assert sum(act_at_once(4, keep)) == 4
    with worker_scope():
        assert Schedule.objects.filter(name="test.sweep").count() == 1
