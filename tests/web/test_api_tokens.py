"""Settings → API tokens: made, shown once, revoked (API-1)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.support.api import Program, read
from tests.support.cast import Cast
from tests.support.tokens import change_token, make_token

from partsemble.database.clock import DatabaseClock, read_database_clock
from partsemble.identity.queries import list_tokens
from partsemble.kernel.permissions import ALL_PERMISSIONS, Permission
from partsemble.kernel.secret import Secret

pytestmark = pytest.mark.django_db

SECRET = re.compile(r"psb_[\w-]{54}")
KEY = "0190a0b4-7a54-7c07-9a32-5d1f0c1e8a11"
ANSWERS = {
    "key": KEY,
    "name": "Night script",
    "scopes": ["run_sync", "view_inventory"],
    "days": "30",
}


def address(cast: Cast, name: str = "api_tokens", **parts: Any) -> str:
    return reverse(name, kwargs={"slug": cast.owner.business.slug, **parts})


def read_page(client: Client, cast: Cast) -> str:
    response = client.get(address(cast))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.text)


def test_a_token_is_made_shown_once_and_works(cast: Cast) -> None:
    client = cast.owner.sign_in()
    assert "No tokens yet" in read_page(client, cast)
    made = client.post(address(cast), ANSWERS)
    assert made.status_code == 200
    assert {"private", "no-store"} <= set(made["Cache-Control"].split(", "))
    (secret,) = SECRET.findall(made.text)
    program = Program(token=Secret(secret))
    assert read(program.get("business"))["name"] == cast.owner.business.name
    (token,) = list_tokens(actor=cast.owner.actor)
    assert token.scopes == {Permission.RUN_SYNC, Permission.VIEW_INVENTORY}
    assert token.expires_at is not None
    left = token.expires_at - read_database_clock()
    assert timedelta(days=29) < left <= timedelta(days=30)
    page = read_page(client, cast)
    assert secret not in page
    for shown in ("Night script", f"{token.prefix}…", "Olivia Owner", "Just now"):
        assert shown in page
    assert "Run syncs and import items, view inventory and costs" in page


def test_a_token_without_end_that_may_do_everything(cast: Cast) -> None:
    client = cast.owner.sign_in()
    whatever = {"key": KEY, "name": "x", "scopes": sorted(ALL_PERMISSIONS), "days": "0"}
    client.post(address(cast), whatever)
    (token,) = list_tokens(actor=cast.owner.actor)
    assert token.expires_at is None
    page = read_page(client, cast)
    for shown in ("Everything", "No end", "Never"):
        assert shown in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Name the program that will use the token."),
        ({"scopes": []}, "Choose at least one"),
        ({"scopes": ["own_the_place"]}, "Choose from the list."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"days": "7000"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_asked_for(cast: Cast, changes: dict[str, Any], sentence: str) -> None:
    response = cast.owner.sign_in().post(address(cast), ANSWERS | changes)
    assert response.status_code == 422
    assert sentence in response.text
    assert list_tokens(actor=cast.owner.actor) == ()


def test_loading_the_answer_again_makes_no_second_token(cast: Cast) -> None:
    client = cast.owner.sign_in()
    (key,) = re.findall(r'name="key" value="([^"]+)"', read_page(client, cast))
    answers = ANSWERS | {"key": key}
    assert SECRET.search(client.post(address(cast), answers).text)
    again = client.post(address(cast), answers, follow=True)
    assert "was made already" in again.text
    assert not SECRET.search(again.text)
    assert len(list_tokens(actor=cast.owner.actor)) == 1
    client.post(address(cast), ANSWERS)
    assert len(list_tokens(actor=cast.owner.actor)) == 2


def test_revoking_ends_it(cast: Cast) -> None:
    client = cast.owner.sign_in()
    program = Program(token=make_token(cast.owner, name="Old display"))
    (token,) = list_tokens(actor=cast.owner.actor)
    page = read_page(client, cast)
    assert "Revoke Old display?" in page
    revoke = address(cast, "revoke_api_token", token_id=token.id)
    assert client.post(revoke)["Location"] == address(cast)
    page = read_page(client, cast)
    assert "Whatever used it is let in no more." in page
    assert "Old display" not in page
    assert program.get("business").status_code == 401
    again = client.post(revoke)
    assert again.status_code == 404
    assert "There is no such token here" in again.text


def test_an_expired_token_says_so(cast: Cast) -> None:
    make_token(cast.owner)
    change_token(cast.owner, expires_at=DatabaseClock(plus_seconds=-1))
    assert "Expired" in read_page(cast.owner.sign_in(), cast)


def test_the_menu_leads_here_for_whoever_manages_settings(cast: Cast) -> None:
    home = reverse("home", kwargs={"slug": cast.owner.business.slug})
    assert address(cast) in cast.owner.sign_in().get(home).text
    assert address(cast) not in cast.accountant.sign_in().get(home).text


def test_the_page_costs_the_same_for_any_number(cast: Cast) -> None:
    client = cast.owner.sign_in()
    read_page(client, cast)  # the session remembers the business
    costs = []
    for _ in range(2):
        for _ in range(10):
            make_token(cast.owner)
        with CaptureQueriesContext(connection) as queries:
            page = read_page(client, cast)
        costs.append(len(queries))
    assert page.count("Revoke A script?") == 20
    assert costs[0] == costs[1]
