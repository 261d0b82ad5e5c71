"""Products: what the workshop stocks, builds and sells (PROD-1)."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from ninja import Router, Status
from pydantic import Field, WithJsonSchema

from partsemble.api.access import ApiRequest, Token
from partsemble.api.paging import PAGE_SIZE, Cursor, Limit, Page, Search, make_page, read_cursor
from partsemble.api.problems import EVERYWHERE, Problem
from partsemble.api.services import IdempotencyKey, name_record
from partsemble.api.wire import WITHOUT_NUL, Number, Order, Shape
from partsemble.catalog.queries import (
    ProductFilter,
    get_product,
    list_products_after,
)
from partsemble.catalog.services import create_product
from partsemble.catalog.types import (
    DEFAULT_UNIT,
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    SKU_LENGTH,
    UNIT_LENGTH,
    ProductPosition,
    ProductTerms,
    ProductType,
    ProductView,
)
from partsemble.kernel.permissions import Permission
from partsemble.sync.services.linking import change_product

router = Router(tags=["products"])

LIST: Final = "products"

Amount = Annotated[Decimal, WithJsonSchema({"type": "number", "minimum": 0})]
"""From 0 to less than a thousand million, at most six decimal places."""
Sku = Annotated[str, Field(min_length=1, max_length=SKU_LENGTH, pattern=WITHOUT_NUL)]
Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH, pattern=WITHOUT_NUL)]
Unit = Annotated[str, Field(min_length=1, max_length=UNIT_LENGTH, pattern=WITHOUT_NUL)]
Description = Annotated[str, Field(max_length=DESCRIPTION_LENGTH, pattern=WITHOUT_NUL)]


class Product(Shape):
    """One product without its stock; null means that nobody has said."""

    id: UUID
    sku: str
    name: str
    type: ProductType
    is_stocked: bool
    description: str
    unit: str
    unit_cost: Number | None
    """The typed one, for what nothing else tells the cost of."""
    selling_price: Number | None
    reorder_point: Number | None
    is_active: bool
    accounting_item_id: UUID | None
    is_item_active: bool
    """False: the books deactivated the item that it is linked to."""
    revision: int
    """Grows with every change; send it along with yours."""
    created_at: datetime


class MakeProduct(Order):
    """What is said of a new product."""

    sku: Sku
    name: Name
    type: ProductType
    is_stocked: bool = True
    description: Description = ""
    unit: Unit = DEFAULT_UNIT
    unit_cost: Amount | None = None
    selling_price: Amount | None = None
    reorder_point: Amount | None = None


class ChangeProduct(Order):
    """What is to be said of a product instead; what is left out stays."""

    revision: int = Field(ge=1, description="Of the product as you know it.")
    sku: Sku | None = None
    name: Name | None = None
    type: ProductType | None = None
    is_stocked: bool | None = None
    description: Description | None = None
    unit: Unit | None = None
    unit_cost: Amount | None = None
    selling_price: Amount | None = None
    reorder_point: Amount | None = None


_MAY_BE_NULL: Final = frozenset({"unit_cost", "selling_price", "reorder_point"})


@router.get(
    "",
    auth=Token(needs=Permission.VIEW_INVENTORY),
    response={200: Page[Product], EVERYWHERE: Problem},
)
def list_products(  # noqa: PLR0913 what a list is narrowed by, all by keyword
    request: ApiRequest,
    *,
    search: Search = "",
    type: ProductType | None = None,  # noqa: A002 the resource's own word
    is_linked: bool | None = None,
    is_active: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_SIZE,
) -> Page[Product]:
    """This will list the products in order of SKU.

    `search` asks for words in SKU and name.
    """
    found = list_products_after(
        actor=request.actor,
        wanted=ProductFilter(search=search, type=type, is_linked=is_linked, is_active=is_active),
        after=read_cursor(cursor, name=LIST, kind=ProductPosition),
        limit=limit + 1,
    )
    return make_page(
        found, limit=limit, show=_show_product, name=LIST, locate=lambda each: each.position
    )


@router.get(
    "{product_id}",
    auth=Token(needs=Permission.VIEW_INVENTORY),
    response={200: Product, EVERYWHERE | {404}: Problem},
)
def show_product(request: ApiRequest, *, product_id: UUID) -> Product:
    """This will show one product."""
    return _show_product(get_product(actor=request.actor, product_id=product_id))


@router.post(
    "",
    auth=Token(needs=Permission.MANAGE_PRODUCTS),
    response={201: Product, EVERYWHERE | {400, 409, 413}: Problem},
)
def make_product(
    request: ApiRequest, *, body: MakeProduct, idempotency_key: IdempotencyKey = None
) -> Status[Product]:
    """This will make a product that is linked to nothing.

    A SKU names one product, in whatever case it is written (422 `sku_taken`).
    """
    product_id = _name(request, idempotency_key, body)
    made = create_product(
        actor=request.actor, terms=ProductTerms(**body.model_dump()), product_id=product_id
    )
    return Status(201, _show_product(made))


@router.patch(
    "{product_id}",
    auth=Token(needs=Permission.MANAGE_PRODUCTS),
    response={200: Product, EVERYWHERE | {400, 404, 409, 413}: Problem},
)
def edit_product(
    request: ApiRequest,
    *,
    product_id: UUID,
    body: ChangeProduct,
    idempotency_key: IdempotencyKey = None,
) -> Product:
    """This will change what is said of a product.

    Name, SKU and prices of a linked product follow its item while the books lead, and are not
    changed here (422 `owned_by_books`). What is stocked stays so while something of it is on hand
    or missing (409 `stock_remains`, `shortage_remains`). A change to a product that somebody else
    has changed since is refused (409 `product_changed`); the same change sent again is none.
    """
    _name(request, idempotency_key, body)
    known = get_product(actor=request.actor, product_id=product_id)
    said = body.model_dump(exclude_unset=True, exclude={"revision"})
    changes = {
        name: value for name, value in said.items() if value is not None or name in _MAY_BE_NULL
    }
    edited = change_product(
        actor=request.actor,
        product_id=product_id,
        terms=replace(known.terms, **changes),
        revision=body.revision,
    )
    return _show_product(edited)


def _name(request: ApiRequest, key: str | None, body: Order) -> UUID | None:
    """Name the record of a write that may be repeated, and refuse a key of another write."""
    if key is None:
        return None
    return name_record(
        business_id=request.actor.business_id,
        key=key,
        operation=f"{request.method} {request.path}",
        body=body.model_dump(mode="json", exclude_unset=True),
    )


def _show_product(product: ProductView) -> Product:
    terms = product.terms
    return Product(
        id=product.id,
        sku=terms.sku,
        name=terms.name,
        type=terms.type,
        is_stocked=terms.is_stocked,
        description=terms.description,
        unit=terms.unit,
        unit_cost=terms.unit_cost,
        selling_price=terms.selling_price,
        reorder_point=terms.reorder_point,
        is_active=product.is_active,
        accounting_item_id=product.accounting_item_id,
        is_item_active=product.is_item_active,
        revision=product.revision,
        created_at=product.created_at,
    )
