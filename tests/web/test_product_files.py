"""Products that are taken along and brought back as they were (PROD-1, PROD-2)."""

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from tests.support.cast import Cast, Person
from tests.support.files import bring
from tests.support.products import make_product

from partsemble.catalog.services import set_product_active
from partsemble.catalog.types import ProductType
from partsemble.files.types import RowVerdict

pytestmark = pytest.mark.django_db


def find_address(person: Person, name: str, **words: object) -> str:
    return reverse(name, kwargs={"slug": person.business.slug, **words})


def take_along(person: Person, **query: str) -> bytes:
    response = person.sign_in().get(find_address(person, "download_products"), query)
    assert response.status_code == 200
    return response.getvalue()


def furnish(person: Person) -> None:
    """Products whose fields hold whatever spreadsheets stumble over."""
    actor = person.actor
    make_product(actor, "=1+1", name="@SUM(A1)", description="-2 and\n+3\r\nlines\twith tabs")
    make_product(actor, "'=1", name="''+quoted", unit="'kg", unit_cost=Decimal("0.000001"))
    make_product(
        actor, "0007", name='with, "signs"; | too', selling_price=Decimal("999999999.123456")
    )
    make_product(
        actor, "1E5", name="Ünïcode 東京 \u200f", reorder_point=Decimal(0), is_stocked=False
    )
    gone = make_product(actor, "Gone", type=ProductType.SUB_ASSEMBLY, description="'quoted'")
    set_product_active(actor=actor, product_id=gone.id, is_active=False, revision=1)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_goes_out_comes_in_unchanged(cast: Cast, form: str) -> None:
    furnish(cast.owner)
    content = take_along(cast.owner, show="all", **{"as": form})
    shown = bring(cast.owner.actor, content, name=f"products.{form}")
    assert shown.verdicts[RowVerdict.SAME] == shown.total == 5
    assert (shown.unknown, shown.missing) == ((), ())
    assert shown.left_aside == ("On hand", "Linked")


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers(cast: Cast) -> None:
    furnish(cast.owner)
    make_product(cast.owner.actor, "Z-1", name="=EVIL()", unit_cost=Decimal("12.5"))
    content = take_along(cast.owner, **{"as": "xlsx", "q": "z-1"})
    sheet = openpyxl.load_workbook(BytesIO(content))["Products"]
    head, line = sheet.iter_rows()
    assert [cell.value for cell in head][:3] == ["SKU", "Name", "Type"]
    assert [(cell.value, cell.data_type) for cell in line][:4] == [
        ("Z-1", "s"),
        ("=EVIL()", "s"),
        ("Component", "s"),
        ("yes", "s"),
    ]
    assert (line[6].value, line[6].data_type) == (12.5, "n")


def test_a_download_of_either_kind_needs_to_see_the_inventory(cast: Cast) -> None:
    stranger = cast.stranger.sign_in()
    for form in ("csv", "xlsx"):
        answer = stranger.get(find_address(cast.owner, "download_products"), {"as": form})
        assert answer.status_code == 404
