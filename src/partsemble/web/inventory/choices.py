"""What a person says of items that are to be products, as the form of the import sends it."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.http import QueryDict

from partsemble.accounting.documents import ItemType
from partsemble.catalog.types import ProductType
from partsemble.sync.queries.importing import (
    SUGGESTED_TYPES,
    ImportChoices,
    ItemChoice,
    Remedy,
)

CHOICES_LIMIT: Final = 600
"""Answers about single items that are read; with all fields of a page a form may send 1,000."""


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


def count_unread(answers: QueryDict) -> int:
    """This will say how many answers about single items are more than are read."""
    return max(0, len(_list_said(answers)) - CHOICES_LIMIT)


def _list_said(answers: QueryDict) -> list[str]:
    return [name for name, value in answers.items() if value and name.startswith("item-")]


def _read_items(answers: QueryDict) -> Mapping[UUID, ItemChoice]:
    said = _list_said(answers)[:CHOICES_LIMIT]
    ids = dict.fromkeys(name[len("item-") :].partition(".")[0] for name in said)
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


def carry_choices(
    *, choices: ImportChoices, shown: Collection[UUID]
) -> tuple[tuple[str, str], ...]:
    """This will write what was said of items that a page does not show, as fields of its form."""
    said = {item_id: said for item_id, said in choices.items.items() if item_id not in shown}
    return tuple(
        (f"item-{item_id}.{name}", value)
        for item_id, each in said.items()
        for name, value in (
            ("type", each.type or ""),
            ("stocked", show_stocked(each)),
            ("sku", each.sku or ""),
            ("out", "on" if each.sku == "" else ""),
        )
        if value
    )


def show_stocked(said: ItemChoice) -> str:
    """This will write whether an item is to be stocked, as a form has it; empty: nobody said."""
    return {True: "yes", False: "no", None: ""}[said.is_stocked]


def _read_sku(answers: QueryDict, item_id: str) -> str | None:
    """An item is left out by a tick; an empty field says nothing new."""
    if answers.get(f"item-{item_id}.out") == "on":
        return ""
    return answers.get(f"item-{item_id}.sku", "").strip().replace("\0", "") or None


def _read_type(text: str) -> ProductType | None:
    return ProductType(text) if text in set(ProductType) else None
