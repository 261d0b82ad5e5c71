"""The activity of a product on its page, and all of it on a page of its own (PROD-2)."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.urls import reverse
from tests.support.cast import Cast
from tests.support.products import make_product
from tests.support.stock import adjust

from partsemble.catalog.services import edit_product
from partsemble.catalog.types import ProductView
from partsemble.stock.queries.story import StoryPlace
from partsemble.stock.types import MovePosition
from partsemble.web.products import activity
from partsemble.web.products.activity import read_place, write_place

pytestmark = pytest.mark.django_db

ID = UUID(int=7)
INSTANT = datetime(2026, 3, 9, 12, 30, 1, 250, tzinfo=UTC)


def look(cast: Cast, address: str) -> str:
    response = cast.accountant.sign_in().get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def find_address(cast: Cast, name: str, product: ProductView) -> str:
    return reverse(name, kwargs={"slug": cast.owner.business.slug, "product_id": product.id})


@pytest.fixture
def bolt(cast: Cast) -> ProductView:
    """A product that was written down, edited and adjusted."""
    actor = cast.owner.actor
    made = make_product(actor, "BOLT-8", selling_price=Decimal(2))
    terms = replace(made.terms, name="Hexagon bolt", selling_price=Decimal("2.5"))
    edit_product(actor=cast.builder.actor, product_id=made.id, terms=terms, revision=1)
    adjust(actor, made.id, "100", at="5")
    return made


def test_the_page_of_a_product_tells_who_did_what(cast: Cast, bolt: ProductView) -> None:
    page = look(cast, find_address(cast, "product", bolt))
    told = page[page.index("Activity") :]
    assert "Written down" in told
    assert "Name Thing BOLT-8 → Hexagon bolt" in told
    assert "Selling price 2.00 → 2.50" in told
    assert "Bela Builder" in told
    assert "Adjustment 1 +100 pcs, +500.00 USD Count correction" in told
    assert "Show all" not in told


def test_all_of_it_is_paged(cast: Cast, bolt: ProductView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "PAGE_LINES", 2)
    address = find_address(cast, "product_activity", bolt)
    first = cast.accountant.sign_in().get(address)
    older = re.search(r'href="(\?before=[^"]+)"', first.text)
    assert older is not None
    assert "Written down" not in first.text
    second = look(cast, address + older[1].replace("&amp;", "&"))
    assert "Written down" in second
    assert "Hexagon bolt →" not in second


def test_nobody_elses_product_is_shown(cast: Cast, bolt: ProductView) -> None:
    address = reverse(
        "product_activity",
        kwargs={"slug": cast.stranger.business.slug, "product_id": bolt.id},
    )
    assert cast.stranger.sign_in().get(address).status_code == 404


@pytest.mark.parametrize(
    "place",
    [
        StoryPlace(None, None),
        StoryPlace((INSTANT, ID), None),
        StoryPlace(None, MovePosition(12, 3)),
        StoryPlace((INSTANT, ID), MovePosition(12, 3)),
    ],
)
def test_a_place_is_written_and_read_back(place: StoryPlace) -> None:
    assert read_place(write_place(place)) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a_b_c_d",
        "2026-03-09_x_-_-",
        "-_-_x_1",
        f"-_-_{'9' * 30}_1",
        "2026-03-09T12:00:00_00000000-0000-0000-0000-000000000007_-_-",
    ],
)
def test_a_place_that_is_none_is_the_newest(text: str) -> None:
    assert read_place(text) == StoryPlace(None, None)


def test_a_place_from_anywhere_is_answered(cast: Cast, bolt: ProductView) -> None:
    address = find_address(cast, "product_activity", bolt)
    for text in ("0001-01-01T00:00:00+00:00_" + str(ID) + "_-_-", "-_-_1_1", "%00", "-_-_0_0"):
        assert cast.accountant.sign_in().get(f"{address}?before={text}").status_code == 200
