"""Linking products to items, and what goes along with it (ITEM-4, ITEM-6).

When a product and an item come together, each has a quantity, and one of them holds. If it is the
books', ours follows at once. If it is ours, the books are wrong by the difference and have to be
told: that is an adjustment that is not in the books yet, and the ledger says it in these words. So
two entries are posted: one takes over the books' quantity, a second adjusts it back to ours. The
anchor lies between them. On hand is what it was; what is *expected in the books* is what they
have; and the adjustment is there to be exported like any other.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction

from partsemble.accounting.documents import Item
from partsemble.catalog.queries import find_taken_skus, get_product
from partsemble.catalog.services import edit_product, follow_items, set_accounting_item
from partsemble.catalog.types import LinkedChange, ProductTerms, ProductView, fold_sku
from partsemble.database.ids import new_id
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.numbers import Rounding, round_to_places
from partsemble.kernel.permissions import Permission
from partsemble.stock.queries.effects import get_last_number
from partsemble.stock.services.posting import (
    demand_nothing_there,
    hold_balances,
    post_entries,
)
from partsemble.stock.types import (
    AdjustmentReason,
    Balance,
    Counterpart,
    EntryDraft,
    EntryKind,
    Line,
    Source,
)
from partsemble.sync.errors import OwnedByBooks, QuantityUndecided
from partsemble.sync.queries.linking import (
    are_items_leading,
    compare_quantities,
    find_ownership,
    get_linkable_item,
)
from partsemble.sync.rules.following import follow_item
from partsemble.sync.services.anchoring import Anchor, set_anchors

SOURCE: Final = "link"


class Holding(StrEnum):
    """Whose quantity holds when a product and an item are linked."""

    OURS = "ours"
    BOOKS = "books"


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A product and an item that have just been linked, under one name for the ledger."""

    actor: Actor
    product: ProductView
    item: Item
    occurred_on: date
    source: Source


def link_product(
    *,
    actor: Actor,
    product_id: UUID,
    item_id: UUID,
    holds: Holding | None,
    occurred_on: date,
) -> ProductView:
    """This will link a product to an item of the books in use, or move its link there.

    Arguments:
        holds: whose quantity holds; None where both are the same or nothing is compared.
        occurred_on: the business's date now.

    Raises:
        PermissionMissing: without *manage products*.
        ProductNotFound: if the business has no such product.
        ItemNotLinkable: if the books in use have no such active item.
        ItemLinked: if the item belongs to another product.
        QuantityUndecided: if the quantities differ and nobody says which one holds.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    with business_scope(actor.business_id), transaction.atomic():
        item = get_linkable_item(item_id=item_id, is_locked=True)
        before = get_product(actor=actor, product_id=product_id)
        if before.terms.is_stocked:
            # Whoever posts holds the balance first, and the product by its key after that.
            hold_balances(actor=actor, product_ids=[before.id])
        product = set_accounting_item(actor=actor, product_id=product_id, item_id=item_id)
        if product == before:
            return product
        # Whoever may link may have the quantities say so.
        poster = Actor(
            actor.business_id,
            actor.user_id,
            actor.label,
            actor.permissions | {Permission.RUN_SYNC, Permission.ADJUST_STOCK},
        )
        source = Source(SOURCE, new_id())
        _settle_quantities(_Meeting(poster, product, item, occurred_on, source), holds)
        return follow_now(actor=actor, product=product, item=item)


def unlink_product(*, actor: Actor, product_id: UUID) -> ProductView:
    """This will take a product's link away; what was posted stays where it is.

    Raises:
        PermissionMissing: without *manage products*.
        ProductNotFound: if the business has no such product.
    """
    return set_accounting_item(actor=actor, product_id=product_id, item_id=None)


def change_product(
    *, actor: Actor, product_id: UUID, terms: ProductTerms, revision: int
) -> ProductView:
    """This will edit a product, but for what is the books' to say (ITEM-6).

    Raises:
        PermissionMissing: without *manage products*.
        OwnedByBooks: for a field that follows the item.
        StockRemains, ShortageRemains: if it is no longer to be stocked, and not empty (PROD-1).
        InvalidInput, ProductNotFound, ProductChanged, SkuTaken: as `edit_product`.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    with business_scope(actor.business_id), transaction.atomic():
        known = get_product(actor=actor, product_id=product_id)
        owned = sorted(find_ownership(actor=actor, product=known).fields)
        changed = [each for each in owned if getattr(terms, each) != getattr(known.terms, each)]
        if changed:
            raise OwnedByBooks(fields=", ".join(changed), sku=known.sku)
        if known.terms.is_stocked and not terms.is_stocked:
            demand_nothing_there(actor=actor, product_id=known.id)
        return edit_product(actor=actor, product_id=product_id, terms=terms, revision=revision)


def take_over_sku(*, actor: Actor, product_id: UUID) -> ProductView:
    """This will give a product the SKU of its item, which another product had before (ITEM-6).

    One that has it already, or follows no item, stays as it is.

    Raises:
        PermissionMissing: without *manage products*.
        ProductNotFound: if the business has no such product.
        SkuTaken: if another product has it still.
    """
    actor.demand(Permission.MANAGE_PRODUCTS)
    with business_scope(actor.business_id), transaction.atomic():
        known = get_product(actor=actor, product_id=product_id)
        sku = find_ownership(actor=actor, product=known).sku_of_books
        if not sku:
            return known
        terms = replace(known.terms, sku=sku)
        return edit_product(
            actor=actor, product_id=product_id, terms=terms, revision=known.revision
        )


def follow_now(*, actor: Actor, product: ProductView, item: Item) -> ProductView:
    """This will let a linked product say what its item says, without waiting for a sync."""
    if are_items_leading(business_id=actor.business_id):
        with business_scope(actor.business_id), transaction.atomic():
            taken = find_taken_skus(sku_keys=[fold_sku(item.sku)])
            terms = follow_item(terms=product.terms, item=item, taken=taken)
            change = LinkedChange(product, terms, item.is_active)
            follow_items(actor=actor, changes=[change])
    return get_product(actor=actor, product_id=product.id)


def _settle_quantities(meeting: _Meeting, holds: Holding | None) -> None:
    product, item = meeting.product, meeting.item
    if not product.terms.is_stocked:
        return
    balance = hold_balances(actor=meeting.actor, product_ids=[product.id])[product.id]
    ours, theirs = compare_quantities(
        business_id=meeting.actor.business_id, product=product, item=item, balance=balance
    )
    number = get_last_number()
    difference = Decimal(0) if theirs is None else theirs - ours
    if difference and holds is None:
        raise QuantityUndecided(ours=ours, books=theirs)
    if difference:
        number = _take_over(meeting, balance, difference, holds)
    if holds is Holding.OURS and difference:
        _adjust_back(meeting, balance, difference)
    assert product.accounting_item_id is not None, "it has just been linked"  # noqa: S101
    anchor = Anchor(product.id, product.accounting_item_id, number, item.purchase_cost)
    set_anchors(business_id=meeting.actor.business_id, anchors=[anchor])


def _take_over(
    meeting: _Meeting, balance: Balance, difference: Decimal, holds: Holding | None
) -> int:
    """Post the books' quantity as ours; what arrives only to leave again costs what we have."""
    cost = meeting.item.purchase_cost or meeting.product.terms.unit_cost or Decimal(0)
    if holds is Holding.OURS and balance.unit_cost is not None:
        cost = balance.unit_cost
    value = round_to_places(number=difference * cost, rounding=Rounding.HALF_UP)
    line = Line(
        meeting.product.id,
        Counterpart.BOOKS,
        difference,
        max(value, Decimal(0)) if difference > 0 else None,
        may_fall_short=difference < 0,
    )
    return _post(meeting, EntryKind.SYNC, line)


def _adjust_back(meeting: _Meeting, before: Balance, difference: Decimal) -> None:
    product_id = meeting.product.id
    value = None
    if difference < 0:
        there = hold_balances(actor=meeting.actor, product_ids=[product_id])[product_id]
        value = before.value - there.value
    line = Line(product_id, Counterpart.ADJUSTMENT, -difference, value)
    _post(meeting, EntryKind.ADJUSTMENT, line)


def _post(meeting: _Meeting, kind: EntryKind, line: Line) -> int:
    draft = EntryDraft(
        kind=kind,
        occurred_on=meeting.occurred_on,
        key=f"{SOURCE}:{kind}:{meeting.source.id}",
        lines=(line,),
        source=meeting.source,
        reason=AdjustmentReason.COUNT if kind is EntryKind.ADJUSTMENT else "",
        notes=f"Linked to {meeting.item.name[:200]} in the books",
    )
    (posted,) = post_entries(actor=meeting.actor, drafts=[draft])
    return posted.number
