"""Products beside their items, as far as both are counted: what corrections are decided upon."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from partsemble.accounting.queries.connections import look_up_connection
from partsemble.accounting.queries.figures import ItemFigures, find_counted_items
from partsemble.catalog.queries import ProductFilter, select_products
from partsemble.database.scope import business_scope
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, ConnectionId, ProductId
from partsemble.stock.queries.balances import find_balances
from partsemble.stock.queries.effects import find_built_products, sum_effects
from partsemble.stock.types import NOTHING_THERE, Balance
from partsemble.sync.correction_models import LinkAnchor
from partsemble.sync.queries.foreseeing import ForeseenItem
from partsemble.sync.rules.corrections import Pair
from partsemble.sync.rules.expected import Effect

BATCH_SIZE: Final = 500
"""Products that are looked at together: few enough for any statement."""


@dataclass(frozen=True, slots=True)
class LinkedPair:
    """A pair, and whose it is."""

    product_id: ProductId
    sku: str
    name: str
    unit: str
    item: ItemFigures
    line: int
    """The stock entry up to which both sides are even."""
    is_anchored: bool
    """Whether it is remembered which purchase cost our cost has followed."""
    pair: Pair

    @property
    def has_other_cost(self) -> bool:
        """Whether the item's purchase cost is another than the one that ours has followed."""
        return not self.is_anchored or self.pair.purchase_cost != self.pair.followed_cost


@dataclass(frozen=True, slots=True)
class Link:
    """A stocked product and the item that it is linked to."""

    product_id: ProductId
    sku: str
    name: str
    unit: str
    item_id: UUID
    typed_cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Ground:
    """On which books products are compared, and what of them is not to be trusted now."""

    business_id: BusinessId
    connection_id: ConnectionId
    start_number: int
    unseen: frozenset[str]
    """External ids of items that were not read."""
    foreseen: Mapping[UUID, ForeseenItem] = field(default_factory=dict)
    """Items that the mirror will have otherwise; a preview decides as if it had."""


def find_ground(
    *, business_id: BusinessId, connection_id: ConnectionId, unseen: frozenset[str]
) -> Ground | None:
    """This will say from where products are compared with books; None: they are not ours now."""
    connection = look_up_connection(business_id=business_id)
    if connection is None or connection.id != connection_id:
        return None
    return Ground(
        business_id=business_id,
        connection_id=connection_id,
        start_number=connection.start_number,
        unseen=unseen,
    )


def iterate_pairs(*, ground: Ground, actor: Actor) -> Iterator[list[LinkedPair]]:
    """This will give every product beside its item as both are now, some hundreds at a time.

    Raises:
        PermissionMissing: without *view inventory*.
    """
    after: UUID | None = None
    while True:
        with business_scope(ground.business_id):
            links = list_links(after=after)
            if not links:
                return
            product_ids = [each.product_id for each in links]
            balances = find_balances(actor=actor, product_ids=product_ids)
            pairs = pair_links(ground=ground, links=links, balances=balances)
        yield pairs
        after = links[-1].product_id


def list_counted_ids(*, business_id: BusinessId, connection_id: ConnectionId) -> frozenset[str]:
    """This will give the items of linked products that the books counted when last read (SYNC-10).

    Active ones only, by their ids in the books.
    """
    found: set[str] = set()
    after: UUID | None = None
    with business_scope(business_id):
        while links := list_links(after=after):
            items = find_counted_items(
                connection_id=connection_id, item_ids=[each.item_id for each in links]
            )
            found.update(each.external_id for each in items.values())
            after = links[-1].product_id
    return frozenset(found)


def list_links(
    *, after: UUID | None = None, product_ids: Sequence[ProductId] | None = None
) -> list[Link]:
    """This will give some links in the order of products, inside the caller's scope.

    Arguments:
        after: the product behind which they begin; None: at the first.
        product_ids: only of these; None: of all.
    """
    rows = select_products(wanted=ProductFilter(is_active=None, is_linked=True, is_stocked=True))
    if after is not None:
        rows = rows.filter(id__gt=after)
    if product_ids is not None:
        rows = rows.filter(id__in=product_ids)
    columns = ("id", "sku", "name", "unit", "accounting_item_id", "unit_cost")
    found = rows.order_by("id").values_list(*columns)[:BATCH_SIZE]
    return [
        Link(ProductId(product_id), sku, name, unit, item_id, typed_cost)
        for product_id, sku, name, unit, item_id, typed_cost in found
        if item_id is not None
    ]


def pair_links(
    *, ground: Ground, links: Sequence[Link], balances: Mapping[ProductId, Balance]
) -> list[LinkedPair]:
    """This will put beside each other what we have and what the books say, where they count it.

    It runs inside the caller's scope.

    Arguments:
        balances: of their products; one that is not in it has nothing.
    """
    items = _find_items(ground, links)
    counted = [
        each
        for each in links
        if each.item_id in items and items[each.item_id].external_id not in ground.unseen
    ]
    anchors = _find_anchors(counted)
    lines = {each.product_id: _find_line(ground, anchors.get(each.product_id)) for each in counted}
    effects = sum_effects(business_id=ground.business_id, after=lines)
    built = find_built_products(product_ids=lines)
    pairs = []
    for link in counted:
        item, anchor = items[link.item_id], anchors.get(link.product_id)
        pair = Pair(
            remote=item.quantity,
            purchase_cost=item.purchase_cost,
            followed_cost=anchor.purchase_cost if anchor else item.purchase_cost,
            typed_cost=_find_typed_cost(ground, link),
            balance=balances.get(link.product_id, NOTHING_THERE),
            effects=[Effect(*each) for each in effects.get(link.product_id, ())],
            was_built=link.product_id in built,
        )
        pairs.append(
            LinkedPair(
                product_id=link.product_id,
                sku=link.sku,
                name=link.name,
                unit=link.unit,
                item=item,
                line=lines[link.product_id],
                is_anchored=anchor is not None,
                pair=pair,
            )
        )
    return pairs


def _find_items(ground: Ground, links: Sequence[Link]) -> dict[UUID, ItemFigures]:
    item_ids = [each.item_id for each in links]
    mirrored = find_counted_items(connection_id=ground.connection_id, item_ids=item_ids)
    items = {item_id: mirrored.get(item_id) for item_id in item_ids}
    items |= {each: ground.foreseen[each].figures for each in item_ids if each in ground.foreseen}
    return {item_id: item for item_id, item in items.items() if item is not None}


def _find_typed_cost(ground: Ground, link: Link) -> Decimal | None:
    foreseen = ground.foreseen.get(link.item_id)
    if foreseen is None or foreseen.typed_cost is None:
        return link.typed_cost
    return foreseen.typed_cost


class _Anchor(NamedTuple):
    number: int
    purchase_cost: Decimal | None


def _find_line(ground: Ground, anchor: _Anchor | None) -> int:
    return ground.start_number if anchor is None else max(ground.start_number, anchor.number)


def _find_anchors(links: Sequence[Link]) -> dict[ProductId, _Anchor]:
    """Anchors of the present links; one of another item counts for nothing."""
    items = {each.product_id: each.item_id for each in links}
    rows = LinkAnchor.objects.filter(product_id__in=items)
    columns = rows.values_list("product_id", "item_id", "number", "purchase_cost")
    return {
        ProductId(product_id): _Anchor(number, purchase_cost)
        for product_id, item_id, number, purchase_cost in columns
        if items[ProductId(product_id)] == item_id
    }
