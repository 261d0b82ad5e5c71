"""What becomes of an item that somebody wants as a product (ITEM-2, ITEM-3); pure.

An item becomes a product under its SKU. If it has none, or another product has it, somebody says
what to do: for the item itself, or for all such items alike. Nobody is asked again after that:
whatever can't be made then is left out whole, and counted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from partsemble.accounting.documents import Item, ItemType
from partsemble.catalog.types import (
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    SKU_LENGTH,
    ProductTerms,
    ProductType,
    fold_sku,
)
from partsemble.kernel.numbers import UNIT_COST_LIMIT, VALUE_LIMIT, is_within

SUGGESTED_TYPES: Final[Mapping[ItemType, ProductType]] = MappingProxyType(
    {
        ItemType.INVENTORY: ProductType.COMPONENT,
        ItemType.NON_INVENTORY: ProductType.RAW_MATERIAL,
        ItemType.SERVICE: ProductType.COMPONENT,
        ItemType.GROUP: ProductType.FINISHED_GOOD,
        ItemType.BUNDLE: ProductType.FINISHED_GOOD,
        ItemType.OTHER: ProductType.COMPONENT,
    }
)
"""What a product is taken for, unless somebody knows better."""


class Remedy(StrEnum):
    """What is done with an item whose SKU can't be used; the value is stable and stored."""

    NUMBER = "number"
    """It gets a SKU with its number in the books."""
    LEAVE_OUT = "leave_out"


class Obstacle(StrEnum):
    """Why an item's own SKU can't be used; the value is stable and stored."""

    MISSING = "missing"
    TAKEN = "taken"
    TOO_LONG = "too_long"


class Verdict(StrEnum):
    """What becomes of an item; the value is stable and stored."""

    CREATE = "create"
    HAS_PRODUCT = "has_product"
    INACTIVE = "inactive"
    LEFT_OUT = "left_out"
    """Somebody said so."""
    OBSTRUCTED = "obstructed"
    """No SKU was found for it."""


OPEN_VERDICTS: Final = frozenset({Verdict.CREATE, Verdict.LEFT_OUT, Verdict.OBSTRUCTED})
"""Of items that become products, or may."""


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """What somebody says of one item; None: as of all of its type."""

    type: ProductType | None = None
    is_stocked: bool | None = None
    sku: str | None = None
    """None: its own, or as the remedy says; empty: leave it out."""


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What somebody says of the items that are to be products."""

    types: Mapping[ItemType, ProductType] = SUGGESTED_TYPES
    stocks_non_inventory: bool = False
    """Whether non-inventory items are counted here; the books don't count them."""
    remedy: Remedy = Remedy.LEAVE_OUT
    items: Mapping[UUID, ItemChoice] = field(default_factory=dict)

    def find(self, item_id: UUID) -> ItemChoice:
        """This will give what is said of one item."""
        return self.items.get(item_id, _AS_ALL)


_AS_ALL: Final = ItemChoice()


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What becomes of one item, and why."""

    item_id: UUID
    item: Item
    verdict: Verdict
    terms: ProductTerms | None = None
    """Of the product that it becomes."""
    obstacle: Obstacle | None = None
    """Why it does not keep its own SKU."""
    holder: str = ""
    """The SKU of the product that has it."""


def is_stocked(*, item: Item, choices: ImportChoices, item_id: UUID) -> bool:
    """This will say whether an item's quantity is counted here (ITEM-2)."""
    if item.type is ItemType.INVENTORY:
        return True
    if item.type is ItemType.NON_INVENTORY:
        said = choices.find(item_id).is_stocked
        return choices.stocks_non_inventory if said is None else said
    return False


def propose_sku(item: Item) -> str:
    """This will make a SKU of an item's number in the books, which no other item has."""
    own = " ".join(item.sku.split()) or "ITEM"
    return f"{own[: SKU_LENGTH - len(item.external_id) - 1]}-{item.external_id}"


def list_wanted_skus(
    *, items: Sequence[tuple[UUID, Item]], choices: ImportChoices
) -> frozenset[str]:
    """This will give the keys of every SKU that may come into question for these items."""
    wanted = set()
    for item_id, item in items:
        wanted |= {fold_sku(choices.find(item_id).sku or item.sku), fold_sku(propose_sku(item))}
    return frozenset(wanted)


def plan_import(
    *,
    items: Sequence[tuple[UUID, Item]],
    linked: Collection[UUID],
    taken: Mapping[str, str],
    choices: ImportChoices,
) -> tuple[ImportLine, ...]:
    """This will say what becomes of each item.

    Arguments:
        items: in the order in which they are made; of two with one SKU the first gets it.
        linked: ids of items that belong to a product.
        taken: SKUs of products by their keys, of those in `list_wanted_skus` at least.
    """
    known = dict(taken)
    lines = []
    for item_id, item in items:
        if item_id in linked:
            lines.append(ImportLine(item_id, item, Verdict.HAS_PRODUCT))
        elif not item.is_active:
            lines.append(ImportLine(item_id, item, Verdict.INACTIVE))
        else:
            lines.append(_plan_product(item_id, item, known, choices))
    return tuple(lines)


def _plan_product(
    item_id: UUID, item: Item, known: dict[str, str], choices: ImportChoices
) -> ImportLine:
    said = choices.find(item_id).sku
    own = " ".join((item.sku if said is None else said).split())
    if said is not None and not own:
        return ImportLine(item_id, item, Verdict.LEFT_OUT)
    obstacle, holder = _find_obstacle(own, known)
    sku = own
    if obstacle is not None:
        sku = propose_sku(item)
        if choices.remedy is Remedy.LEAVE_OUT or said or _find_obstacle(sku, known)[0]:
            return ImportLine(item_id, item, Verdict.OBSTRUCTED, None, obstacle, holder)
    known[fold_sku(sku)] = sku
    terms = make_terms(item=item, item_id=item_id, sku=sku, choices=choices)
    return ImportLine(item_id, item, Verdict.CREATE, terms, obstacle, holder)


def _find_obstacle(sku: str, known: Mapping[str, str]) -> tuple[Obstacle | None, str]:
    if not sku:
        return Obstacle.MISSING, ""
    if len(sku) > SKU_LENGTH:
        return Obstacle.TOO_LONG, ""
    holder = known.get(fold_sku(sku), "")
    return (Obstacle.TAKEN if holder else None), holder


def asks_sku(*, line: ImportLine, choices: ImportChoices) -> bool:
    """This will tell whether an item's SKU is somebody's to decide, also where they have."""
    said = choices.find(line.item_id).sku is not None
    return line.obstacle is not None or (said and line.verdict in OPEN_VERDICTS)


def make_terms(*, item: Item, item_id: UUID, sku: str, choices: ImportChoices) -> ProductTerms:
    """This will say what product an item becomes."""
    return ProductTerms(
        sku=sku,
        name=clean_name(item),
        type=choices.find(item_id).type or choices.types.get(item.type, ProductType.COMPONENT),
        is_stocked=is_stocked(item=item, choices=choices, item_id=item_id),
        description=item.description.strip()[:DESCRIPTION_LENGTH].strip(),
        unit_cost=clean_price(item.purchase_cost),
        selling_price=clean_price(item.unit_price),
    )


def clean_name(item: Item) -> str:
    """This will give an item's name as a product can have it."""
    return " ".join(item.name.split())[:NAME_LENGTH].strip() or f"Item {item.external_id}"


def clean_price(price: Decimal | None) -> Decimal | None:
    """This will give a price as a product can have it: none below zero or beyond the limit."""
    if price is None or price < 0 or not is_within(number=price, limit=UNIT_COST_LIMIT):
        return None
    return price


def find_opening(*, line: ImportLine) -> Decimal:
    """This will give the quantity that a product begins with; below zero it is missing (ITEM-2).

    What is worth more than can be kept begins at zero; the next sync names it.
    """
    quantity, terms = line.item.quantity_on_hand, line.terms
    if terms is None or line.item.type is not ItemType.INVENTORY or quantity is None:
        return Decimal(0)
    value = quantity * (terms.unit_cost or Decimal(0))
    return quantity if is_within(number=value, limit=VALUE_LIMIT) else Decimal(0)
