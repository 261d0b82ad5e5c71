"""Home: the first steps of a business, each of which knows when it is done."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator
from tests.support.products import make_product
from tests.support.stock import TODAY, adjust

from partsemble.accounting.documents import ItemType
from partsemble.accounting.queries.items import ItemFilter, list_items
from partsemble.kernel.permissions import Permission
from partsemble.stock.queries.balances import get_stock_value
from partsemble.sync.services.linking import Holding, link_product
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Trigger
from partsemble.words.figures import show_value

pytestmark = pytest.mark.django_db(transaction=True)


def open_home(client: Client, person: Person) -> str:
    response = client.get(reverse("home", kwargs={"slug": person.business.slug}))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text)


def find_current(page: str) -> str:
    """The step that is next, as a person reads it."""
    (step,) = re.findall(r'<li class="step current".*?</li>', page)
    return re.sub(r"<[^>]+>", "", step)


def count_done(page: str) -> int:
    return page.count('<li class="step done"')


def test_the_guide_leads_from_the_books_to_the_first_count(
    settings: object, emulator: Emulator, cast: Cast
) -> None:
    owner, actor = cast.owner, cast.owner.actor
    client = owner.sign_in()
    assert "Connect your books" in find_current(open_home(client, owner))
    point_at(settings, emulator)  # type: ignore[arg-type]  # pytest-django's
    connect(owner)
    assert "Sync your items" in find_current(open_home(client, owner))
    run_id = start_item_sync(actor=actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=actor.business_id, run_id=run_id)
    page = open_home(client, owner)
    assert "Make products of your items" in find_current(page)
    assert "accounting-items/?show=new" in page
    wanted = ItemFilter(type=ItemType.INVENTORY, is_active=True, search="heron")
    first, second = list_items(actor=actor, wanted=wanted).rows[:2]
    own = make_product(actor, "OWN-1", name=second.name)
    made = make_product(actor, "OWN-2", name=first.name)
    link(cast, made.id, first.id)
    page = open_home(client, owner)
    assert count_done(page) == 3
    assert "1 item of your books is called like a product" in find_current(page)
    assert "products/?show=unlinked" in page
    link(cast, own.id, second.id)
    page = open_home(client, owner)
    assert count_done(page) == 4
    assert "Count a shelf" in find_current(page)
    adjust(actor, own.id, "1")
    page = open_home(client, owner)
    assert "First steps" not in page
    assert re.search(r"Products</span> <span class=\"tile-value\">2</span>", page)
    worth = show_value(get_stock_value(actor=actor))
    assert re.search(rf"Stock is worth</span> <span class=\"tile-value\">{worth} ", page)
    assert Decimal(worth.replace(",", "")) > 0
    assert "In step with your books" in page
    assert "In step with your books" not in open_home(cast.builder.sign_in(), cast.builder)


def link(cast: Cast, product_id: object, item_id: object) -> None:
    link_product(
        actor=cast.owner.actor,
        product_id=product_id,  # type: ignore[arg-type]  # ids as they come
        item_id=item_id,  # type: ignore[arg-type]  # ids as they come
        holds=Holding.BOOKS,
        occurred_on=TODAY,
    )


def test_whoever_may_not_do_a_step_is_told_what_it_takes(cast: Cast) -> None:
    page = open_home(cast.builder.sign_in(), cast.builder)
    assert "Connect your books" in find_current(page)
    assert "the permission to manage connection" in find_current(page)
    assert "Connect to QuickBooks" not in page
    assert not cast.builder.actor.is_allowed(Permission.MANAGE_CONNECTION)
