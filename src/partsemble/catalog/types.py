"""Public values of the catalog."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from partsemble.kernel.ids import ProductId

SKU_LENGTH: Final = 100
"""As much as any of the books takes."""
NAME_LENGTH: Final = 500
"""As long as an item's name can be."""
UNIT_LENGTH: Final = 16
DESCRIPTION_LENGTH: Final = 4_000
"""What the books allow an item."""
DEFAULT_UNIT: Final = "pcs"


def fold_sku(sku: str) -> str:
    """This will give the form in which two SKUs are compared: without case or outer spaces."""
    return " ".join(sku.split()).casefold()


class ProductType(StrEnum):
    """What a product is to the workshop (PROD-1); the value is stable and stored."""

    RAW_MATERIAL = "raw_material"
    COMPONENT = "component"
    SUB_ASSEMBLY = "sub_assembly"
    FINISHED_GOOD = "finished_good"


@dataclass(frozen=True, slots=True)
class ProductTerms:
    """What a person, a file or a program says of a product.

    `unit_cost` is the typed one: per unit, in the business's currency, at most six places. It
    serves where nothing else tells what a unit costs (COST-2).
    """

    sku: str
    name: str
    type: ProductType
    is_stocked: bool = True
    description: str = ""
    unit: str = DEFAULT_UNIT
    unit_cost: Decimal | None = None
    selling_price: Decimal | None = None
    reorder_point: Decimal | None = None


class ProductPosition(NamedTuple):
    """Where a product stands in order of SKU; no two stand at the same place."""

    sku_key: str


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product without its stock figures."""

    id: ProductId
    position: ProductPosition
    terms: ProductTerms
    is_active: bool
    accounting_item_id: UUID | None
    is_item_active: bool
    """False: the books deactivated the item that it is linked to (SYNC-6)."""
    revision: int
    """Grows with every change; an edit names the one that it was made against."""
    created_at: datetime

    @property
    def sku(self) -> str:
        """This will give the SKU."""
        return self.terms.sku

    @property
    def name(self) -> str:
        """This will give the name."""
        return self.terms.name


@dataclass(frozen=True, slots=True)
class LinkChangeView:
    """One line of a product's link history (ITEM-4)."""

    id: UUID
    recorded_at: datetime
    actor_label: str
    from_item_id: UUID | None
    to_item_id: UUID | None


@dataclass(frozen=True, slots=True)
class LinkedCreation:
    """A product that is to be made of an item of the books."""

    id: ProductId
    terms: ProductTerms
    item_id: UUID


@dataclass(frozen=True, slots=True)
class LinkedChange:
    """What a linked product becomes because its item changed."""

    product: ProductView
    terms: ProductTerms
    is_item_active: bool


@dataclass(frozen=True, slots=True)
class ProductWrite:
    """What a product is to be, in use or not: a new one, or one of a known revision."""

    id: ProductId
    terms: ProductTerms
    is_active: bool
    revision: int = 0
    """Of the product as it was read; 0: it is new."""
