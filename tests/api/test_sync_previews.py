"""Previews, full syncs and confirmations by the API (SYNC-4, SYNC-6, SYNC-10)."""

from decimal import Decimal
from uuid import uuid4

import pytest
from tests.support.api import Program, read, read_problem
from tests.support.cast import Cast
from tests.support.products import make_product
from tests.support.stock import adjust

from partsemble.accounting.models import Item
from partsemble.catalog.services import set_accounting_item
from partsemble.database.scope import business_scope
from partsemble.jobs.worker import drain_jobs
from partsemble.kernel.ids import ProductId
from partsemble.sync.models import ItemSync

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING_ELSE = {"same": 0, "added": 0, "missing": 0, "other": 0, "differences": []}
"""What is said of corrections where none was shown or made."""


def link_lamp(cast: Cast) -> tuple[ProductId, Decimal]:
    """A product of which nothing is here, and how many of its item the books have."""
    actor = cast.owner.actor
    with business_scope(actor.business_id):
        item = Item.objects.filter(quantity_on_hand__gt=0, is_active=True).order_by("id")[0]
    product = make_product(actor, "LAMP-1")
    set_accounting_item(actor=actor, product_id=product.id, item_id=item.id)
    assert item.quantity_on_hand is not None
    return product.id, item.quantity_on_hand


def forget(cast: Cast, count: int) -> None:
    """The mirror is made to know other items than the books have."""
    with business_scope(cast.owner.business.id):
        rows = Item.objects.filter(type="inventory", is_active=True).order_by("id")[:count]
        for row in rows:
            Item.objects.filter(id=row.id).update(external_id=f"9000{row.external_id}")


def test_the_first_run_reads_everything_and_the_next_what_changed(synced: Program) -> None:
    (first,) = read(synced.get("item-syncs"))["rows"]
    assert (first["mode"], first["full_reason"]) == ("full", "first")
    second = read(synced.post("item-syncs"), 202)
    assert (second["mode"], second["full_reason"]) == ("incremental", "")
    drain_jobs()
    third = read(synced.post("item-syncs", {"full": True}), 202)
    assert (third["mode"], third["full_reason"]) == ("full", "asked")


def test_a_preview_is_made_looked_at_and_applied(connected: Cast, program: Program) -> None:
    preview = read(program.post("item-syncs", {"preview": True}, key="look"), 202)
    assert read(program.post("item-syncs", {"preview": True}, key="look"), 202) == preview
    assert preview["is_preview"]
    drain_jobs()
    shown = read(program.get(f"item-syncs/{preview['id']}"))
    assert (shown["state"], shown["applied_steps"]) == ("finished", 0)
    assert shown["counts"]["created"] == shown["planned_steps"] > 40
    assert read(program.get("accounting-items"))["rows"] == []
    assert read(program.get("item-syncs"))["rows"] == []
    assert [each["id"] for each in read(program.get("item-syncs", previews=True))["rows"]] == [
        preview["id"]
    ]
    run = read(program.post("item-syncs", {"applies": preview["id"]}), 202)
    assert run["applies"] == preview["id"]
    drain_jobs()
    found = read(program.get(f"item-syncs/{run['id']}/comparison"))
    assert found["same"] == shown["planned_steps"]
    assert found["added"] == found["missing"] == found["other"] == 0
    assert found["corrections"] == NOTHING_ELSE
    assert read(program.get(f"item-syncs/{preview['id']}/comparison")) is None


def test_a_preview_lists_the_corrections_that_its_sync_then_makes(
    connected: Cast, synced: Program
) -> None:
    product_id, quantity = link_lamp(connected)
    preview = read(synced.post("item-syncs", {"preview": True}), 202)
    drain_jobs()
    (shown,) = read(synced.get(f"item-syncs/{preview['id']}/corrections"))["rows"]
    assert shown["product_id"] == str(product_id)
    assert (shown["state"], shown["code"], shown["entry_number"]) == ("applied", "", None)
    assert shown["on_hand_before"] == 0
    assert Decimal(shown["on_hand_after"]) == quantity
    counted = read(synced.get(f"item-syncs/{preview['id']}"))["corrections"]
    assert counted == {"applied": 1, "held_back": 0, "refused": 0, "differing": 0}
    run = read(synced.post("item-syncs", {"applies": preview["id"]}), 202)
    drain_jobs()
    (done,) = read(synced.get(f"item-syncs/{run['id']}/corrections"))["rows"]
    assert done["entry_number"] == 1
    assert done | {"entry_number": None, "cost_entry_number": None, "sku": ""} == shown | {
        "sku": ""
    }
    found = read(synced.get(f"item-syncs/{run['id']}/comparison"))
    assert found["corrections"] == NOTHING_ELSE | {"same": 1}


def test_a_run_names_the_corrections_that_its_preview_did_not_show(
    connected: Cast, synced: Program
) -> None:
    product_id, _ = link_lamp(connected)
    preview = read(synced.post("item-syncs", {"preview": True}), 202)
    drain_jobs()
    adjust(connected.owner.actor, product_id, "2")
    run = read(synced.post("item-syncs", {"applies": preview["id"]}), 202)
    drain_jobs()
    found = read(synced.get(f"item-syncs/{run['id']}/comparison"))
    (difference,) = found["corrections"].pop("differences")
    assert found["corrections"] == {"same": 0, "added": 0, "missing": 0, "other": 1}
    assert difference["product_id"] == str(product_id)
    assert (difference["difference"], difference["state"]) == ("other", "applied")


def test_what_is_held_back_is_confirmed_by_the_run_that_holds_it(
    connected: Cast, synced: Program
) -> None:
    forget(connected, 12)
    run = read(synced.post("item-syncs", {"full": True}), 202)
    drain_jobs()
    run = read(synced.get(f"item-syncs/{run['id']}"))
    assert (run["counts"]["held_back"], run["counts"]["created"]) == (12, 12)
    steps = read(synced.get(f"item-syncs/{run['id']}/steps"))["rows"]
    held = [each for each in steps if each["is_held"]]
    assert len(held) == 12
    assert {(each["kind"], each["reason"], each["is_applied"]) for each in held} == {
        ("deactivate", "absent", False)
    }
    confirmed = read(synced.post("item-syncs", {"confirms": run["id"]}), 202)
    drain_jobs()
    confirmed = read(synced.get(f"item-syncs/{confirmed['id']}"))
    assert confirmed["confirms"] == run["id"]
    assert (confirmed["counts"]["held_back"], confirmed["counts"]["deactivated"]) == (0, 12)


def test_what_does_not_fit_is_refused(connected: Cast, synced: Program) -> None:
    (run,) = read(synced.get("item-syncs"))["rows"]
    for body, status, code in (
        ({"confirms": run["id"]}, 409, "nothing_held_back"),
        ({"applies": run["id"]}, 409, "no_such_preview"),
        ({"applies": str(uuid4())}, 404, "run_not_found"),
        ({"preview": True, "applies": run["id"]}, 422, "invalid_input"),
    ):
        assert read_problem(synced.post("item-syncs", body), status)["code"] == code
    with business_scope(connected.owner.business.id):
        assert ItemSync.objects.count() == 1
