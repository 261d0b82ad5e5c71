"""What of a linked product is the books' to say (ITEM-6)."""

from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest
from tests.support.items import make_item

from partsemble.catalog.types import ProductTerms, ProductType
from partsemble.sync.rules.following import follow_item, list_owned_fields
from partsemble.sync.types import FOLLOWED_FIELDS

OURS = ProductTerms(
    sku="OURS",
    name="Ours",
    type=ProductType.FINISHED_GOOD,
    description="Local",
    unit="box",
    unit_cost=Decimal(1),
    selling_price=Decimal(2),
    reorder_point=Decimal(3),
)
THEIRS = make_item(
    1, name=" Reed  lamp", sku="L-1", unit_price=Decimal(20), purchase_cost=Decimal(10)
)


def test_name_sku_and_prices_follow_and_nothing_else() -> None:
    assert follow_item(terms=OURS, item=THEIRS, taken={}) == replace(
        OURS, name="Reed lamp", sku="L-1", unit_cost=Decimal(10), selling_price=Decimal(20)
    )
    followed = follow_item(terms=OURS, item=THEIRS, taken={})
    assert list_owned_fields(terms=followed, item=THEIRS) == FOLLOWED_FIELDS


def test_absent_is_not_zero() -> None:
    silent = msgspec.structs.replace(THEIRS, sku="", unit_price=None, purchase_cost=None)
    assert follow_item(terms=OURS, item=silent, taken={}) == replace(OURS, name="Reed lamp")
    assert list_owned_fields(terms=OURS, item=silent) == {"name"}


def test_zero_is_said() -> None:
    free = msgspec.structs.replace(THEIRS, unit_price=Decimal(0), purchase_cost=Decimal(0))
    followed = follow_item(terms=OURS, item=free, taken={})
    assert followed.selling_price == followed.unit_cost == Decimal(0)


@pytest.mark.parametrize("sku", ["L-1", "x" * 101, " "])
def test_a_sku_that_can_not_follow_stays_ours_to_change(sku: str) -> None:
    item = msgspec.structs.replace(THEIRS, sku=sku)
    followed = follow_item(terms=OURS, item=item, taken={"l-1": "L-1"})
    assert followed.sku == "OURS"
    assert "sku" not in list_owned_fields(terms=followed, item=item)


def test_the_same_sku_in_other_letters_follows() -> None:
    ours = replace(OURS, sku="l-1")
    assert follow_item(terms=ours, item=THEIRS, taken={"l-1": "l-1"}).sku == "L-1"
