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
        ItemType.GROUP: "Bundle",
        ItemType.BUNDLE: "Bundle",
        ItemType.OTHER: "Other",
    }
)
"""QuickBooks' own API calls a bundle a group, its screens call it a bundle; so do ours (SYNC-2)."""

CHOICE_WORDS: Final[Mapping[str, str]] = MappingProxyType({**TYPE_WORDS, ItemType.GROUP: "Group"})
"""What types are called where both words of a bundle are offered."""

BUNDLE_HINT: Final = "QuickBooks' programs call it a group."

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

MONEY_FIELDS: Final = frozenset({"unit_price", "purchase_cost"})
QUANTITY_FIELDS: Final = frozenset({"quantity_on_hand"})

BOOKKEEPING_FIELDS: Final = frozenset({"revision", "updated_at"})
"""Fields that change with every edit in the books and tell a person nothing by themselves."""
