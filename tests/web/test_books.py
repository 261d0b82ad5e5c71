"""The pages of accounts and vendors, and the health of the connection (CONN-6, CONN-7, CONN-9)."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator

from partsemble.accounting.models import AppTally
from partsemble.accounting.services.connections import disconnect
from partsemble.sync.services.running import run_item_sync
from partsemble.sync.services.start import start_item_sync
from partsemble.sync.types import Trigger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _synced(settings: Settings, emulator: Emulator, cast: Cast) -> None:
    point_at(settings, emulator)
    connect(cast.owner)
    run_id = start_item_sync(actor=cast.owner.actor, trigger=Trigger.PERSON)
    run_item_sync(business_id=cast.owner.business.id, run_id=run_id)


def open_page(client: Client, person: Person, name: str, **query: str) -> str:
    address = reverse(name, kwargs={"slug": person.business.slug})
    response = client.get(address, query)
    assert response.status_code == 200, response.text
    return re.sub(r"\s+", " ", response.text)


def test_the_chart_is_shown_to_the_accountant_in_its_order(cast: Cast) -> None:
    client = cast.accountant.sign_in()
    page = open_page(client, cast.accountant, "ledger_accounts")
    assert page.index("Inventory Asset") < page.index("Cost of Goods Sold")
    assert "Other current asset" in page
    found = open_page(client, cast.accountant, "ledger_accounts", q="inventory asset")
    assert "Inventory Asset" in found
    assert "Cost of goods sold" not in found
    nothing = open_page(client, cast.accountant, "ledger_accounts", q="no such account")
    assert "Nothing matches" in nothing


def test_vendors_are_shown_by_name(cast: Cast) -> None:
    page = open_page(cast.owner.sign_in(), cast.owner, "vendors")
    assert "Vendors" in page
    assert "USD" in page
    assert "@" not in page[page.index("<main") : page.index("</main>")]


def test_a_builder_is_not_shown_them(cast: Cast) -> None:
    client = cast.builder.sign_in()
    for name in ("ledger_accounts", "vendors"):
        address = reverse(name, kwargs={"slug": cast.builder.business.slug})
        assert client.get(address).status_code == 403
    assert "Reads this month" not in open_page(client, cast.builder, "integrations")


def test_the_health_panel_counts(cast: Cast) -> None:
    page = open_page(cast.accountant.sign_in(), cast.accountant, "integrations")
    assert "Reads this month" in page
    assert re.search(r"\d+ of 500,000", page)
    assert re.search(r"\d+ in use", page)
    assert "Next scheduled sync" in page
    assert re.search(r"Last full sync</dt> ?<dd>Just now", page)
    assert "To make them last" not in page


def test_reads_that_run_out_are_said(cast: Cast) -> None:
    AppTally.objects.update(reads=496_000)
    client = cast.owner.sign_in()
    page = open_page(client, cast.owner, "integrations")
    assert "496,000 of 500,000" in page
    assert "The rest is kept for looking before something is posted." in page
    sent = client.post(reverse("start_sync", kwargs={"slug": cast.owner.business.slug}))
    assert sent.status_code == 429
    assert "reads are nearly used up" in sent.text


@pytest.mark.parametrize("name", ["accounting_items", "ledger_accounts", "vendors"])
def test_lists_of_books_that_were_given_up_say_so(cast: Cast, name: str) -> None:
    client = cast.owner.sign_in()
    assert "any more" not in open_page(client, cast.owner, name)
    disconnect(actor=cast.owner.actor)
    page = open_page(client, cast.owner, name)
    assert "Not connected to Hollow Reed Lamp Works any more" in page
    assert "<tbody>" in page
    page = open_page(client, cast.owner, "integrations")
    assert "are kept: connect to it again" in page
    connect(cast.owner)
    assert "any more" not in open_page(client, cast.owner, name)
