"""What of an item is mirrored, and how two readings of it are compared. Pure.

Comparing sixteen columns of 100,000 rows would mean reading them all back. Each mirrored row
therefore carries a digest of what was read, and an unchanged item costs one look-up of sixteen
bytes. Equal digests are taken for equal items: BLAKE2b with 128 bits makes an accidental
collision less likely than a broken disk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Final
from uuid import UUID

import msgspec

from partsemble.accounting.documents import Item

MIRRORED_FIELDS: Final = (
    "name",
    "full_name",
    "sku",
    "type",
    "description",
    "unit_price",
    "purchase_cost",
    "quantity_on_hand",
    "inventory_start_date",
    "income_account_id",
    "expense_account_id",
    "asset_account_id",
    "is_active",
    "revision",
    "updated_at",
)
DIGEST_BYTES: Final = 16
_encode = msgspec.json.Encoder(decimal_format="string").encode


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What a plan needs to know of a mirrored row without reading all of it."""

    id: UUID
    digest: str
    is_active: bool


type Change = tuple[object, object]


def digest_item(item: Item) -> str:
    """This will give the digest of an item's mirrored fields, as 32 hexadecimal digits.

    35 and 35.00 are the same price and give the same digest.
    """
    values = (
        item.name,
        item.full_name,
        item.sku,
        item.type.value,
        item.description,
        _plain(item.unit_price),
        _plain(item.purchase_cost),
        _plain(item.quantity_on_hand),
        item.inventory_start_date,
        item.income_account_id,
        item.expense_account_id,
        item.asset_account_id,
        item.is_active,
        item.revision,
        item.updated_at,
    )
    return blake2b(_encode(values), digest_size=DIGEST_BYTES).hexdigest()


def compare_items(*, before: Item, after: Item) -> Mapping[str, Change]:
    """This will give each mirrored field that differs, with its value before and after."""
    changes: dict[str, Change] = {}
    for name in MIRRORED_FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            changes[name] = (_show(old), _show(new))
    return changes


def _plain(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.normalize()


def _show(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, datetime | date) else value
