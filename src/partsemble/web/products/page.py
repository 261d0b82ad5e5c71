"""What a product's page says of its link to the books."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from partsemble.accounting.queries.items import MirroredItem, get_item
from partsemble.accounting.queries.one_item import find_item_names
from partsemble.accounting.types import ConnectionView
from partsemble.catalog.queries import find_product, list_link_changes
from partsemble.catalog.types import LinkChangeView, ProductView
from partsemble.costing.amounts import ZERO
from partsemble.kernel.actor import Actor
from partsemble.stock.types import Balance
from partsemble.sync.queries.linking import find_owed, judge_ownership
from partsemble.words.figures import show_change, show_quantity
from partsemble.words.items import TYPE_WORDS


@dataclass(frozen=True, slots=True)
class LinkCard:
    """The item that a product is linked to."""

    name: str
    sku: str
    type: str
    quantity: str
    owed: str
    """What was done here and the books have not been told; empty: nothing."""
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


@dataclass(frozen=True, slots=True)
class ProductLinks:
    """The item that a product is linked to, and how that came."""

    found: MirroredItem | None
    changes: tuple[LinkChangeView, ...]
    """Newest first."""
    names: Mapping[UUID, str]
    """Of the items that they name."""


def read_links(product: ProductView, *, actor: Actor) -> ProductLinks:
    """This will read once what several parts of the page tell of links."""
    item_id = product.accounting_item_id
    found = None if item_id is None else get_item(actor=actor, item_id=item_id)
    changes = list_link_changes(actor=actor, product_id=product.id)
    return ProductLinks(found, changes, name_items(changes, actor=actor, found=found))


def name_items(
    changes: Iterable[LinkChangeView], *, actor: Actor, found: MirroredItem | None = None
) -> dict[UUID, str]:
    """This will name the items that changes of links are about.

    Arguments:
        found: one of them, if it is at hand.
    """
    names = {found.position.id: found.item.name} if found else {}
    ids = {each for one in changes for each in (one.from_item_id, one.to_item_id) if each}
    unknown = ids - names.keys()
    return {**names, **find_item_names(actor=actor, item_ids=unknown)} if unknown else names


def find_link_card(
    product: ProductView,
    *,
    links: ProductLinks,
    balance: Balance,
    books: ConnectionView | None,
    actor: Actor,
) -> LinkCard | None:
    """This will show the item of a product, if it has one.

    Arguments:
        balance: what is there of the product.
    """
    if links.found is None:
        return None
    item = links.found.item
    ownership = judge_ownership(product=product, found=links.found, books=books)
    sku = ownership.sku_of_books
    owed = ZERO
    if books is not None and balance.net != item.quantity_on_hand:
        owed = find_owed(actor=actor, product=product, item=item, books=books)
    return LinkCard(
        name=item.name,
        sku=item.sku,
        type=TYPE_WORDS[item.type],
        quantity=show_quantity(item.quantity_on_hand),
        owed=show_change(owed) if owed else "",
        follows=bool(ownership.fields),
        owns_cost="unit_cost" in ownership.fields,
        sku_of_books=sku,
        holder=find_product(actor=actor, sku=sku) if sku else None,
    )


def list_history(links: ProductLinks, *, time_zone: str) -> list[HistoryLine]:
    """This will tell how the link of a product changed, newest first."""
    zone = ZoneInfo(time_zone)
    return [
        HistoryLine(
            when=f"{each.recorded_at.astimezone(zone):%-d %b %Y, %H:%M}",
            who=each.actor_label,
            what=_say_change(each, links.names),
        )
        for each in links.changes
    ]


def _say_change(change: LinkChangeView, names: Mapping[UUID, str]) -> str:
    before, after = change.from_item_id, change.to_item_id
    if before is None:
        return f"Linked to {names[after]}" if after else ""
    if after is None:
        return f"Unlinked from {names[before]}"
    return f"Moved from {names[before]} to {names[after]}"
