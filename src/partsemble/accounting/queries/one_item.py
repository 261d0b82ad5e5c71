"""Reading what surrounds one mirrored item: where it is found, and its accounts by name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from partsemble.accounting.models.items import Item as ItemRow
from partsemble.accounting.models.lists import LedgerAccount
from partsemble.accounting.queries.connections import find_shown_connection
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.errors import NotFound
from partsemble.kernel.ids import ConnectionId
from partsemble.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class ItemAccount:
    """An account that an item posts to, as far as a list shows it."""

    number: str
    full_name: str
    is_usable: bool
    """Whether the books still have it, and have it active."""


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """Where an item stands in books."""

    connection_id: ConnectionId
    external_id: str
    """The provider's id."""


def get_item_id(*, actor: Actor, external_id: str) -> UUID:
    """This will give our id of an item of the books that lists show.

    Arguments:
        external_id: the provider's id.

    Raises:
        PermissionMissing: without *view inventory*.
        NotFound: if it is not mirrored.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        shown = find_shown_connection()
        rows = ItemRow.objects.filter(external_id=external_id)
        ids = rows.filter(connection_id=shown).values_list("id", flat=True) if shown else ()
        for found in ids:
            return found
    raise NotFound(external_id=external_id)


def get_item_place(*, actor: Actor, item_id: UUID) -> ItemPlace:
    """This will say of which books an item is, and what they call it.

    Raises:
        PermissionMissing: without *view inventory*.
        NotFound: if the business has no such item.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        rows = ItemRow.objects.filter(id=item_id).values_list("connection_id", "external_id")
        for connection_id, external_id in rows:
            return ItemPlace(connection_id=ConnectionId(connection_id), external_id=external_id)
    raise NotFound(item_id=item_id)


def find_item_names(*, actor: Actor, item_ids: Collection[UUID]) -> dict[UUID, str]:
    """This will give the names of items, of whichever books, by our ids.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        return dict(ItemRow.objects.filter(id__in=item_ids).values_list("id", "name"))


def find_item_accounts(*, actor: Actor, item_id: UUID) -> Mapping[str, ItemAccount]:
    """This will give the accounts of an item by their ids in the books; unknown ones are left out.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        row = ItemRow.objects.filter(id=item_id).first()
        if row is None:
            return MappingProxyType({})
        ids = {row.income_account_id, row.expense_account_id, row.asset_account_id} - {""}
        accounts = LedgerAccount.objects.filter(
            connection_id=row.connection_id, external_id__in=ids
        )
        return {
            each.external_id: ItemAccount(
                number=each.number,
                full_name=each.full_name,
                is_usable=each.is_active and each.is_present,
            )
            for each in accounts
        }
