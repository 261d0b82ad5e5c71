"""What a person says of items that are to be products, as the form of the import sends it."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.http import QueryDict

from partsemble.accounting.documents import ItemType
from partsemble.catalog.types import ProductType
from partsemble.sync.queries.importing import (
    SHOWN_LINES,
    SUGGESTED_TYPES,
    ImportChoices,
    ItemChoice,
    Remedy,
)

CHOICES_LIMIT: Final = 3 * SHOWN_LINES
"""Answers about single items that are read: three about each one that a preview shows."""


def read_choices(answers: QueryDict) -> ImportChoices:
    """This will read the answers of the form; nonsense is as if nothing had been said."""
    types = dict(SUGGESTED_TYPES)
    for item_type in ItemType:
        chosen = _read_type(answers.get(f"type-of-{item_type}", ""))
        if chosen is not None:
            types[item_type] = chosen
    is_numbered = answers.get("remedy") == Remedy.NUMBER
    return ImportChoices(
        types=types,
        stocks_non_inventory=answers.get("stocks") == "on",
        remedy=Remedy.NUMBER if is_numbered else Remedy.LEAVE_OUT,
        items=_read_items(answers),
    )


def _read_items(answers: QueryDict) -> Mapping[UUID, ItemChoice]:
    names = [name for name in answers if name.startswith("item-")][:CHOICES_LIMIT]
    ids = {name.partition("-")[2].partition(".")[0] for name in names}
    items = {}
    for each in ids:
        try:
            item_id = UUID(each)
        except ValueError:
            continue
        items[item_id] = ItemChoice(
            type=_read_type(answers.get(f"item-{each}.type", "")),
            is_stocked={"yes": True, "no": False}.get(answers.get(f"item-{each}.stocked", "")),
            sku=_read_sku(answers, each),
        )
    return items


def _read_sku(answers: QueryDict, item_id: str) -> str | None:
    """An item is left out by a tick; an empty field says nothing new."""
    if answers.get(f"item-{item_id}.out") == "on":
        return ""
    return answers.get(f"item-{item_id}.sku", "").strip().replace("\0", "") or None


def _read_type(text: str) -> ProductType | None:
    return ProductType(text) if text in set(ProductType) else None
