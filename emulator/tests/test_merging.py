"""Two items turn out to be one: stock, value, bundles, and what clients see of it."""

from pathlib import Path
from typing import Any

import pytest

from accounting_emulator.books import MergeItems, Refusal, SetQuantity
from accounting_emulator.layers import value_of
from accounting_emulator.trial import trial_balance
from conftest import Running, running
from histories import AT, TODAY, find, furnished, worth
from listener import listening

OAK = "Parts:Wood & Metal:Oak base 20 cm"
WALNUT = "Parts:Wood & Metal:Walnut base 20 cm"


def merge(item_id: int, into_id: int) -> MergeItems:
    return MergeItems(at=AT, today=TODAY, item_id=item_id, into_id=into_id)


def test_the_item_that_stays_takes_the_stock_over_layer_by_layer() -> None:
    books = furnished()
    oak, walnut = find(books, OAK), find(books, WALNUT)
    layers = [books.get_item(item_id=number).layers for number in (oak, walnut)]
    before = dict(books.balances)
    (event,) = books.execute(command=merge(walnut, oak))
    assert (event.operation, event.id, event.deleted_id) == ("Merge", oak, walnut)
    kept, lost = books.get_item(item_id=oak), books.get_item(item_id=walnut)
    assert kept.layers == (*layers[0], *layers[1])
    assert (lost.active, lost.layers, lost.name) == (False, (), "Walnut base 20 cm (deleted)")
    assert dict(books.balances) == before, "the value stays in the same account"


def test_stock_that_was_owed_is_covered_at_its_true_cost() -> None:
    books = furnished()
    oak, walnut = find(books, OAK), find(books, WALNUT)
    books.execute(command=SetQuantity(at=AT, today=TODAY, item_id=walnut, quantity=-5))  # type: ignore[arg-type] # whole numbers will do
    books.execute(command=merge(walnut, oak))
    kept = books.get_item(item_id=oak)
    assert kept.on_hand == 95
    assert kept.layers[0].quantity == 35
    trial = trial_balance(books=books)
    assert trial.is_balanced
    assert books.balances[81] == trial.inventory_value == worth(books)
    assert value_of(layers=kept.layers) == 35 * kept.layers[0].value / 35 + kept.layers[1].value


def test_bundles_name_the_item_that_stays() -> None:
    books = furnished()
    heron = find(books, 'Lamps:Table:Table lamp "Heron"')
    walnut = find(books, 'Lamps:Table:Table lamp "Heron", walnut')
    bundle = find(books, "Heron gift set")
    books.execute(command=merge(heron, walnut))
    members = [line.item_id for line in books.get_item(item_id=bundle).group_lines]
    assert heron not in members
    assert members[0] == walnut


@pytest.mark.parametrize(
    ("lost", "kept"),
    [
        (OAK, OAK),
        (OAK, "Rewiring"),
        ("Parts:Shades", "Parts:Electrical"),
        ("Lantern, old pattern (deleted)", OAK),
        ("Heron gift set", "Reed ring, fitted"),
    ],
)
def test_what_is_not_alike_cannot_be_one(lost: str, kept: str) -> None:
    books = furnished()
    with pytest.raises(Refusal, match="merged"):
        books.execute(command=merge(find(books, lost), find(books, kept)))


def test_an_item_is_merged_between_two_pages_of_a_reading(emulator: Running) -> None:
    command = {"path": "items/20/merge", "body": {"into": "40"}}
    fault = {"kind": "commands", "path": "/query", "after": 1, "commands": [command]}
    emulator.control("POST", "faults", fault)
    statement = "select * from Item orderby Id startposition {} maxresults 30"
    pages = [emulator.rows(statement.format(start)) for start in (1, 31, 61)]
    before = next(item for item in pages[0] if item["Id"] == "20")
    after = next(item for item in pages[1] if item["Id"] == "40")
    lost = emulator.read("item/20").json()["Item"]
    assert after["QtyOnHand"] == before["QtyOnHand"] + emulator.control("GET", "items/40")[
        "layers"][0]["quantity"]  # fmt: skip
    assert (lost["Active"], lost["QtyOnHand"]) == (False, 0)
    ids = [item["Id"] for page in pages for item in page]
    assert "31" not in ids, "it moved up to a page that was already read"
    assert emulator.control("GET", "trial-balance")["is_balanced"]


def seen(server: Running, item_id: str) -> dict[str, Any]:
    """How an item looks from every side after a merge."""
    clauses = f"where Id = '{item_id}' and Active in (true, false)"
    day = server.control("GET", "clock")["now"][:10]
    (response,) = server.read(f"cdc?entities=Item&changedSince={day}").json()["CDCResponse"]
    (group,) = response["QueryResponse"]
    counted = server.query("select count(*) from Item where Active in (true, false)").json()
    listed = server.control("GET", f"items?search=Walnut base&state=all&limit={1000}")["items"]
    return {
        "read": server.read(f"item/{item_id}").status_code,
        "queried": [row["Active"] for row in server.rows(f"select * from Item {clauses}")],
        "hidden": server.rows(f"select * from Item where Id = '{item_id}'"),
        "counted": counted["QueryResponse"]["totalCount"],
        "changed": [row for row in group["Item"] if row["Id"] == item_id],
        "by id": item_id in [
            row["Id"] for row in server.rows(
                "select * from Item where Active in (true, false) orderby Id maxresults 1000")
        ],
        "in the console": item_id in [row["id"] for row in listed],
    }  # fmt: skip


def test_6_7_a_merged_item_stays_as_an_inactive_one(emulator: Running) -> None:
    (lost,) = emulator.rows("select * from Item where Name = 'Walnut base 20 cm'")
    (kept,) = emulator.rows("select * from Item where Name = 'Oak base 20 cm'")
    with listening() as listener:
        emulator.control("POST", "webhooks", {"url": listener.url})
        emulator.control("PATCH", "switches", {"webhook_format": "event_notifications"})
        emulator.control("POST", f"items/{lost['Id']}/merge", {"into": kept["Id"]})
        told = listener.wait_for(1)[0].content
    (event,) = told["eventNotifications"][0]["dataChangeEvent"]["entities"]
    assert (event["name"], event["operation"]) == ("Item", "Merge")
    assert (event["id"], event["deletedId"]) == (kept["Id"], lost["Id"])
    after = seen(emulator, lost["Id"])
    (changed,) = after.pop("changed")
    assert (changed["Active"], changed["Name"]) == (False, "Walnut base 20 cm (deleted)")
    assert int(changed["SyncToken"]) == int(lost["SyncToken"]) + 1
    assert after == {"read": 200, "queried": [False], "hidden": [], "counted": 64,
                     "by id": True, "in the console": True}  # fmt: skip


def test_6_7_a_merged_item_can_vanish(tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "state"))
    with running(tmp_path, *options) as server:
        server.control("PATCH", "switches", {"merged_items": "deleted"})
        (lost,) = server.rows("select * from Item where Name = 'Walnut base 20 cm'")
        (kept,) = server.rows("select * from Item where Name = 'Oak base 20 cm'")
        server.control("POST", f"items/{lost['Id']}/merge", {"into": kept["Id"]})
        check_vanished(server, lost["Id"])
        error = server.read(f"item/{lost['Id']}").json()["Fault"]["Error"][0]
        assert error["code"] == "610"
        stale = {"Id": lost["Id"], "SyncToken": "0", "sparse": True, "Name": "x"}
        assert server.refused("Item", stale)["code"] == "610"
        made = server.save("Item", {"Name": "Walnut base 20 cm", "Type": "Service",
                                    "IncomeAccountRef": {"value": "1"}})  # fmt: skip
        assert made["Id"] == "65", "an id is never given out again"
        server.kill()
    with running(tmp_path, *options) as again:
        assert again.read(f"item/{lost['Id']}").status_code == 400
        assert again.read("item/65").status_code == 200


def test_6_an_item_is_removed_for_good(emulator: Running) -> None:
    (lost,) = emulator.rows("select * from Item where Name = 'Walnut base 20 cm'")
    emulator.rows("select * from Item")  # is found, and mended below
    emulator.control("DELETE", f"items/{lost['Id']}")
    check_vanished(emulator, lost["Id"])
    assert lost["Id"] not in [row["Id"] for row in emulator.rows("select * from Item")]
    trial = emulator.control("GET", "trial-balance")
    assert trial["is_balanced"]
    (asset,) = [row for row in trial["rows"] if row["account_id"] == "81"]
    assert asset["debit"] == trial["inventory_value"]
    emulator.control("PATCH", "switches", {"stock_moves_in_cdc": "always"})
    check_vanished(emulator, lost["Id"])
    shelf = emulator.rows("select * from Item where Type = 'Category'")[0]["Id"]
    bundle = emulator.rows("select * from Item where Type = 'Group'")[0]
    member = bundle["ItemGroupDetail"]["ItemGroupLine"][0]["ItemRef"]["value"]
    for number, words in ((shelf, "category"), (member, "bundle"), (lost["Id"], "no item")):
        answer = emulator.client.delete(f"{emulator.ready['control_url']}/items/{number}")
        assert words in answer.json()["error"], number


def check_vanished(server: Running, item_id: str) -> None:
    after = seen(server, item_id)
    (stub,) = after.pop("changed")
    assert list(stub.pop("MetaData")) == ["LastUpdatedTime"]
    assert stub == {"domain": "QBO", "status": "Deleted", "Id": item_id}
    assert after == {"read": 400, "queried": [], "hidden": [], "counted": 63,
                     "by id": False, "in the console": False}  # fmt: skip
