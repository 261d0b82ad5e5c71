"""Reading what links products to items, or could (ITEM-4, ITEM-6)."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from partsemble.accounting.documents import Item, ItemType
from partsemble.accounting.queries.choosing import count_items_called, list_chosen_items
from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.queries.items import (
    ItemFilter,
    ItemRowView,
    MirroredItem,
    get_item,
    list_items,
)
from partsemble.accounting.types import ConnectionView, InventoryMode
from partsemble.catalog.queries import ProductFilter, list_products_after
from partsemble.catalog.types import ProductView, fold_sku
from partsemble.costing.amounts import ZERO
from partsemble.database.scope import business_scope
from partsemble.identity.queries import has_feature
from partsemble.identity.types import Feature
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ProductId
from partsemble.kernel.permissions import Permission
from partsemble.stock.queries.balances import get_balance
from partsemble.stock.queries.effects import list_effects_after
from partsemble.stock.types import Balance
from partsemble.sync.correction_models import LinkAnchor
from partsemble.sync.errors import ItemNotLinkable
from partsemble.sync.queries.importing import not_imported
from partsemble.sync.rules.corrections import are_books_master
from partsemble.sync.rules.expected import Effect, sum_owed
from partsemble.sync.rules.following import list_owned_fields, read_books_terms

PROPOSALS: Final = 20
LOOKED_AT: Final = 200
"""Products without an item that are compared with the books at once."""


class Likeness(StrEnum):
    """Why an item is proposed."""

    SKU = "sku"
    NAME = "name"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An item that a product could be linked to."""

    row: ItemRowView
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class LinkLook:
    """A product beside an item: what both say of its quantity."""

    item_id: UUID
    item: Item
    ours: Decimal
    """On hand, less what is missing."""
    theirs: Decimal | None
    """None: nothing to compare; the books count no such thing, or we don't."""

    @property
    def differs(self) -> bool:
        """This will tell whether somebody has to say which quantity holds."""
        return self.theirs is not None and self.theirs != self.ours


@dataclass(frozen=True, slots=True)
class Ownership:
    """What of a linked product is the books' to say."""

    fields: frozenset[str]
    sku_of_books: str
    """The item's SKU, where it could not follow; else empty."""


NOBODYS: Final = Ownership(frozenset(), "")


def are_items_leading(*, business_id: BusinessId) -> bool:
    """This will tell whether linked products follow their items (ITEM-6)."""
    books = look_up_connection(business_id=business_id)
    return books is not None and books.mode is InventoryMode.SYNC


def find_ownership(*, actor: Actor, product: ProductView) -> Ownership:
    """This will say which fields of a product follow its item, so that nobody else changes them.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    if product.accounting_item_id is None:
        return NOBODYS
    books = look_up_connection(business_id=actor.business_id)
    found = get_item(actor=actor, item_id=product.accounting_item_id)
    return judge_ownership(product=product, found=found, books=books)


def judge_ownership(
    *, product: ProductView, found: MirroredItem, books: ConnectionView | None
) -> Ownership:
    """This will say the same where the product's item and the live books are at hand."""
    if books is None or books.mode is not InventoryMode.SYNC or found.connection_id != books.id:
        return NOBODYS  # or an item of books that were given up
    sku = str(read_books_terms(found.item).get("sku", ""))
    return Ownership(
        fields=list_owned_fields(terms=product.terms, item=found.item),
        sku_of_books=sku if sku and sku != product.sku else "",
    )


def find_owed(*, actor: Actor, product: ProductView, item: Item, books: ConnectionView) -> Decimal:
    """This will say what was done to a product here and the books have not been told (SYNC-7).

    Zero where they count no such thing, or keep no quantities of ours; and where both count the
    same, so nobody need ask then.

    Arguments:
        item: the product's.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    is_counted = product.terms.is_stocked and item.quantity_on_hand is not None
    if books.mode is not InventoryMode.SYNC or product.accounting_item_id is None or not is_counted:
        return ZERO
    with business_scope(actor.business_id):
        anchor = LinkAnchor.objects.filter(
            product_id=product.id, item_id=product.accounting_item_id
        ).values("number")
        line = Greatest(Value(books.start_number), Coalesce(Subquery(anchor), Value(0)))
        effects = list_effects_after(product_id=product.id, after=line)
    return sum_owed(Effect(*each) for each in effects)


def find_owned_fields(
    *, actor: Actor, products: Collection[ProductView]
) -> dict[ProductId, frozenset[str]]:
    """This will say the same of many products; those that follow nothing are left out.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    linked = {each.accounting_item_id: each for each in products if each.accounting_item_id}
    if not linked or not are_items_leading(business_id=actor.business_id):
        return {}
    with business_scope(actor.business_id):
        found = list_chosen_items(
            wanted=ItemFilter(), ids=[each for each in linked if each], limit=len(linked)
        )
    return {
        linked[each.id].id: list_owned_fields(terms=linked[each.id].terms, item=each.item)
        for each in found
    }


def propose_items(*, actor: Actor, product: ProductView, search: str) -> tuple[Proposal, ...]:
    """This will list items without a product, those of the same SKU or name first.

    Arguments:
        search: what a person is looking for; empty: whatever is like the product.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    found: dict[UUID, Proposal] = {}
    with business_scope(actor.business_id):
        for words in [product.sku, product.name] if not search else [search]:
            wanted = not_imported(wanted=ItemFilter(search=words, is_active=True))
            for row in list_items(actor=actor, wanted=wanted).rows:
                found.setdefault(row.id, Proposal(row, _find_likeness(row, product)))
    order = list(Likeness)
    ranked = sorted(found.values(), key=lambda each: order.index(each.likeness))
    return tuple(ranked[:PROPOSALS])


def count_lookalikes(*, actor: Actor) -> int:
    """This will count items without a product that are called like a product without an item.

    Of products it looks at the first few hundred: whoever has more of them sees where to begin.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    unlinked = list_products_after(
        actor=actor, wanted=ProductFilter(is_linked=False), after=None, limit=LOOKED_AT
    )
    if not unlinked:
        return 0
    skus = {spelt for each in unlinked for spelt in (each.sku, each.sku.upper())}
    with business_scope(actor.business_id):
        return count_items_called(
            wanted=not_imported(wanted=ItemFilter(is_active=True, is_hidden=False)),
            names={each.name for each in unlinked},
            skus=skus,
        )


def look_at_link(*, actor: Actor, product: ProductView, item_id: UUID) -> LinkLook:
    """This will put a product beside an item of the books in use.

    Raises:
        PermissionMissing: without *view inventory*.
        ItemNotLinkable: if the books in use have no such active item.
    """
    actor.demand(Permission.VIEW_INVENTORY)
    with business_scope(actor.business_id):
        item = get_linkable_item(item_id=item_id)
        balance = get_balance(actor=actor, product_id=product.id)
    ours, theirs = compare_quantities(
        business_id=actor.business_id, product=product, item=item, balance=balance
    )
    return LinkLook(item_id=item_id, item=item, ours=ours, theirs=theirs)


def get_linkable_item(*, item_id: UUID, is_locked: bool = False) -> Item:
    """This will give an active item of the books in use, inside the caller's scope.

    Raises:
        ItemNotLinkable: if there is none of that id.
    """
    wanted = ItemFilter(is_active=True)
    for found in list_chosen_items(wanted=wanted, ids=[item_id], limit=1, is_locked=is_locked):
        return found.item
    raise ItemNotLinkable(item_id=item_id)


def compare_quantities(
    *, business_id: BusinessId, product: ProductView, item: Item, balance: Balance
) -> tuple[Decimal, Decimal | None]:
    """This will give our quantity and the books', or None where theirs does not bind us.

    It binds us while the books are the master of quantities (CONN-8), and both sides count.
    """
    ours = balance.net
    books = look_up_connection(business_id=business_id)
    is_receiving = has_feature(business_id=business_id, feature=Feature.RECEIVING)
    is_bound = books is not None and are_books_master(mode=books.mode, is_receiving=is_receiving)
    is_counted = product.terms.is_stocked and item.type is ItemType.INVENTORY
    return ours, item.quantity_on_hand if is_bound and is_counted else None


def _find_likeness(row: ItemRowView, product: ProductView) -> Likeness:
    if fold_sku(row.sku) == fold_sku(product.sku):
        return Likeness.SKU
    is_name = row.name.casefold() == product.name.casefold()
    return Likeness.NAME if is_name else Likeness.FOUND
