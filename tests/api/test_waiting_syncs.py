"""A sync that a program wants as soon as it is free to run (LOCK-5)."""

import pytest
from tests.support.api import Program, read, read_problem
from tests.support.cast import Cast
from tests.support.tokens import make_token

from partsemble.database.ids import new_id
from partsemble.jobs.worker import drain_jobs
from partsemble.locks.services import release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease

pytestmark = pytest.mark.django_db(transaction=True)


def hold(cast: Cast) -> SyncLease:
    """Something else is under way in the business."""
    return take_sync_lock(
        business_id=cast.owner.business.id,
        holder=LockHolder(kind=HolderKind.SALES_SYNC, holder_id=new_id(), label="Sally"),
        lease_seconds=300,
    )


def test_it_waits_for_what_runs_and_is_the_run_that_was_named(
    connected: Cast, program: Program
) -> None:
    lease = hold(connected)
    assert read_problem(program.post("item-syncs"), 409)["code"] == "sync_lock_held"
    waiting = read(program.put("item-syncs/waiting"), 202)
    assert waiting["asked_by"] == "Olivia Owner by the token A script"
    assert read(program.get("item-syncs/waiting")) == waiting
    assert program.get(f"item-syncs/{waiting['id']}").status_code == 404
    release_sync_lock(lease=lease)
    drain_jobs()
    run = read(program.get(f"item-syncs/{waiting['id']}"))
    assert (run["state"], run["trigger"], run["mode"]) == ("finished", "api", "full")
    assert read(program.get("item-syncs/waiting")) is None


def test_asking_again_joins_it_and_a_full_one_stays_full(synced: Program, connected: Cast) -> None:
    lease = hold(connected)
    first = read(synced.put("item-syncs/waiting", {"full": True}), 202)
    assert read(synced.put("item-syncs/waiting"), 202) == first
    assert first["full"]
    release_sync_lock(lease=lease)
    drain_jobs()
    assert read(synced.get(f"item-syncs/{first['id']}"))["full_reason"] == "asked"
    assert len(read(synced.get("item-syncs"))["rows"]) == 2


def test_it_is_called_off(synced: Program, connected: Cast) -> None:
    lease = hold(connected)
    waiting = read(synced.put("item-syncs/waiting"), 202)
    assert synced.delete("item-syncs/waiting").status_code == 204
    assert synced.delete("item-syncs/waiting").status_code == 204
    release_sync_lock(lease=lease)
    drain_jobs()
    assert read(synced.get("item-syncs/waiting")) is None
    assert synced.get(f"item-syncs/{waiting['id']}").status_code == 404


def test_without_books_nothing_waits(program: Program) -> None:
    assert read_problem(program.put("item-syncs/waiting"), 409)["code"] == "not_connected"
    assert read(program.get("item-syncs/waiting")) is None


def test_nobody_calls_off_what_waits_in_another_business(synced: Program, connected: Cast) -> None:
    lease = hold(connected)
    waiting = read(synced.put("item-syncs/waiting"), 202)
    stranger = Program(token=make_token(connected.stranger))
    assert read(stranger.get("item-syncs/waiting")) is None
    assert stranger.delete("item-syncs/waiting").status_code == 204
    assert read(synced.get("item-syncs/waiting")) == waiting
    release_sync_lock(lease=lease)
