"""With what products begin that were made of items: quantity, value, and the anchor (ITEM-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from partsemble.accounting.documents import ItemType
from partsemble.catalog.types import LinkedCreation
from partsemble.database.bulk import insert_rows
from partsemble.kernel.actor import Actor
from partsemble.stock.services.adjusting import draft_opening
from partsemble.stock.services.posting import post_first_entries
from partsemble.stock.types import Counterpart, EntryDraft, EntryKind, Line, Source
from partsemble.sync.correction_models import LinkAnchor
from partsemble.sync.rules.importing import ImportLine, find_opening

SOURCE: Final = "item_import"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A product that has just been made, and the item that it is."""

    creation: LinkedCreation
    line: ImportLine


def open_with_stock(
    *, actor: Actor, arrivals: Sequence[Arrival], import_id: UUID, occurred_on: date
) -> None:
    """This will post what the books have of new products, and compare both from there on.

    Inside the caller's transaction. Opening entries are never exported.

    Arguments:
        occurred_on: the business's date when the import was confirmed.
    """
    source = Source(SOURCE, import_id)
    drafts, opened = [], {}
    for each in arrivals:
        quantity = find_opening(line=each.line)
        if quantity:
            drafts.append(_draft(each, quantity, source, occurred_on))
            opened[each.creation.id] = each.creation.terms.sku
    posted = post_first_entries(actor=actor, drafts=drafts, skus=opened)
    numbers = dict(zip(opened, (each.number for each in posted), strict=True))
    insert_rows(
        model=LinkAnchor,
        columns=("product_id", "business_id", "item_id", "number", "purchase_cost"),
        rows=[
            (
                each.creation.id,
                actor.business_id,
                each.line.item_id,
                numbers.get(each.creation.id, 0),
                each.line.item.purchase_cost,
            )
            for each in arrivals
            if each.line.item.type is ItemType.INVENTORY
        ],
    )


def _draft(arrival: Arrival, quantity: Decimal, source: Source, occurred_on: date) -> EntryDraft:
    product_id, key = arrival.creation.id, f"opening:{arrival.creation.id}"
    if quantity > 0:
        return draft_opening(
            product_id=product_id,
            quantity=quantity,
            unit_cost=arrival.creation.terms.unit_cost or Decimal(0),
            occurred_on=occurred_on,
            key=key,
            source=source,
        )
    return EntryDraft(
        kind=EntryKind.OPENING,
        occurred_on=occurred_on,
        key=key,
        lines=(Line(product_id, Counterpart.OPENING, quantity, may_fall_short=True),),
        source=source,
    )
