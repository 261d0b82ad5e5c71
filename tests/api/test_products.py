"""Products by the API: list, one, make, change (PROD-1, API-1)."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from tests.api.test_item_syncs import follow
from tests.support.api import Program, read, read_problem
from tests.support.cast import Cast
from tests.support.products import make_product
from tests.support.stock import adjust
from tests.support.tokens import make_token

from partsemble.catalog.queries import count_products
from partsemble.identity.queries import list_activity
from partsemble.kernel.permissions import Permission
from partsemble.sync.queries.importing import ImportChoices, Selection
from partsemble.sync.services.importing import start_import

pytestmark = pytest.mark.django_db(transaction=True)

LAMP = {
    "sku": "LAMP-1",
    "name": "Reed lamp",
    "type": "finished_good",
    "unit": "lamp",
    "unit_cost": 12.345678,
    "selling_price": 49,
}


@pytest.fixture
def program(cast: Cast) -> Program:
    return Program(make_token(cast.owner))


def test_a_product_is_made_shown_and_changed(cast: Cast, program: Program) -> None:
    made = read(program.post("products", LAMP), 201)
    assert {name: made[name] for name in LAMP} == LAMP | {"unit_cost": "12.345678"}
    assert (made["is_stocked"], made["is_active"], made["revision"]) == (True, True, 1)
    assert made["accounting_item_id"] is None
    address = f"products/{made['id']}"
    assert read(program.get(address)) == made
    change = {"revision": 1, "name": "Rush lamp", "unit_cost": None}
    changed = read(program.patch(address, change))
    assert changed == made | {"name": "Rush lamp", "unit_cost": None, "revision": 2}
    assert read(program.patch(address, change)) == changed  # the same again is no change
    stale = program.patch(address, {"revision": 1, "name": "Third"})
    assert read_problem(stale, 409)["code"] == "product_changed"
    told = [(each.verb, each.actor_label) for each in list_activity(actor=cast.owner.actor)]
    assert told[:2] == [
        ("edited", "Olivia Owner by the token A script"),
        ("created", "Olivia Owner by the token A script"),
    ]


def test_what_is_on_hand_stays_stocked(cast: Cast, program: Program) -> None:
    made = read(program.post("products", LAMP), 201)
    adjust(cast.owner.actor, UUID(made["id"]), "3")
    change = {"revision": 1, "is_stocked": False}
    refused = read_problem(program.patch(f"products/{made['id']}", change), 409)
    assert refused["code"] == "stock_remains"
    adjust(cast.owner.actor, UUID(made["id"]), "-3")
    assert read(program.patch(f"products/{made['id']}", change))["is_stocked"] is False


def test_a_repeated_write_makes_one_product(cast: Cast, program: Program) -> None:
    first = read(program.post("products", LAMP, key="once"), 201)
    assert read(program.post("products", LAMP, key="once"), 201) == first
    assert count_products(actor=cast.owner.actor) == 1
    other = program.post("products", {**LAMP, "sku": "LAMP-2"}, key="once")
    assert read_problem(other, 422)["code"] == "idempotency_key_reused"
    patched = program.patch(f"products/{first['id']}", {"revision": 1}, key="once")
    assert read_problem(patched, 422)["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sku": "taken"}, "sku_taken"),
        ({"sku": " "}, "invalid_input"),
        ({"unit_cost": -1}, "invalid_input"),
        ({"unit_cost": 0.0000001}, "invalid_input"),
        ({"selling_price": 1e9}, "invalid_input"),
        ({"sku": "a\0"}, "request_invalid"),
        ({"type": "lamp"}, "request_invalid"),
        ({"colour": "red"}, "request_invalid"),
    ],
)
def test_what_can_not_be_kept_is_refused(
    cast: Cast, program: Program, change: dict[str, object], code: str
) -> None:
    make_product(cast.owner.actor, "TAKEN")
    refused = read_problem(program.post("products", {**LAMP, **change}), 422)
    if code != "request_invalid":
        assert refused["code"] == code
    assert count_products(actor=cast.owner.actor) == 1


def test_every_product_comes_once_in_order(cast: Cast, program: Program) -> None:
    for sku in ("b", "A", "c", "Ä" * 100, "D"):
        make_product(cast.owner.actor, sku)
    assert [each["sku"] for each in follow(program, "products", limit=2)] == [
        *("A", "b", "c", "D"),
        "Ä" * 100,
    ]
    assert [each["sku"] for each in follow(program, "products", search="THING c", limit=9)] == ["c"]
    assert follow(program, "products", is_linked="true", limit=9) == []
    assert read_problem(program.get(f"products/{uuid4()}"), 404)["code"] == "product_not_found"


def test_a_token_does_no_more_than_it_may(cast: Cast, program: Program) -> None:
    made = read(program.post("products", LAMP), 201)
    viewer = Program(make_token(cast.owner, scopes=frozenset({Permission.VIEW_INVENTORY})))
    assert read(viewer.get("products"))["rows"] == [made]
    assert read_problem(viewer.post("products", LAMP), 403)
    assert read_problem(viewer.patch(f"products/{made['id']}", {"revision": 1}), 403)
    stranger = Program(make_token(cast.stranger))
    assert read(stranger.get("products"))["rows"] == []
    for answer in (
        stranger.get(f"products/{made['id']}"),
        stranger.patch(f"products/{made['id']}", {"revision": 1, "name": "Mine"}),
    ):
        assert read_problem(answer, 404)["code"] == "product_not_found"


def test_what_the_books_own_is_not_changed_here(connected: Cast, synced: Program) -> None:
    start_import(
        actor=connected.owner.actor,
        selection=Selection(),
        choices=ImportChoices(),
        occurred_on=date(2026, 11, 22),
    )
    product = follow(synced, "products", is_linked="true", limit=200)[0]
    address = f"products/{product['id']}"
    refused = synced.patch(address, {"revision": 1, "name": "Mine"})
    assert read_problem(refused, 422)["code"] == "owned_by_books"
    changed = read(synced.patch(address, {"revision": 1, "reorder_point": 3}))
    assert (changed["reorder_point"], changed["name"]) == (3, product["name"])
