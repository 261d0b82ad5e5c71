"""What survives a killed process, how catalogues are made, and how fast pages come."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accounting_emulator.catalogue import generate
from conftest import START_SECONDS, Running, running


def test_every_acknowledged_write_survives_kill_9(tmp_path: Path) -> None:
    state = tmp_path / "books.journal"
    with running(tmp_path, "--state", str(state), "--seed", "3") as first:
        made = first.control(
            "POST",
            "items",
            {"type": "Inventory", "name": "Crane", "purchase_cost": 1.25, "quantity_on_hand": 8},
        )
        first.control("PATCH", f"items/{made['id']}", {"quantity_on_hand": 5.5, "sku": "C-1"})
        first.control("PATCH", "items/9", {"active": False})
        first.control("PATCH", "switches", {"max_results_over": "cap"})
        first.control("POST", "clock", {"advance_seconds": 600})
        before = first.control("GET", "trial-balance")
        first.kill()
    with state.open("ab") as file:
        file.write(b'{"books":{"command":"EditItem","at":1')
    with running(tmp_path, "--state", str(state)) as again:
        assert again.ready["refresh_token"] == first.ready["refresh_token"]
        assert again.ready["client_id"] == first.ready["client_id"]
        assert again.read("preferences", **first.headers()).status_code == 200
        crane = again.control("GET", f"items/{made['id']}")
        assert (crane["quantity_on_hand"], crane["sku"]) == (5.5, "C-1")
        assert again.control("GET", "items/9")["active"] is False
        assert again.control("GET", "trial-balance") == before
        assert again.control("GET", "switches")["max_results_over"] == "cap"
        assert again.control("GET", "clock")["offset_seconds"] == 600
        again.control("PATCH", "items/10", {"name": "After the torn line"})
    with running(tmp_path, "--state", str(state)) as third:
        assert third.control("GET", "items/10")["name"] == "After the torn line"


def test_a_state_file_of_another_company_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "books.journal"
    with running(tmp_path, "--state", str(state), "--seed", "3"):
        pass
    command = [sys.executable, "-m", "accounting_emulator", "serve", "--port", "0"]
    ended = subprocess.run(
        [*command, "--state", str(state), "--seed", "4"],
        capture_output=True, text=True, check=False, timeout=START_SECONDS,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "founded with --seed 3, not 4" in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_quickly_and_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, "--page-delay", "30000") as server:
        server.read("preferences")
        server.process.send_signal(number)
        assert server.process.wait(timeout=15) == 0


def test_the_ready_file_has_its_fixed_keys_and_is_private(tmp_path: Path) -> None:
    with running(tmp_path, "--company", "Söhne & Co") as server:
        assert list(server.ready) == [
            *("base_url", "discovery_url", "client_id", "client_secret", "realm_id"),
            *("access_token", "refresh_token", "webhook_verifier", "control_url"),
        ]
        assert (tmp_path / "ready.json").stat().st_mode & 0o077 == 0
        assert server.rows("select * from CompanyInfo")[0]["CompanyName"] == "Söhne & Co"


@pytest.mark.parametrize("count", [10, 777])
def test_a_catalogue_is_the_same_for_the_same_seed(count: int) -> None:
    first = list(generate(count=count, seed=5))
    assert first == list(generate(count=count, seed=5))
    assert first != list(generate(count=count, seed=6))
    assert [item.id for item in first] == list(range(1, count + 1))


def test_a_catalogue_is_varied() -> None:
    items = list(generate(count=5_000, seed=1))
    names = [item.full_name.casefold() for item in items]
    assert len(set(names)) == len(names)
    assert {item.type for item in items} == {
        *("Inventory", "NonInventory", "Service", "Group", "Category"),
    }
    assert max(len(item.name) for item in items) <= 100
    assert 50 < sum(not item.active for item in items) < 400
    assert any(item.on_hand < 0 for item in items)
    assert any(item.sku is None for item in items if item.type == "Inventory")
    assert any(item.level == 1 for item in items)


def test_pages_wait_without_holding_each_other_up(tmp_path: Path) -> None:
    with running(tmp_path, "--page-delay", "1000") as server, ThreadPoolExecutor(8) as pool:
        started = time.monotonic()
        answers = list(pool.map(server.query, ["select * from Item"] * 8))
        assert all(answer.status_code == 200 for answer in answers)
        assert 1 <= time.monotonic() - started < 8


def test_a_page_of_a_thousand_costs_well_under_50_ms(tmp_path: Path) -> None:
    """The time is the server's own on a processor, which a busy machine hardly stretches."""
    statement = "select * from Item where Active in (true, false) orderby Id startposition {} "
    with running(tmp_path, "--items", "20000") as server:
        before = cpu_seconds(server)
        for start in range(1, 20_001, 1000):
            assert server.query(statement.format(start) + "maxresults 1000").status_code == 200
        assert (cpu_seconds(server) - before) / 20 < 0.050


def cpu_seconds(server: Running) -> float:
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_memory_is_small(tmp_path: Path) -> None:
    with running(tmp_path, "--items", "100000") as server:
        status = Path(f"/proc/{server.process.pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 150_000


def test_the_control_api_edits_items_by_proper_adjustments(emulator: Running) -> None:
    (item,) = emulator.rows("select * from Item where Sku = 'LT-HERON'")
    path = f"items/{item['Id']}"
    emulator.control("PATCH", path, {"unit_price": 151.25, "name": "Heron II"})
    emulator.control("PATCH", path, {"quantity_on_hand": 4.5})
    (after,) = emulator.rows("select * from Item where Sku = 'LT-HERON'")
    assert (after["Name"], after["UnitPrice"], after["QtyOnHand"]) == ("Heron II", 151.25, 4.5)
    assert int(after["SyncToken"]) == int(item["SyncToken"]) + 1
    assert after["MetaData"]["LastUpdatedTime"] > item["MetaData"]["LastUpdatedTime"]
    trial = emulator.control("GET", "trial-balance")
    shrinkage = next(row for row in trial["rows"] if row["name"] == "Inventory Shrinkage")
    assert shrinkage["debit"] == 7 * 45.10 + 7.5 * 46.20
    assert trial["is_balanced"]
    bundle = emulator.rows("select * from Item where Name = 'Heron gift set'")[0]
    assert bundle["ItemGroupDetail"]["ItemGroupLine"][0]["ItemRef"]["name"].endswith("Heron II")
