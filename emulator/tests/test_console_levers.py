"""The levers of the console: faults, clock, switches, apps, requests, and nobody else's forms."""

import json
import time
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from accounting_emulator.console.faults import KINDS
from accounting_emulator.faults import Kind
from accounting_emulator.switch_words import GROUPS
from accounting_emulator.switches import Switches
from bookkeeper import Bookkeeper, item_of, make_item
from conftest import running
from listener import PATIENCE_SECONDS, listening

PAGES = (
    *("items", "items?search=lamp&type=Inventory&state=all&page=2", "items/new", "items/9"),
    *("items/9/merge", "items/9/merge?into=10", "accounts", "accounts/new", "accounts/81"),
    *("customers", "customers/new", "customers/1", "vendors", "vendors/new", "vendors/5"),
    *("trial-balance", "activity", "activity/entries", "activity/requests"),
    *("activity/deliveries", "faults", "clock"),
)
AWKWARD = '<script>alert(1)</script> "Zoë\'s" & مصباح 🪔 </title>'


def test_every_kind_of_fault_has_its_words_and_every_switch_its_sentence() -> None:
    assert tuple(KINDS) == get_args(Kind)
    named = [name for sentences in GROUPS.values() for name in sentences]
    assert sorted(named) == sorted(Switches.__struct_fields__)


def test_a_fault_is_planned_strikes_and_is_dropped(tester: Bookkeeper) -> None:
    server = tester.server
    tester.act("faults", kind="status", status="503", is_write="no", entity="item", is_here="on",
               after="1", count="2", path="/query", percent="100", seed="3",
               delay_ms="5", pieces="7")  # fmt: skip
    (fault,) = server.control("GET", "faults")["faults"]
    assert fault == {"id": fault["id"], "matched": 0, "struck": 0, "kind": "status",
                     "status": 503, "is_write": False, "entity": "item", "path": "/query",
                     "realm_id": server.ready["realm_id"], "after": 1, "count": 2,
                     "seed": "3"}  # fmt: skip
    assert [server.query("select * from Item").status_code for _ in range(3)] == [200, 503, 503]
    assert "An HTTP status instead of an answer" in tester.read("faults").partition("Struck")[2]
    tester.act("faults", kind="close_after", is_write="yes", percent="25", count="0")
    (fault,) = server.control("GET", "faults")["faults"]
    assert "25 % by chance" in tester.read("faults")
    tester.act(f"faults/{fault['id']}/drop")
    assert server.control("GET", "faults")["faults"] == []
    tester.act("faults/clear")
    assert server.control("GET", "faults/struck")["count"] == 0


def test_commands_and_a_storm_are_planned(tester: Bookkeeper) -> None:
    commands = [{"method": "PATCH", "path": "items/9", "body": {"name": "Swapped"}}]
    tester.act("faults", kind="commands", commands=json.dumps(commands))
    tester.act("faults/storm", **{"rate:close": "5", "rate:status:503": "2.5",
                                  "storm_seed": "9", "storm_writes": "on"})  # fmt: skip
    planned = tester.server.control("GET", "faults")["faults"]
    assert [(row["kind"], row.get("rate")) for row in planned] == [
        *(("commands", None), ("close", 0.05), ("status", 0.025)),
    ]
    assert planned[0]["commands"] == commands


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("faults", {"kind": "earthquake"}, "“earthquake” is none of the choices for kind."),
        ("faults", {"kind": "status", "status": "99"}, "A status is from 200 to 599."),
        ("faults", {"kind": "status", "percent": "0"}, "A rate is above 0 and at most 1."),
        ("faults", {"kind": "status", "after": "x"},
         "After: “x” is not a number. Write it like 1234.50."),
        ("faults", {"kind": "delay", "delay_ms": "1.5"},
         "Delay ms: “1.5” is not a whole number."),
        ("faults", {"kind": "commands"},
         "Commands belong to the kind commands, and it needs some."),
        ("faults", {"kind": "commands", "commands": "{"}, None),
        ("faults/storm", {}, "Give at least one kind of fault a chance."),
        ("clock", {"set_to": "soon"}, "“soon” is not a date and time."),
        ("clock", {"set_to": "2999-01-01T00:00"}, "The clock goes from 1980 to 2200."),
        ("clock/connections", {"cut": "wires"}, "Choose what to do to the apps."),
        ("activity/deliveries/listener", {"url": "http://example.com/"},
         ("http://example.com/ is not an http address of this machine. Notifications go to "
          "localhost, 127.0.0.1 or ::1 only.")),
        ("activity/deliveries/7/replay", {}, "Delivery 7 is not in the log."),
    ],
)  # fmt: skip
def test_a_lever_that_cannot_be_pulled_is_refused(
    tester: Bookkeeper, path: str, form: dict[str, str], sentence: str | None
) -> None:
    said = tester.refused(path, **form)
    assert said == sentence or (sentence is None and said.startswith("The commands are not"))
    assert tester.server.control("GET", "faults")["faults"] == []


def test_the_clock_is_moved_held_and_let_go(tester: Bookkeeper) -> None:
    def ahead() -> float:
        found: float = tester.server.control("GET", "clock")["offset_seconds"]
        return found

    tester.act("clock", advance="3600")
    tester.act("clock", advance="8640000")
    assert ahead() == 8_643_600
    assert "It is 100 days and 1 hour ahead." in tester.read("clock")
    tester.act("clock", stopped="yes")
    assert tester.server.control("GET", "clock")["is_stopped"]
    assert "Time stands still." in tester.read("clock")
    tester.act("clock", set_to="2026-07-01T09:30")
    assert tester.server.control("GET", "clock")["now"] == "2026-07-01T09:30:00-07:00"
    tester.act("clock", stopped="no")
    assert not tester.server.control("GET", "clock")["is_stopped"]
    tester.act("clock", reset="yes")
    assert abs(ahead()) < 1


def test_switches_are_turned_and_turned_back(tester: Bookkeeper) -> None:
    limits: dict[str, Any] = dict.fromkeys(GROUPS["Limits"], "")
    limits |= {"throttle": "yes", "requests_per_second": "3", "burst": "concurrent"}
    limits |= {"batch_queries_count": "once"}
    tester.act("clock/switches", group="Limits", **limits)
    now = tester.server.control("GET", "switches")
    assert (now["throttle"], now["requests_per_second"]) == (True, 3)
    assert (now["burst"], now["read_budget"]) == ("concurrent", 500_000)
    assert "4 changed: throttle" in tester.read("clock")
    explained = tester.server.control("GET", "switches/explained")["switches"]
    assert next(row for row in explained if row["name"] == "burst")["choices"] == [
        *("per_second", "concurrent"),
    ]
    sentence = tester.refused("clock/switches", group="Limits", **(limits | {"burst": "later"}))
    assert sentence == "“later” is none of the choices for burst."
    sentence = tester.refused(
        "clock/switches", group="Limits", **(limits | {"requests_per_second": "few"})
    )
    assert sentence == "Requests per second: “few” is not a number. Write it like 1234.50."
    tester.act("clock/switches/default")
    assert tester.server.control("GET", "switches")["throttle"] is False


def test_apps_are_disconnected(tester: Bookkeeper) -> None:
    assert tester.server.query("select count(*) from Item").status_code == 200
    for cut in ("expire-access-tokens", "expire-refresh-tokens", "revoke"):
        tester.act("clock/connections", cut=cut)
        assert tester.server.query("select count(*) from Item").status_code == 401


def test_requests_are_listed_filtered_and_forgotten(tester: Bookkeeper) -> None:
    tester.server.query("select * from Item maxresults 1")
    tester.server.query("select * from Nowhere")
    page = tester.read("activity/requests")
    assert "… query?query=select * from Nowhere" in page
    assert page.index("Nowhere") < page.index("maxresults 1")
    assert "maxresults" not in tester.read("activity/requests?status=400")
    assert "No app asked" in tester.read("activity/requests?method=POST")
    assert "No app asked" in tester.read("activity/requests?fault=any")
    assert "“x” is not a number" in tester.read("activity/requests?status=x")
    detail = tester.read("activity/requests/2")
    assert "QueryValidationError" in detail
    assert tester.get("activity/requests/99").status_code == 404
    tester.act("activity/requests/forget")
    assert "No app asked" in tester.read("activity/requests")


def read_until(tester: Bookkeeper, word: str) -> None:
    """Read the deliveries until they say so: one is heard before its answer has come back."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while word not in (page := tester.read("activity/deliveries")):
        assert time.monotonic() < deadline, page
        time.sleep(0.02)


def test_deliveries_are_aimed_listed_and_repeated(tester: Bookkeeper) -> None:
    with listening() as listener:
        tester.act("activity/deliveries/listener", url=listener.url)
        make_item(tester, "Announced")
        listener.wait_for(1)
        read_until(tester, "Taken")
        tester.act("activity/deliveries/1/replay")
        listener.wait_for(2)
        read_until(tester, "Duplicate")
        tester.act("activity/deliveries/listener", url="")
        tester.act("activity/deliveries/forget")
    assert "Nothing was sent yet" in tester.read("activity/deliveries")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "null"},
        {},
    ],
)
def test_a_form_of_another_site_changes_nothing(
    keeper: Bookkeeper, headers: dict[str, str]
) -> None:
    before = keeper.server.control("GET", "items/9")
    for path, form in (("items/9", {"name": "Stolen"}), ("faults", {"kind": "close"})):
        answer = keeper.server.client.post(f"{keeper.root}/{path}", data=form, headers=headers)
        assert answer.status_code == 403
        assert "This form came from another site, so nothing was changed." in answer.text
    assert keeper.server.control("GET", "items/9") == before
    assert keeper.server.control("GET", "faults")["faults"] == []


@pytest.mark.parametrize("host", ["evil.example:8100", "localhost.evil.example", "[bad", "", "::1"])
@pytest.mark.parametrize("path", ["", "console", "console/{realm}/clock", "control/switches"])
def test_another_name_for_this_machine_is_not_answered(
    keeper: Bookkeeper, path: str, host: str
) -> None:
    server = keeper.server
    address = f"{keeper.base}/{path}".format(realm=server.ready["realm_id"])
    for method in ("GET", "POST", "PATCH", "DELETE"):
        headers = {"Host": host, "Sec-Fetch-Site": "same-origin"}
        answer = server.client.request(method, address, json={}, headers=headers)
        if not host:
            assert answer.status_code in (400, 403)
            continue
        assert answer.status_code == 403
        assert "answer under localhost only" in answer.text
        assert answer.headers["content-type"].startswith(
            "application/json" if path.startswith("control") else "text/html"
        )


def test_own_names_are_answered_and_the_accounting_api_by_any(keeper: Bookkeeper) -> None:
    server = keeper.server
    port = keeper.base.rpartition(":")[2]
    for host in ("localhost", "127.0.0.1", "[::1]"):
        headers = {"Host": f"{host}:{port}"}
        for path in (f"{keeper.root}/clock", f"{keeper.base}/control/clock"):
            assert server.client.get(path, headers=headers).status_code == 200
    answer = server.query("select * from Item", Host="quickbooks.api.intuit.com")
    assert answer.status_code == 200


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bookkeeper]:
    with running(tmp_path_factory.mktemp("large"), "--items", "12000") as server:
        yield Bookkeeper(server)


def test_a_long_list_is_read_page_by_page(large: Bookkeeper) -> None:
    first, last = large.read("items?state=all"), large.read("items?state=all&page=240")
    assert "1–50 of 12,000" in first
    assert "in the order they were made" in first
    assert "11,951–12,000 of 12,000" in last
    assert 'rel="next"' not in last
    assert first.count("<tr>") == 51
    assert "0 of 12,000" in large.read("items?state=all&page=999999")
    wide = large.read("items?state=all&search=a")
    assert "of more than 10,000" in wide
    name = item_of(large, "7")["full_name"]
    found = large.server.control("GET", f"items?search={name[:30]}")
    assert "7" in [row["id"] for row in found["items"]]
