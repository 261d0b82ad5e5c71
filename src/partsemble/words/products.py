"""What products and their fields are called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from partsemble.catalog.types import ProductType

PRODUCT_TYPE_WORDS: Final[Mapping[ProductType, str]] = MappingProxyType(
    {
        ProductType.RAW_MATERIAL: "Raw Material",
        ProductType.COMPONENT: "Component",
        ProductType.SUB_ASSEMBLY: "Sub-Assembly",
        ProductType.FINISHED_GOOD: "Finished Good",
    }
)

PRODUCT_FIELD_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sku": "SKU",
        "name": "Name",
        "type": "Type",
        "is_stocked": "Stocked",
        "unit": "Unit of measure",
        "description": "Description",
        "unit_cost": "Unit cost",
        "selling_price": "Selling price",
        "reorder_point": "Reorder point",
    }
)
