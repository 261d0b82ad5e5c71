"""Fact sheet section 20: where the real service is uncertain, a switch chooses."""

import pytest

from conftest import Running


def turn(server: Running, **switches: object) -> None:
    server.control("PATCH", "switches", switches)


def test_start_position_zero(emulator: Running) -> None:
    statement = "select * from Item orderby Id startposition 0 maxresults 1"
    assert emulator.rows(statement)[0]["Id"] == "1"
    turn(emulator, start_position_zero="reject")
    detail = emulator.query(statement).json()["Fault"]["Error"][0]["Detail"]
    assert detail.endswith("value 0 is too small. Min allowed value is 1")


def test_max_results_over(emulator: Running) -> None:
    statement = "select * from Item maxresults 1001"
    assert emulator.query(statement).status_code == 400
    turn(emulator, max_results_over="cap")
    assert len(emulator.rows(statement)) == 60


def test_text_comparison(emulator: Running) -> None:
    statement = "select * from Item where Sku = 'lt-heron'"
    assert len(emulator.rows(statement)) == 1
    turn(emulator, text_comparison="exact")
    assert emulator.rows(statement) == []


@pytest.mark.parametrize("is_on", [True, False])
def test_stock_moves_touch_items(emulator: Running, *, is_on: bool) -> None:
    turn(emulator, stock_moves_touch_items=is_on)
    before = emulator.read("item/28").json()["Item"]
    emulator.control("PATCH", "items/28", {"quantity_on_hand": 1})
    after = emulator.read("item/28").json()["Item"]
    assert after["QtyOnHand"] == 1 != before["QtyOnHand"]
    assert after["SyncToken"] == before["SyncToken"]
    assert (after["MetaData"] != before["MetaData"]) is is_on


def test_page_delay(emulator: Running) -> None:
    turn(emulator, page_delay_ms=1_500)  # longer than a busy machine takes for any answer
    emulator.query("select count(*) from Item")
    emulator.read("preferences")
    slow, quick = emulator.control("GET", "requests")["requests"]
    assert slow["ms"] >= 1_500 > quick["ms"]


def test_wrong_environment(emulator: Running) -> None:
    turn(emulator, wrong_environment=True)
    answer = emulator.read("preferences")
    assert answer.status_code == 403
    assert answer.json()["fault"]["error"][0]["code"] == "3100"
    turn(emulator, wrong_environment=False)
    assert emulator.read("preferences").status_code == 200
