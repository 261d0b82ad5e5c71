"""Settings → Integrations, and the way to the provider and back (CONN-1, CONN-4…7)."""

import re
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from tests.support.books import connect, point_at
from tests.support.cast import Cast, Person
from tests.support.databases import counted_queries
from tests.support.emulator import Emulator

from partsemble.accounting.models.connections import Connection
from partsemble.accounting.queries.connections import find_connection
from partsemble.accounting.types import ConnectionState
from partsemble.database.clock import read_database_clock
from partsemble.database.scope import business_scope
from partsemble.web.connection.card import say_environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _pointed(settings: Settings, emulator: Emulator) -> None:
    point_at(settings, emulator)


def address(person: Person, name: str = "integrations") -> str:
    return reverse(name, kwargs={"slug": person.business.slug})


def open_page(client: Client, person: Person) -> str:
    response = client.get(address(person))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text)


def update_row(person: Person, **columns: object) -> None:
    with business_scope(person.business.id):
        Connection.objects.update(**columns)


def go_and_consent(client: Client, person: Person) -> str:
    """This will press the button, follow the redirects, and give the address of the way back."""
    sent = client.post(address(person, "begin_consent"))
    assert sent.status_code == 302
    answer = httpx2.get(sent["Location"])
    back = urlsplit(answer.headers["location"])
    assert (back.scheme, back.netloc, back.path) == (
        "http",
        "localhost:8000",
        "/connect/qbo/callback",
    )
    return f"{back.path}?{back.query}"


def test_from_the_button_to_the_connected_page(cast: Cast) -> None:
    client = cast.owner.sign_in()
    page = open_page(client, cast.owner)
    assert "Not connected to your books" in page
    assert "Connect to QuickBooks" in page
    response = client.get(go_and_consent(client, cast.owner))
    assert response["Location"] == address(cast.owner)
    page = open_page(client, cast.owner)
    connection = find_connection(actor=cast.owner.actor)
    assert connection is not None
    assert f"Connected to {connection.company_name}." in page
    for shown in ("Connected", "QuickBooks Online Plus", "United States", "USD", "Olivia Owner"):
        assert shown in page
    assert "Disconnect" in page
    assert "Reconnect" not in page


def test_the_policy_lets_the_form_lead_to_the_consent_page(cast: Cast) -> None:
    # The emulator of this run is not in the settings that the policy was made from.
    response = cast.owner.sign_in().get(address(cast.owner))
    policy = response["Content-Security-Policy"]
    assert "form-action 'self' https://appcenter.intuit.com;" in f"{policy};"


def test_the_answer_counts_once_and_only_in_the_browser_that_asked(cast: Cast) -> None:
    asking, other = cast.owner.sign_in(), cast.owner.sign_in()
    way_back = go_and_consent(asking, cast.owner)
    response = other.get(way_back)
    assert response.status_code == 409
    assert "began in another browser" in response.text
    assert Client().get(way_back)["Location"].startswith("/account/login/")
    assert asking.get(way_back).status_code == 302
    assert asking.get(way_back).status_code == 409


def test_declining_connects_nothing_and_says_so(cast: Cast) -> None:
    client = cast.owner.sign_in()
    state = dict(
        part.split("=") for part in urlsplit(go_and_consent(client, cast.owner)).query.split("&")
    )["state"]
    query = urlencode({"error": "access_denied", "state": state})
    assert client.get(f"/connect/qbo/callback?{query}")["Location"] == address(cast.owner)
    page = open_page(client, cast.owner)
    assert "You are not connected." in page
    assert "Connect to QuickBooks" in page


def test_an_expired_connection_asks_to_reconnect_and_keeps_everything_in_sight(
    cast: Cast,
) -> None:
    connection = connect(cast.owner)
    update_row(cast.owner, state=ConnectionState.EXPIRED.value)
    client = cast.owner.sign_in()
    page = open_page(client, cast.owner)
    assert f"The connection to {connection.company_name} has expired" in page
    assert "Nothing is lost" in page
    assert "Reconnect" in page
    client.get(go_and_consent(client, cast.owner))
    assert "has expired" not in open_page(client, cast.owner)


def test_disconnecting_says_what_stays(cast: Cast) -> None:
    connect(cast.owner)
    client = cast.owner.sign_in()
    assert client.post(address(cast.owner, "give_up_connection"))["Location"] == address(cast.owner)
    page = open_page(client, cast.owner)
    assert "Disconnected. Your items and links are kept." in page
    assert "Connect to QuickBooks" in page


def test_a_provider_that_is_away_is_said_in_a_sentence(cast: Cast, settings: Settings) -> None:
    settings.PARTSEMBLE_QBO = {**settings.PARTSEMBLE_QBO, "environment": "http://127.0.0.1:9/away"}
    client = cast.owner.sign_in()
    assert client.post(address(cast.owner, "begin_consent"))["Location"] == address(cast.owner)
    assert "Your books ask us to wait." in open_page(client, cast.owner)


def test_without_keys_the_page_says_what_is_missing(cast: Cast, settings: Settings) -> None:
    settings.PARTSEMBLE_QBO = {**settings.PARTSEMBLE_QBO, "client_id": ""}
    page = open_page(cast.owner.sign_in(), cast.owner)
    assert "PARTSEMBLE_QBO_CLIENT_ID" in page
    assert "Connect to QuickBooks" not in page


def test_a_builder_sees_which_books_it_is_and_no_button(cast: Cast) -> None:
    client = cast.builder.sign_in()
    assert "can connect it to QuickBooks" in open_page(client, cast.builder)
    connection = connect(cast.owner)
    page = open_page(client, cast.builder)
    assert connection.company_name in page
    assert "Disconnect" not in page
    home = client.get(reverse("home", kwargs={"slug": cast.builder.business.slug})).text
    assert address(cast.builder) not in re.sub(r"<main.*</main>", "", home, flags=re.DOTALL)


def test_the_last_error_is_shown_until_something_succeeds(cast: Cast) -> None:
    connect(cast.owner)
    now = read_database_clock()
    update_row(
        cast.owner,
        last_error_code="provider_unexpected",
        last_error_at=now - timedelta(minutes=5),
        last_called_at=now - timedelta(minutes=9),
    )
    client = cast.owner.sign_in()
    assert "Your books answered something that we can&#x27;t read." in open_page(client, cast.owner)
    update_row(cast.owner, last_called_at=now)
    assert "can&#x27;t read" not in open_page(client, cast.owner)


def test_no_token_is_on_any_page(cast: Cast) -> None:
    connect(cast.owner)
    page = open_page(cast.owner.sign_in(), cast.owner)
    with business_scope(cast.owner.business.id):
        row = Connection.objects.get()
    for sealed in (row.access_token, row.refresh_token, row.client_secret):
        assert sealed not in page
    assert "RT1-" not in page


def test_the_page_takes_few_queries(cast: Cast) -> None:
    connect(cast.owner)
    client = cast.owner.sign_in()
    open_page(client, cast.owner)
    with counted_queries() as count:
        open_page(client, cast.owner)
    assert count() <= 24  # with the sync's card, the lists and the month's reads


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ("production", ""),
        ("sandbox", "Sandbox"),
        ("http://localhost:8100/.well-known/openid", "Test server at localhost:8100"),
    ],
)
def test_which_of_the_provider_s_worlds_it_is(environment: str, said: str) -> None:
    assert say_environment(environment) == said
