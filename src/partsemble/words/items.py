"""What items and their fields are called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from partsemble.accounting.documents import ItemType

TYPE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ItemType.INVENTORY: "Inventory",
        ItemType.NON_INVENTORY: "Non-Inventory",
        ItemType.SERVICE: "Service",
        ItemType.GROUP: "Group",
        ItemType.BUNDLE: "Bundle",
        ItemType.OTHER: "Other",
    }
)

FIELD_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "Name",
        "full_name": "Full name",
        "sku": "SKU",
        "type": "Type",
        "description": "Description",
        "unit_price": "Selling price",
        "purchase_cost": "Purchase cost",
        "quantity_on_hand": "Quantity on hand",
        "inventory_start_date": "Inventory start date",
        "income_account_id": "Income account",
        "expense_account_id": "Expense account",
        "asset_account_id": "Asset account",
        "is_active": "Active",
        "revision": "Revision in the books",
        "updated_at": "Last edited in the books",
    }
)

BOOKKEEPING_FIELDS: Final = frozenset({"revision", "updated_at"})
"""Fields that change with every edit in the books and tell a person nothing by themselves."""
