"""What a run made of quantities and costs, line by line, by the API (SYNC-7, API-1)."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.support.api import Program, read, read_problem
from tests.support.cast import Cast
from tests.support.products import make_product

from partsemble.database.scope import business_scope
from partsemble.kernel.ids import BusinessId
from partsemble.sync.correction_models import QuantityCorrection
from partsemble.sync.errors import RunNotFound
from partsemble.sync.types import CorrectionState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run_id(connected: Cast, synced: Program) -> UUID:
    """A run with five lines; the third one waits for a person."""
    (run,) = read(synced.get("item-syncs"))["rows"]
    actor = connected.owner.actor
    for number in range(5):
        product = make_product(actor, f"BOLT-{number}")
        state = CorrectionState.HELD if number == 2 else CorrectionState.APPLIED
        keep_line(actor.business_id, UUID(run["id"]), product.id, state)
    return UUID(run["id"])


def keep_line(
    business_id: BusinessId, run_id: UUID, product_id: UUID, state: CorrectionState
) -> None:
    figures = {
        "quantity": Decimal("2.5"),
        "remote": Decimal("12.5"),
        "expected": Decimal(10),
        "on_hand_before": Decimal(10),
        "on_hand_after": Decimal("12.5"),
        "shortage_after": Decimal(0),
        "value_before": Decimal(50),
        "value_after": Decimal("62.5"),
    }
    with business_scope(business_id):
        QuantityCorrection.objects.create(
            business_id=business_id,
            run_id=run_id,
            product_id=product_id,
            item_id=uuid4(),
            state=state.value,
            entry_number=7,
            **figures,
        )


def follow(program: Program, path: str, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    page = read(program.get(path, **query))
    rows += page["rows"]
    while page["next_cursor"]:
        page = read(program.get(path, **query, cursor=page["next_cursor"]))
        assert page["rows"]
        rows += page["rows"]
    return rows


def test_each_product_is_told_once_page_by_page(synced: Program, run_id: UUID) -> None:
    lines = follow(synced, f"item-syncs/{run_id}/corrections", limit=2)
    assert sorted(each["sku"] for each in lines) == [f"BOLT-{number}" for number in range(5)]
    first = next(each for each in lines if each["sku"] == "BOLT-0")
    assert first["state"] == "applied"
    assert first["code"] == ""
    assert (first["quantity"], first["remote"], first["expected"]) == ("2.5", "12.5", 10)
    assert (first["on_hand_before"], first["on_hand_after"], first["shortage_after"]) == (
        10,
        "12.5",
        0,
    )
    assert (first["value_before"], first["value_after"]) == (50, "62.5")
    assert (first["entry_number"], first["cost_entry_number"]) == (7, None)


def test_those_of_a_state_are_asked_for(synced: Program, run_id: UUID) -> None:
    held = follow(synced, f"item-syncs/{run_id}/corrections", state="held")
    assert [each["sku"] for each in held] == ["BOLT-2"]


def test_a_cursor_counts_for_its_own_list_alone(synced: Program, run_id: UUID) -> None:
    page = read(synced.get(f"item-syncs/{run_id}/corrections", limit=2))
    answer = synced.get(
        f"item-syncs/{run_id}/corrections", state="held", cursor=page["next_cursor"]
    )
    assert read_problem(answer, 422)["code"] == "invalid_input"


def test_a_run_that_is_none_of_theirs_is_not_found(synced: Program, run_id: UUID) -> None:
    answer = synced.get(f"item-syncs/{uuid4()}/corrections")
    assert read_problem(answer, 404)["code"] == RunNotFound.code
