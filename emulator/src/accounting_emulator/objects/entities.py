"""What a query may do with each kind of object: its property table, as the search sees it."""

from collections.abc import Callable
from typing import Any

from accounting_emulator.objects import sheets
from accounting_emulator.objects.fields import Field, Sheet
from accounting_emulator.query import Condition, Order, QueryInvalid
from accounting_emulator.search import Entity, Kind, Property

MAX_ID_DIGITS = 19
Read = Callable[[Any], Any]
_KINDS: dict[str, Kind] = {"number": "number", "whole": "number", "flag": "boolean"}
_INNER = {
    "ref": "value",
    "phone": "FreeFormNumber",
    "email": "Address",
    "web": "URI",
}
_STAMPED: dict[str, Read] = {
    "MetaData.CreateTime": lambda row: row.created_at,
    "MetaData.LastUpdatedTime": lambda row: row.updated_at,
}
_ITEM: dict[str, Read] = {
    "Name": lambda row: row.name,
    "Type": lambda row: row.type,
    "FullyQualifiedName": lambda row: row.full_name,
    "Sku": lambda row: row.sku,
    "Active": lambda row: row.active,
    "UnitPrice": lambda row: row.unit_price,
}
_LIST: dict[str, Read] = {
    "Name": lambda row: row.name,
    "DisplayName": lambda row: row.name,
    "FullyQualifiedName": lambda row: row.full_name,
    "Active": lambda row: row.active,
    "Job": lambda row: row.parent_id is not None,
    "SubClass": lambda row: row.parent_id is not None,
    "SubDepartment": lambda row: row.parent_id is not None,
    "Balance": lambda row: 0,  # noqa: ARG005 # nobody owes anything before there are documents
}
_ACCOUNT: dict[str, Read] = {
    "Name": lambda row: row.name,
    "AcctNum": lambda row: row.number,
    "Description": lambda row: row.description,
    "AccountType": lambda row: row.account_type,
    "AccountSubType": lambda row: row.account_sub_type,
    "Classification": lambda row: row.classification,
    "FullyQualifiedName": lambda row: row.full_name,
    "Active": lambda row: row.active,
    "SubAccount": lambda row: row.parent_id is not None,
    "ParentRef": lambda row: None if row.parent_id is None else str(row.parent_id),
}


def _make_entity(sheet: Sheet, readers: dict[str, Read], order: str = "") -> Entity:
    properties = [
        Property("Id", "number", lambda row: row.id, is_sortable=True),
        *(Property(name, "instant", read, is_sortable=True) for name, read in _STAMPED.items()),
        *(
            Property(
                field.name,
                "boolean" if field.name == "Active" else _KINDS.get(field.kind, "text"),
                readers.get(field.name) or _reader(field),
                is_filterable="f" in field.ability,
                is_sortable="s" in field.ability,
            )
            for field in sheet.fields.values()
            if field.ability
        ),
    ]
    return Entity(
        name=sheet.name,
        properties=properties,
        known=(*sheet.fields, "MetaData"),
        default_order=(Order(order),) if order else (),
        hides_inactive=bool(order),
    )


def make_account_entity(*, read_balance: Read) -> Entity:
    """Make what queries see of accounts; what is on one is known to the ledger alone."""
    return _make_entity(sheets.ACCOUNT, _ACCOUNT | {"CurrentBalance": read_balance}, "Name")


def _reader(field: Field) -> Read:
    name, inner = field.name, _INNER.get(field.kind)
    if inner is None:
        return lambda row: row.details.get(name)
    return lambda row: (row.details.get(name) or {}).get(inner)


ITEM = _make_entity(sheets.ITEM, _ITEM, "Name")
COMPANY_INFO = _make_entity(sheets.COMPANY_INFO, {})
PREFERENCES = _make_entity(sheets.PREFERENCES, {})
_PEOPLE = (sheets.CUSTOMER, sheets.VENDOR, sheets.EMPLOYEE)
_SMALL_LISTS = (
    *(sheets.TERM, sheets.PAYMENT_METHOD, sheets.CLASS, sheets.DEPARTMENT),
    *(sheets.TAX_CODE, sheets.TAX_RATE),
)
LISTS = (
    *(_make_entity(sheet, _LIST, "DisplayName") for sheet in _PEOPLE),
    *(_make_entity(sheet, _LIST, "Name") for sheet in _SMALL_LISTS),
)
BY_NAME = {entity.name.lower(): entity for entity in (ITEM, *LISTS, COMPANY_INFO, PREFERENCES)}


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
