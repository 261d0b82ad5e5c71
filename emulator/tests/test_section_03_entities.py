"""Fact sheet section 3, for every kind of object: filters, orders, projections, drifting pages."""

from typing import Any

import pytest

from accounting_emulator.objects import entities, sheets
from conftest import Running

LISTS = [entity.name for entity in entities.LISTS]
ALL = "where Active in (true, false)"


def rows(server: Running, statement: str) -> list[dict[str, Any]]:
    return server.rows(statement)


@pytest.mark.parametrize("name", ["Item", "Account", *LISTS])
def test_3_every_object_can_be_counted_paged_and_read(workshop: Running, name: str) -> None:
    answer = workshop.query(f"select count(*) from {name} {ALL}").json()
    total = answer["QueryResponse"]["totalCount"]
    pages: list[str] = []
    while len(pages) < total:
        page = rows(
            workshop, f"select * from {name} {ALL} orderby Id startposition {len(pages) + 1} "
            "maxresults 7",
        )  # fmt: skip
        pages += [row["Id"] for row in page]
    assert pages == sorted(set(pages), key=int)
    one = workshop.read(f"{name.lower()}/{pages[0]}").json()[name]
    assert one["domain"] == "QBO"
    assert one["sparse"] is False
    assert isinstance(one["SyncToken"], str)
    assert workshop.query(f"select * from {name.lower()}").json()["QueryResponse"][name]


@pytest.mark.parametrize("name", ["Item", "Account", *LISTS])
def test_3_what_the_tables_promise_can_be_asked(workshop: Running, name: str) -> None:
    sheet = sheets.BY_NAME[name.lower()]
    for field in sheet.fields.values():
        value = {"flag": "true", "number": "1"}.get(field.kind, "'1'")
        if field.name == "Active":
            value = "true"
        filtered = workshop.query(f"select * from {name} where {field.name} = {value}")
        ordered = workshop.query(f"select * from {name} orderby {field.name}")
        assert (filtered.status_code == 200) == ("f" in field.ability or field.name == "Id")
        assert (ordered.status_code == 200) == ("s" in field.ability or field.name == "Id")
        assert workshop.query(f"select {field.name} from {name}").status_code == 200


def test_3_names_with_every_awkward_sign(writable: Running) -> None:
    for word in ("O'Hara", "50% & more", 'a "b"', "back\\slash", "größe 竹 🌙", "a#b+c=d", "  x "):
        made = writable.save("Customer", {"DisplayName": word})
        escaped = word.replace("\\", "\\\\").replace("'", "\\'")
        found = rows(writable, f"select * from Customer where DisplayName = '{escaped}'")
        assert [row["Id"] for row in found] == [made["Id"]]
        found = rows(writable, f"select * from Customer where DisplayName like '%{escaped[1:]}'")
        assert made["Id"] in [row["Id"] for row in found]


def test_3_details_can_be_asked_for(workshop: Running) -> None:
    (vendor,) = rows(workshop, "select * from vendor where AcctNum = 'HR-204'")
    assert vendor["DisplayName"] == "Brightwire Supply"
    (inn,) = rows(workshop, "select * from Customer where PrimaryEmailAddr = 'inn@example.com'")
    assert inn["DisplayName"] == "Gull & Anchor Inn"
    assert rows(workshop, "select * from Customer where Job = true")[0]["Level"] == 1
    (term,) = rows(workshop, "select Name, DueDays from Term where Name = 'Net 30'")
    assert term == {"Name": "Net 30", "DueDays": 30, "Id": "3", "domain": "QBO", "sparse": True}
    crew = rows(workshop, "select * from Employee orderby FamilyName desc")
    assert [row["FamilyName"] for row in crew] == ["Reyes", "Lindqvist"]
    (richest, *_) = rows(workshop, "select * from Account orderby CurrentBalance desc")
    assert richest["Name"] in ("Inventory Asset", "Opening Balance Equity")
    stocked = rows(workshop, "select * from Account where CurrentBalance > '1000'")
    assert richest["Id"] in [row["Id"] for row in stocked]
    private = rows(workshop, "select * from Customer where CompanyName = '' orderby Id")
    assert [row["DisplayName"] for row in private] == ["Dining room", "Ines Duarte"]


def test_3_hidden_inactives(workshop: Running) -> None:
    shown = rows(workshop, "select * from Vendor")
    every = rows(workshop, f"select * from Vendor {ALL}")
    assert len(every) == len(shown) + 1
    count = workshop.query("select count(*) from Vendor").json()["QueryResponse"]
    assert count == {"totalCount": len(shown)}


def test_4001_an_unknown_entity_as_recorded(workshop: Running) -> None:
    error = workshop.query("SELECT * FROM Custmoer").json()["Fault"]["Error"][0]
    assert error == {
        "Message": "Invalid query",
        "Detail": "QueryValidationError: invalid context declaration: Custmoer",
        "code": "4001",
    }


def test_3_pages_drift_unless_ordered_by_id(emulator: Running) -> None:
    def pages(order: str, rename: str) -> list[str]:
        first = rows(emulator, f"select * from Vendor {order} maxresults 2")
        (moved,) = rows(emulator, f"select * from Vendor where DisplayName = '{rename}'")
        change = {"Id": moved["Id"], "SyncToken": moved["SyncToken"], "sparse": True}
        emulator.save("Vendor", change | {"DisplayName": f"Z{rename}"})
        second = rows(emulator, f"select * from Vendor {order} startposition 3 maxresults 2")
        return [row["Id"] for row in first + second]

    assert sorted(pages("orderby Id", "Kelso Timber & Veneer")) == ["5", "6", "7"]
    emulator.save("Vendor", {"DisplayName": "Alder Mill"})
    drifted = pages("", "Alder Mill")
    everyone = {row["Id"] for row in rows(emulator, "select * from Vendor")}
    assert len(everyone) == 4
    assert set(drifted) != everyone
