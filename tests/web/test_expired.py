"""An expired connection is said on every page of its business, with the way out (CONN-4, T1)."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.emulator import Emulator

from partsemble.accounting.models.connections import Connection
from partsemble.accounting.types import ConnectionState
from partsemble.database.scope import business_scope

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("home", "integrations", "sync_items", "accounting_items", "api_tokens")


@pytest.fixture(autouse=True)
def _connected(settings: Settings, emulator: Emulator, cast: Cast) -> None:
    point_at(settings, emulator)
    connect(cast.owner)


def expire(person: Person) -> None:
    with business_scope(person.business.id):
        Connection.objects.update(state=ConnectionState.EXPIRED.value)


def read(client: Client, person: Person, name: str) -> str:
    response = client.get(reverse(name, kwargs={"slug": person.business.slug}))
    assert response.status_code == 200
    return response.text


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_it_once_with_the_button(cast: Cast, name: str) -> None:
    client = cast.owner.sign_in()
    assert "has expired" not in read(client, cast.owner, name)
    expire(cast.owner)
    page = read(client, cast.owner, name)
    assert page.count("Hollow Reed Lamp Works has expired") == 1
    assert "Nothing is lost" in page
    assert page.count(reverse("begin_consent", kwargs={"slug": cast.owner.business.slug})) == 1
    assert "Connect your books" not in page


def test_whoever_can_not_reconnect_is_told_whom_to_ask(cast: Cast) -> None:
    expire(cast.owner)
    page = read(cast.builder.sign_in(), cast.builder, "accounting_items")
    assert "Ask whoever manages the connection here" in page
    assert "begin_consent" not in page
    assert ">Reconnect<" not in page


def test_another_business_is_told_nothing(cast: Cast) -> None:
    expire(cast.owner)
    assert "has expired" not in read(cast.stranger.sign_in(), cast.stranger, "home")


def test_an_outage_is_no_expiry(cast: Cast) -> None:
    with business_scope(cast.owner.business.id):
        Connection.objects.update(
            last_error_code="provider_try_later", last_error_at="2999-01-01T00:00Z"
        )
    page = read(cast.owner.sign_in(), cast.owner, "integrations")
    assert "has expired" not in page
    assert "Reconnect" not in page
    assert "Your books ask us to wait." in page
