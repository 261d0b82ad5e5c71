"""Stock by the API: adjusting it, and reading what changed it (STOCK-1, STOCK-3)."""

from typing import Any
from uuid import uuid4

import pytest
from tests.api.test_item_syncs import follow
from tests.support.api import Program, read, read_problem
from tests.support.cast import Cast
from tests.support.products import make_product
from tests.support.stock import adjust, audit, read_stock
from tests.support.tokens import make_token

from partsemble.kernel.ids import ProductId
from partsemble.kernel.permissions import Permission

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bolt(cast: Cast) -> ProductId:
    return make_product(cast.owner.actor, "BOLT-8").id


def ask(product: ProductId, **changes: object) -> dict[str, Any]:
    sound = {"direction": "add", "quantity": 12.5, "unit_cost": 0.1, "reason": "count"}
    return {"product_id": str(product), **sound, **changes}


def test_an_adjustment_and_its_entry(cast: Cast, program: Program, bolt: ProductId) -> None:
    made = read(program.post("stock-adjustments", ask(bolt, notes=" Found in the cellar ")), 201)
    entry = read(program.get(f"stock-entries/{made['entry_id']}"))
    assert entry["number"] == made["number"] == 1
    assert (entry["kind"], entry["reason"]) == ("adjustment", "count")
    assert entry["notes"] == "Found in the cellar"
    assert entry["recorded_by"] == "Olivia Owner by the token A script"
    (move,) = entry["moves"]
    assert (move["quantity"], move["value"], move["on_hand_after"]) == ("12.5", "1.25", "12.5")
    assert (move["sku"], move["product_id"], move["counterpart"]) == (
        "BOLT-8",
        str(bolt),
        "adjustment",
    )
    audit(cast.owner.actor)


def test_a_repeated_adjustment_is_made_once(cast: Cast, program: Program, bolt: ProductId) -> None:
    first = read(program.post("stock-adjustments", ask(bolt), key="k1"), 201)
    assert read(program.post("stock-adjustments", ask(bolt), key="k1"), 201) == first
    other = program.post("stock-adjustments", ask(bolt, quantity=3), key="k1")
    assert read_problem(other, 422)["code"] == "idempotency_key_reused"
    assert read_stock(cast.owner.actor, bolt) == ("12.5", "1.25")
    read(program.post("stock-adjustments", ask(bolt)), 201)
    read(program.post("stock-adjustments", ask(bolt)), 201)
    assert read_stock(cast.owner.actor, bolt) == ("37.5", "3.75")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"direction": "remove", "reason": "loss"}, 409, "not_enough_stock"),
        ({"product_id": str(uuid4())}, 404, "product_not_found"),
        ({"quantity": 0}, 422, "invalid_input"),
        ({"quantity": 0.00000001}, 422, "invalid_input"),
        ({"quantity": 1e300}, 422, "quantity_too_large"),
        ({"unit_cost": None}, 422, "invalid_input"),
        ({"reason": "loss"}, 422, "invalid_input"),
        ({"reason": "theft"}, 422, "invalid_input"),
        ({"notes": "x" * 1001}, 422, "invalid_input"),
        ({"notes": "\0"}, 422, "invalid_input"),
        ({"colour": "red"}, 422, "invalid_input"),
    ],
)
def test_what_is_refused(
    program: Program, bolt: ProductId, changes: dict[str, object], status: int, code: str
) -> None:
    problem = read_problem(program.post("stock-adjustments", ask(bolt, **changes)), status)
    assert problem["code"] == code
    assert read(program.get("stock-entries"))["rows"] == []


def test_entries_are_listed_newest_first_and_narrowed(
    cast: Cast, program: Program, bolt: ProductId
) -> None:
    nut = make_product(cast.owner.actor, "NUT-8")
    for _ in range(3):
        adjust(cast.owner.actor, bolt, "1")
        adjust(cast.owner.actor, nut.id, "1")
    whole = follow(program, "stock-entries", limit=200)
    assert [each["number"] for each in whole] == [6, 5, 4, 3, 2, 1]
    assert follow(program, "stock-entries", limit=4) == whole
    bolts = follow(program, "stock-entries", product=str(bolt), limit=2)
    assert [each["number"] for each in bolts] == [5, 3, 1]
    assert follow(program, "stock-entries", kind="sync", limit=2) == []


def test_another_business_has_none_of_it(cast: Cast, program: Program, bolt: ProductId) -> None:
    made = read(program.post("stock-adjustments", ask(bolt)), 201)
    stranger = Program(token=make_token(cast.stranger))
    assert read(stranger.get("stock-entries"))["rows"] == []
    answer = stranger.get(f"stock-entries/{made['entry_id']}")
    assert read_problem(answer, 404)["code"] == "entry_not_found"
    answer = stranger.post("stock-adjustments", ask(bolt))
    assert read_problem(answer, 404)["code"] == "product_not_found"


def test_a_token_that_only_adjusts_sees_nothing_else(cast: Cast, bolt: ProductId) -> None:
    narrow = Program(token=make_token(cast.owner, scopes=frozenset({Permission.ADJUST_STOCK})))
    made = read(narrow.post("stock-adjustments", ask(bolt)), 201)
    answer = narrow.get(f"stock-entries/{made['entry_id']}")
    assert read_problem(answer, 403)["code"] == "token_too_narrow"
