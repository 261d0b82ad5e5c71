"""Which properties of which object a query may filter and sort by (QBO API reference)."""

from accounting_emulator.query import Condition, Order, QueryInvalid
from accounting_emulator.search import Entity, Property

MAX_ID_DIGITS = 19
ITEM = Entity(
    name="Item",
    properties=(
        Property("Id", "number", lambda row: row.id, is_sortable=True),
        Property("Name", "text", lambda row: row.name, is_sortable=True),
        Property("Type", "text", lambda row: row.type, is_sortable=True),
        Property("FullyQualifiedName", "text", lambda row: row.full_name),
        Property("Sku", "text", lambda row: row.sku),
        Property("Active", "boolean", lambda row: row.active),
        Property(
            "UnitPrice", "number", lambda row: row.unit_price,
            is_filterable=False, is_sortable=True,
        ),
        Property("MetaData.CreateTime", "instant", lambda row: row.created_at, is_sortable=True),
        Property(
            "MetaData.LastUpdatedTime", "instant", lambda row: row.updated_at, is_sortable=True
        ),
    ),
    known=(
        "QtyOnHand", "PurchaseCost", "Description", "PurchaseDesc", "Taxable", "SubItem",
        "ParentRef", "Level", "TrackQtyOnHand", "InvStartDate", "IncomeAccountRef",
        "ExpenseAccountRef", "AssetAccountRef", "ReorderPoint", "SyncToken", "ItemGroupDetail",
    ),
    default_order=(Order("Name"),),
)  # fmt: skip

ACCOUNT = Entity(
    name="Account",
    properties=(
        Property("Id", "number", lambda row: row.id, is_sortable=True),
        Property("Name", "text", lambda row: row.name, is_sortable=True),
        Property("FullyQualifiedName", "text", lambda row: row.name, is_sortable=True),
        Property("Active", "boolean", lambda row: row.active),
        Property("AcctNum", "text", lambda row: row.number, is_sortable=True),
        Property("Classification", "text", lambda row: row.classification),
        Property("AccountType", "text", lambda row: row.account_type, is_sortable=True),
        Property("AccountSubType", "text", lambda row: row.account_sub_type),
        Property("MetaData.CreateTime", "instant", lambda row: row.created_at, is_sortable=True),
        Property(
            "MetaData.LastUpdatedTime", "instant", lambda row: row.updated_at, is_sortable=True
        ),
    ),
    known=("SubAccount", "ParentRef", "CurrentBalance", "CurrencyRef", "SyncToken"),
    default_order=(Order("Name"),),
)

SINGLE_ROW = (
    Property("Id", "number", lambda row: row.id, is_sortable=True),
    Property("MetaData.LastUpdatedTime", "instant", lambda row: row.updated_at),
)
COMPANY_INFO = Entity(name="CompanyInfo", properties=SINGLE_ROW, hides_inactive=False)
PREFERENCES = Entity(name="Preferences", properties=SINGLE_ROW, hides_inactive=False)

BY_NAME = {entity.name.lower(): entity for entity in (ITEM, ACCOUNT, COMPANY_INFO, PREFERENCES)}


def wanted_flags(*, condition: Condition) -> set[bool]:
    """Give the values of a flag that satisfy a condition on it.

    Raises:
        QueryInvalid: a value is neither true nor false, or the comparison makes no sense.
    """
    values = {value.lower() for value in condition.values}
    if not values <= {"true", "false"} or condition.comparison not in ("=", "in"):
        raise QueryInvalid(f"QueryValidationError: value {condition.values[0]} is not a boolean")
    return {value == "true" for value in values}


def named_ids(*, conditions: tuple[Condition, ...]) -> list[int] | None:
    """Give the only ids that can satisfy the conditions, in order; None when any may."""
    for condition in conditions:
        if condition.field.lower() == "id" and condition.comparison in ("=", "in"):
            return sorted({int(text) for text in condition.values if is_id(text=text)})
    return None


def is_id(*, text: str) -> bool:
    """Say whether a text can be the id of an object: a plain whole number."""
    return text.isascii() and text.isdecimal() and len(text) < MAX_ID_DIGITS
