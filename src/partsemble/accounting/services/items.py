"""Writing the mirror of the books' items; only a sync calls these, inside its transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from partsemble.accounting.documents import Item
from partsemble.accounting.mirror import MIRRORED_FIELDS, digest_item
from partsemble.accounting.models.items import SEARCH_LENGTH, SORT_LENGTH, TEXT_LENGTH
from partsemble.accounting.models.items import Item as ItemRow
from partsemble.database.bulk import BulkWrite, prepare_insert, prepare_update
from partsemble.kernel.ids import BusinessId, ConnectionId

_VALUE_COLUMNS: Final = (*MIRRORED_FIELDS, "digest", "fingerprint", "sort_name", "search_text")


@dataclass(frozen=True, slots=True)
class ItemCreation:
    """A mirrored row that is to be, under the id that the plan gave it."""

    id: UUID
    item: Item


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What a mirrored row becomes, provided that it still has the digest that is known."""

    id: UUID
    known_digest: str
    item: Item


def create_items(
    *,
    business_id: BusinessId,
    connection_id: ConnectionId,
    creations: Sequence[ItemCreation],
) -> int:
    """This will add rows to the mirror and give how many were added.

    A row that exists already is left alone and not counted, so that the caller can tell that
    its plan is older than the mirror (SYNC-4).
    """
    return prepare_creations(
        business_id=business_id, connection_id=connection_id, creations=creations
    ).execute()


def prepare_creations(
    *,
    business_id: BusinessId,
    connection_id: ConnectionId,
    creations: Sequence[ItemCreation],
) -> BulkWrite:
    """This will make ready what `create_items` does, outside the transaction that does it."""
    return prepare_insert(
        model=ItemRow,
        columns=("id", "business_id", "connection_id", "external_id", *_VALUE_COLUMNS),
        rows=[
            (each.id, business_id, connection_id, each.item.external_id, *_list_values(each.item))
            for each in creations
        ],
        ignore_conflicts=True,
    )


def change_items(*, business_id: BusinessId, changes: Sequence[ItemChange]) -> int:
    """This will rewrite rows of the mirror that are still as the plan knew them.

    Returns how many were; a row that changed since is left alone and not counted.
    """
    return prepare_changes(business_id=business_id, changes=changes).execute()


def prepare_changes(*, business_id: BusinessId, changes: Sequence[ItemChange]) -> BulkWrite:
    """This will make ready what `change_items` does, outside the transaction that does it."""
    return prepare_update(
        model=ItemRow,
        columns=_VALUE_COLUMNS,
        where=("id", "business_id", "digest"),
        rows=[
            (*_list_values(each.item), each.id, business_id, each.known_digest) for each in changes
        ],
    )


def _list_values(item: Item) -> tuple[object, ...]:
    """Give the columns of `_VALUE_COLUMNS`, spelled out: this runs once for every item."""
    place = item.full_name.casefold()
    search = f"{item.sku}\n{item.name}\n{item.external_id}\n".casefold() + place
    return (
        item.name[:TEXT_LENGTH],
        item.full_name[:TEXT_LENGTH],
        item.sku[:TEXT_LENGTH],
        item.type,
        item.description,
        item.unit_price,
        item.purchase_cost,
        item.quantity_on_hand,
        item.inventory_start_date,
        item.income_account_id,
        item.expense_account_id,
        item.asset_account_id,
        item.is_active,
        item.revision,
        item.updated_at,
        digest_item(item),
        item.fingerprint,
        place.strip()[:SORT_LENGTH],
        search[:SEARCH_LENGTH],
    )
