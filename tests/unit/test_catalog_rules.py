"""What can be said of a product."""

from dataclasses import replace
from decimal import Decimal

import pytest

from partsemble.catalog.rules import settle_terms
from partsemble.catalog.types import (
    DEFAULT_UNIT,
    NAME_LENGTH,
    SKU_LENGTH,
    ProductTerms,
    ProductType,
    fold_sku,
)
from partsemble.kernel.errors import InvalidInput

LAMP = ProductTerms(sku="LAMP-1", name="Reed lamp", type=ProductType.FINISHED_GOOD)


def test_terms_are_kept_as_they_were_meant() -> None:
    said = replace(LAMP, sku="  LAMP   1 ", name=" Reed\tlamp\n", unit="  ", description=" Warm. ")
    assert settle_terms(said) == replace(LAMP, sku="LAMP 1", description="Warm.", unit=DEFAULT_UNIT)
    assert settle_terms(LAMP) == LAMP


@pytest.mark.parametrize(
    ("one", "other"), [("LAMP-1", "lamp-1"), (" a  b", "A B"), ("STRASSE", "straße")]
)
def test_a_sku_is_the_same_in_whatever_case(one: str, other: str) -> None:
    assert fold_sku(one) == fold_sku(other)


def test_different_skus_stay_different() -> None:
    assert len({fold_sku(each) for each in ("LAMP-1", "LAMP-10", "LAMP 1", "LAMP1")}) == 4


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", " "),
        ("sku", "x" * (SKU_LENGTH + 1)),
        ("sku", "a\0b"),
        ("name", ""),
        ("name", "x" * (NAME_LENGTH + 1)),
        ("unit", "x" * 17),
        ("description", "x" * 4_001),
        ("description", "a\0b"),
        ("unit_cost", Decimal(-1)),
        ("unit_cost", Decimal(10) ** 9),
        ("unit_cost", Decimal("0.0000001")),
        ("selling_price", Decimal("NaN")),
        ("selling_price", Decimal("Infinity")),
        ("reorder_point", Decimal(10) ** 9),
    ],
)
def test_what_can_not_be_kept_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        settle_terms(replace(LAMP, **{field: value}))  # type: ignore[arg-type]  # a field by name
    assert refusal.value.facts["field"] == field
    assert str(refusal.value.facts["problem"]).endswith(".")
    assert str(refusal.value.facts["remedy"]).endswith(".")


@pytest.mark.parametrize("number", ["0", "0.000001", "999999999.999999"])
def test_numbers_up_to_their_limits_are_kept(number: str) -> None:
    given = Decimal(number)
    said = replace(LAMP, unit_cost=given, selling_price=given, reorder_point=given)
    assert settle_terms(said) == said
