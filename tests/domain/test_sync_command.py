"""`partsemble sync items`: what scripts rely on (API-3)."""

import json
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from tests.support.cast import Cast
from tests.support.emulator import Emulator

from partsemble.accounting.models import Item
from partsemble.cli.main import main
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.locks.services import release_sync_lock, take_sync_lock
from partsemble.locks.types import HolderKind, LockHolder, SyncLease
from partsemble.sync.queries import list_runs
from partsemble.sync.queries.waiting import find_waiting_sync
from partsemble.sync.services.waiting import call_off_waiting_sync
from partsemble.sync.types import Trigger

pytestmark = pytest.mark.django_db(transaction=True)

PROMISED = {
    *("run", "state", "created", "updated", "deactivated", "reactivated"),
    *("skipped_unchanged", "skipped_type", "held_back", "problems"),
}

PATIENCE_SECONDS = 120
"""How long somebody waits for the command; a test that failed leaves nobody behind for ever."""


def sync(
    cast: Cast, capsys: pytest.CaptureFixture[str], *options: str, status: int = 0
) -> dict[str, Any]:
    arguments = ["sync", "items", "--business", cast.owner.business.slug, "--json", *options]
    assert main(arguments) == status
    report: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert report.keys() >= PROMISED
    return report


def test_a_sync_a_preview_and_a_full_sync_report_alike(
    connected: Cast, books: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = sync(connected, capsys, "--preview")
    with business_scope(connected.owner.business.id):
        assert not Item.objects.exists()
    first = sync(connected, capsys)
    assert first["created"] == shown["created"] > 40
    assert first["skipped_type"] == shown["skipped_type"] > 0
    again = sync(connected, capsys)
    assert (again["skipped_unchanged"], again["skipped_type"]) == (first["created"], 0)
    full = sync(connected, capsys, "--full")
    assert (full["skipped_unchanged"], full["skipped_type"]) == (
        first["created"] + first["skipped_unchanged"],
        first["skipped_type"],
    )


def test_what_is_held_back_is_said_and_confirmed(
    connected: Cast, books: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    sync(connected, capsys)
    listed = books.control("GET", "items?limit=1000")["items"]
    stock = [each["id"] for each in listed if each["type"] == "Inventory" and each["active"]]
    for item_id in stock[:13]:
        books.control("PATCH", f"items/{item_id}", {"active": False})
    named = ["sync", "items", "--business", connected.owner.business.slug]
    assert main(named) == 0
    said = capsys.readouterr().out
    assert "13 deactivations are held back" in said
    assert "--confirm" in said
    assert sync(connected, capsys, "--confirm")["deactivated"] == 13
    assert main([*named, "--confirm"]) == 1
    assert "nothing_held_back" in capsys.readouterr().err


def test_a_preview_confirms_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sync", "items", "--preview", "--confirm"])
    assert ended.value.code == 2
    assert "--confirm" in capsys.readouterr().err


def take_lock(cast: Cast) -> SyncLease:
    holder = LockHolder(kind=HolderKind.SALES_SYNC, holder_id=new_id(), label="Sally")
    return take_sync_lock(business_id=cast.owner.business.id, holder=holder, lease_seconds=300)


def soon(act: Callable[[], object], cast: Cast) -> Thread:
    """Act as somebody else as soon as the command waits."""

    def wait_and_act() -> None:
        gives_up_at = time.monotonic() + PATIENCE_SECONDS
        try:
            while find_waiting_sync(actor=cast.owner.actor) is None:
                assert time.monotonic() < gives_up_at, "the command never waited"
                time.sleep(0.05)
            act()
        finally:
            connections.close_all()

    other = Thread(target=wait_and_act)
    other.start()
    return other


@pytest.mark.parametrize("options", [(), ("--full",)])
def test_with_wait_it_starts_when_what_is_in_its_way_has_ended(
    connected: Cast, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    sync(connected, capsys)
    lease = take_lock(connected)
    named = ["sync", "items", "--business", connected.owner.business.slug, *options]
    assert main(named) == 1
    assert "Sally" in capsys.readouterr().err
    other = soon(lambda: release_sync_lock(lease=lease), connected)
    assert sync(connected, capsys, "--wait", *options)["state"] == "finished"
    other.join()
    newest = list_runs(actor=connected.owner.actor)[0]
    assert newest.trigger is Trigger.COMMAND
    assert newest.counts.skipped_unchanged > 40


def test_a_command_that_waits_ends_when_it_is_called_off(
    connected: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    take_lock(connected)
    other = soon(lambda: call_off_waiting_sync(actor=connected.owner.actor), connected)
    named = ["sync", "items", "--business", connected.owner.business.slug, "--wait"]
    assert main(named) == 1
    other.join()
    assert "run_not_found" in capsys.readouterr().err
    assert list_runs(actor=connected.owner.actor) == ()
