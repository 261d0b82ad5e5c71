"""Stock adjustments: adding to the stock of a product, or removing from it (STOCK-3)."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from ninja import Router, Status
from pydantic import Field, WithJsonSchema

from partsemble.api.access import ApiRequest, Token
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.services import IdempotencyKey, name_record
from partsemble.api.wire import Order, Shape
from partsemble.database.ids import new_id
from partsemble.identity.queries import get_business
from partsemble.kernel.ids import ProductId
from partsemble.kernel.permissions import Permission
from partsemble.stock.services.adjusting import adjust_stock
from partsemble.stock.types import NOTES_LENGTH, Adjustment, AdjustmentReason

router = Router(tags=["stock-adjustments"])


class Direction(StrEnum):
    """What happens to the quantity."""

    ADD = "add"
    REMOVE = "remove"


class MakeStockAdjustment(Order):
    """What is asked for."""

    product_id: UUID
    direction: Direction
    quantity: Annotated[
        Decimal, WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "examples": [12.5]})
    ] = Field(description="In the product's unit, at most six decimal places.")
    unit_cost: Annotated[Decimal, WithJsonSchema({"type": "number", "minimum": 0})] | None = Field(
        default=None, description="Of what is added, in the currency; needed to add."
    )
    reason: AdjustmentReason = Field(
        description="`received` only adds, `loss` only removes; the others do either."
    )
    notes: Annotated[str, Field(max_length=NOTES_LENGTH, pattern=r"^[^\x00]*$")] = ""


class StockAdjustment(Shape):
    """The stock entry that it came to; a token that may view inventory reads it there."""

    entry_id: UUID
    number: int


@router.post(
    "",
    auth=Token(needs=Permission.ADJUST_STOCK),
    response={201: StockAdjustment, EVERYWHERE | {400, 404, 409, 413}: Problem},
)
def make_stock_adjustment(
    request: ApiRequest, *, body: MakeStockAdjustment, idempotency_key: IdempotencyKey = None
) -> Status[StockAdjustment]:
    """This will add to the stock of a product, or remove from it, today.

    Stock never goes below zero (409 `not_enough_stock`).
    """
    name = new_id()
    if idempotency_key is not None:
        name = name_record(
            business_id=request.actor.business_id,
            key=idempotency_key,
            operation=f"{request.method} {request.path}",
            body=body.model_dump(mode="json", exclude_defaults=True),
        )
    business = get_business(actor=request.actor)
    posted = adjust_stock(
        actor=request.actor,
        adjustment=Adjustment(
            product_id=ProductId(body.product_id),
            is_addition=body.direction is Direction.ADD,
            quantity=body.quantity,
            reason=body.reason,
            unit_cost=body.unit_cost,
            notes=body.notes.strip(),
        ),
        occurred_on=timezone.now().astimezone(ZoneInfo(business.time_zone)).date(),
        key=f"api:{name}",
    )
    return Status(201, StockAdjustment(entry_id=posted.id, number=posted.number))
