"""What a product's page says of its link to the books."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from partsemble.accounting.queries.items import get_item
from partsemble.accounting.queries.one_item import find_item_names
from partsemble.catalog.queries import find_product, list_link_changes
from partsemble.catalog.types import LinkChangeView, ProductView
from partsemble.kernel.actor import Actor
from partsemble.sync.queries.linking import find_ownership
from partsemble.words.figures import show_quantity
from partsemble.words.items import TYPE_WORDS


@dataclass(frozen=True, slots=True)
class LinkCard:
    """The item that a product is linked to."""

    name: str
    sku: str
    type: str
    quantity: str
    follows: bool
    owns_cost: bool
    """Whether the unit cost of the product is the item's."""
    sku_of_books: str
    """The item's SKU, where it could not follow; else empty."""
    holder: ProductView | None
    """The product that has it instead; None: it is free."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change of the link."""

    when: str
    who: str
    what: str


def find_link_card(product: ProductView, *, actor: Actor) -> LinkCard | None:
    """This will show the item of a product, if it has one."""
    if product.accounting_item_id is None:
        return None
    item = get_item(actor=actor, item_id=product.accounting_item_id).item
    ownership = find_ownership(actor=actor, product=product)
    sku = ownership.sku_of_books
    return LinkCard(
        name=item.name,
        sku=item.sku,
        type=TYPE_WORDS[item.type],
        quantity=show_quantity(item.quantity_on_hand),
        follows=bool(ownership.fields),
        owns_cost="unit_cost" in ownership.fields,
        sku_of_books=sku,
        holder=find_product(actor=actor, sku=sku) if sku else None,
    )


def list_history(product: ProductView, *, actor: Actor, time_zone: str) -> list[HistoryLine]:
    """This will tell how the link of a product changed, newest first."""
    zone = ZoneInfo(time_zone)
    changes = list_link_changes(actor=actor, product_id=product.id)
    ids = {each for one in changes for each in (one.from_item_id, one.to_item_id) if each}
    names = find_item_names(actor=actor, item_ids=ids)
    return [
        HistoryLine(
            when=f"{each.recorded_at.astimezone(zone):%-d %b %Y, %H:%M}",
            who=each.actor_label,
            what=_say_change(each, names),
        )
        for each in changes
    ]


def _say_change(change: LinkChangeView, names: Mapping[UUID, str]) -> str:
    before, after = change.from_item_id, change.to_item_id
    if before is None:
        return f"Linked to {names[after]}" if after else ""
    if after is None:
        return f"Unlinked from {names[before]}"
    return f"Moved from {names[before]} to {names[after]}"
