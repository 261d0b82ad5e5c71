"""What can be said of a product; pure."""

from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from typing import Final

from partsemble.catalog.types import (
    DEFAULT_UNIT,
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    SKU_LENGTH,
    UNIT_LENGTH,
    LinkedChange,
    ProductTerms,
    ProductView,
    ProductWrite,
)
from partsemble.identity.types import FieldChange
from partsemble.kernel.errors import InvalidInput
from partsemble.kernel.numbers import PLACES, QUANTITY_LIMIT, UNIT_COST_LIMIT, is_within, to_units

KEPT_LENGTH: Final = 200
"""How much of a text the activity log keeps."""

_LIMITS: Final = {
    "unit_cost": UNIT_COST_LIMIT,
    "selling_price": UNIT_COST_LIMIT,
    "reorder_point": QUANTITY_LIMIT,
}


def settle_terms(terms: ProductTerms) -> ProductTerms:
    """This will bring what was said of a product into the form in which it is kept.

    Raises:
        InvalidInput: naming the first field that can't be kept, and what to do about it.
    """
    settled = tidy_terms(terms)
    for trouble in list_troubles(settled):
        raise trouble
    return settled


def tidy_terms(terms: ProductTerms) -> ProductTerms:
    """This will take out of terms the spaces that mean nothing."""
    return replace(
        terms,
        sku=" ".join(terms.sku.split()),
        name=" ".join(terms.name.split()),
        unit=" ".join(terms.unit.split()) or DEFAULT_UNIT,
        description=terms.description.strip(),
    )


def list_troubles(terms: ProductTerms) -> Iterator[InvalidInput]:
    """This will name each field of tidied terms that can't be kept, and what to do about it."""
    yield from _list_text_troubles(terms)
    for field, limit in _LIMITS.items():
        number = getattr(terms, field)
        if number is not None:
            yield from _list_number_troubles(field=field, number=number, limit=limit)


def list_term_changes(*, before: ProductTerms, after: ProductTerms) -> tuple[FieldChange, ...]:
    """This will list the fields in which terms differ, with what was said before and is now."""
    said = ((each.name, getattr(before, each.name), getattr(after, each.name)) for each in _TERMS)
    return tuple(
        FieldChange(name, _write(old), _write(new)) for name, old, new in said if old != new
    )


def list_link_effects(*, change: LinkedChange, settled: ProductTerms) -> tuple[FieldChange, ...]:
    """This will list what a linked product becomes otherwise because of its item.

    Arguments:
        settled: the terms of the change, as they are kept.
    """
    said = list_term_changes(before=change.product.terms, after=settled)
    before, after = change.product.is_item_active, change.is_item_active
    if before == after:
        return said
    return (*said, FieldChange("is_item_active", _write(before), _write(after)))


def list_write_effects(
    *, write: ProductWrite, known: ProductView | None
) -> tuple[FieldChange, ...]:
    """This will list what becomes otherwise of a product that is written; of a new one nothing."""
    if known is None:
        return ()
    said = list_term_changes(before=known.terms, after=settle_terms(write.terms))
    if known.is_active == write.is_active:
        return said
    return (*said, FieldChange("is_active", _write(known.is_active), _write(write.is_active)))


def _write(value: object) -> str:
    """A value as the activity log keeps it: plain, and of a long text the beginning."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    return text if len(text) <= KEPT_LENGTH else f"{text[: KEPT_LENGTH - 1]}…"


_TERMS: Final = fields(ProductTerms)


def _list_text_troubles(terms: ProductTerms) -> Iterator[InvalidInput]:
    bounds = (
        ("sku", terms.sku, 1, SKU_LENGTH, "A SKU"),
        ("name", terms.name, 1, NAME_LENGTH, "A name"),
        ("unit", terms.unit, 1, UNIT_LENGTH, "A unit of measure"),
        ("description", terms.description, 0, DESCRIPTION_LENGTH, "A description"),
    )
    for field, text, least, most, what in bounds:
        if not least <= len(text) <= most:
            yield InvalidInput(
                field=field,
                problem=f"{what} has {least} to {most} characters.",
                remedy="Shorten it." if len(text) > most else "Fill it in.",
            )
        if "\0" in text:
            yield InvalidInput(
                field=field,
                problem=f"{what} can't hold a zero character.",
                remedy="Type it instead of pasting it.",
            )


def _list_number_troubles(*, field: str, number: Decimal, limit: Decimal) -> Iterator[InvalidInput]:
    if not is_within(number=number, limit=limit) or number < 0:
        yield InvalidInput(
            field=field,
            problem=f"This is a number from 0 to less than {limit:,.0f}.",
            remedy="Correct it, or leave it empty.",
        )
        return
    try:
        to_units(number)
    except ValueError:
        yield InvalidInput(
            field=field,
            problem=f"This has more than {PLACES} decimal places.",
            remedy="Round it.",
        )
