"""Looking up a few rows of many by what a business calls them."""

import pytest
from django.db import connection
from django.db.models import F
from tests.support.cast import Cast
from tests.support.products import make_product

from partsemble.catalog.models import Product
from partsemble.database.models import Among
from partsemble.database.scope import business_scope

pytestmark = pytest.mark.django_db


def test_many_names_are_looked_up_and_no_table_is_read_for_them(cast: Cast) -> None:
    for sku in ("L-1", "L-2", "L-3"):
        make_product(cast.owner.actor, sku)
    make_product(cast.stranger.actor, "L-2")
    wanted = ["l-1", "l-2", *(f"none-{number}" for number in range(500))]
    with business_scope(cast.owner.actor.business_id):
        rows = Product.objects.filter(Among(F("sku_key"), wanted)).order_by()
        assert sorted(rows.values_list("sku", flat=True)) == ["L-1", "L-2"]
        assert not Product.objects.filter(Among(F("sku_key"), [])).exists()
        if connection.vendor == "sqlite":
            # Of few rows PostgreSQL may read all: it has counted them.
            assert "(business_id=? AND sku_key=?)" in rows.explain()
