"""What was acknowledged is there again: after kill -9 at any moment, and on a full disk."""

import os
import random
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from accounting_emulator.books import Command, SaveEntry
from accounting_emulator.journal import Journal, JournalBroken, Record, read_records
from accounting_emulator.profile import Founding
from conftest import Running, running

ROUNDS, WRITERS = 4, 3
PATIENCE_SECONDS = 60
FOUNDING = Founding(company="x", seed=0, items=None)


class Writer(threading.Thread):
    """Writes until the server dies, and notes what was acknowledged."""

    def __init__(self, server: Running, number: str) -> None:
        super().__init__()
        self._ready = server.ready
        self._number = number
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.unanswered: tuple[str, dict[str, Any], str] | None = None

    def run(self) -> None:
        with httpx2.Client(headers={"Accept": "application/json"}) as client:
            client.headers["Authorization"] = f"Bearer {self._ready['access_token']}"
            for count in range(10_000):
                if not self._write(client, count):
                    return

    def _write(self, client: httpx2.Client, count: int) -> bool:
        entity, body = self._compose(count)
        request_id = f"{self._number}-{count}"
        self.unanswered = (entity, body, request_id)
        address = f"{self._ready['base_url']}/v3/company/{self._ready['realm_id']}/"
        try:
            answer = client.post(
                address + entity.lower(), json=body, params={"requestid": request_id}
            )
        except httpx2.TransportError:
            return False
        assert answer.status_code == 200, answer.text
        self.acknowledged[request_id] = answer.json()
        self.unanswered = None
        return True

    def _compose(self, count: int) -> tuple[str, dict[str, Any]]:
        if count % 3 == 0 or not self.acknowledged:
            return "Vendor", {"DisplayName": f"Vendor {self._number} {count}"}
        if count % 3 == 1:
            last = self.acknowledged[f"{self._number}-{count - 1}"]["Vendor"]
            change = {"Id": last["Id"], "SyncToken": last["SyncToken"], "sparse": True}
            return "Vendor", change | {"Notes": "x" * (count % 90)}
        return "Item", {
            "Name": f"Item {self._number} {count}", "Type": "Inventory", "TrackQtyOnHand": True,
            "QtyOnHand": count + 0.5, "InvStartDate": "2025-01-01", "PurchaseCost": 1.37,
            "IncomeAccountRef": {"value": "79"}, "ExpenseAccountRef": {"value": "80"},
            "AssetAccountRef": {"value": "81"},
        }  # fmt: skip


def wait_for_more_than(count: int, writers: list[Writer]) -> None:
    """Come back when so many writes and more were acknowledged."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sum(len(writer.acknowledged) for writer in writers) <= count:
        assert time.monotonic() < deadline, "hardly anything was acknowledged"
        time.sleep(0.01)


def expect_everything(server: Running, writer: Writer) -> None:
    """Every acknowledged answer is given again byte for byte, and is what the books say."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for request_id, answer in writer.acknowledged.items():
        entity = next(iter(answer))
        newest[entity, answer[entity]["Id"]] = answer[entity]
        again = server.post(entity.lower(), {"anything": "else"}, requestid=request_id)
        assert again.json() == answer
    for (entity, number), told in newest.items():
        kept = server.read(f"{entity.lower()}/{number}").json()[entity]
        is_unsure = writer.unanswered is not None and writer.unanswered[1].get("Id") == number
        assert kept == told or is_unsure
    if writer.unanswered is not None:
        entity, body, request_id = writer.unanswered
        first = server.save(entity, body, requestid=request_id)
        assert server.save(entity, body, requestid=request_id) == first


def test_kill_9_at_any_moment_loses_nothing_acknowledged(tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "books.journal"))
    chance = random.Random(19)  # noqa: S311 # when to kill is no secret
    for turn in range(ROUNDS):
        with running(tmp_path, *options) as server:
            writers = [Writer(server, f"{turn}{place}") for place in range(WRITERS)]
            for writer in writers:
                writer.start()
            wait_for_more_than(WRITERS, writers)  # however slow the disk is
            time.sleep(chance.random())
            server.kill()
            for writer in writers:
                writer.join()
        with running(tmp_path, *options) as server:
            for writer in writers:
                expect_everything(server, writer)
            trial = server.control("GET", "trial-balance")
            stock = next(row for row in trial["rows"] if row["account_id"] == "81")
            assert trial["is_balanced"]
            assert stock["debit"] == trial["inventory_value"]
            statement = "select * from Vendor where Active in (true, false) maxresults 1000"
            vendors = server.rows(statement)
        with running(tmp_path, *options) as server:
            assert server.rows(statement) == vendors


def command(number: int) -> Command:
    return SaveEntry(at=1, today="2026-01-01", list="Vendor", name=f"Vendor {number}")


def record(number: int) -> Record:
    return Record(realm_id="1", books=(command(number),))


def test_a_line_is_on_the_disk_before_it_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "journal", []
    sync = os.fdatasync

    def note(handle: int) -> None:
        sync(handle)
        synced.append(os.fstat(handle).st_size)

    monkeypatch.setattr(os, "fdatasync", note)
    journal = Journal(path=path, founding=FOUNDING)
    for number in range(3):
        journal.append(record=record(number))
        assert synced[-1] == path.stat().st_size
    journal.close()
    assert len(synced) == 4


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, in bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_stops_writing_and_leaves_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path=path, founding=FOUNDING)
    journal.append(record=record(0))
    before = path.stat().st_size
    with full_disk(before + 40), pytest.raises(JournalBroken, match="Make room and start again"):
        journal.append(record=record(1))
    assert path.stat().st_size == before
    with pytest.raises(JournalBroken):
        journal.append(record=record(2))
    journal.close()
    assert [kept.books for kept in read_records(path=path)] == [(command(0),)]
    again = Journal(path=path, founding=FOUNDING)
    again.append(record=record(3))
    again.close()
    assert [kept.books for kept in read_records(path=path)] == [(command(0),), (command(3),)]
