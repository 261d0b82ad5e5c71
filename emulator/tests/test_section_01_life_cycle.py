"""Fact sheet section 1: a connection from its first day to its last, on the emulator's clock."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Running, running
from test_section_01_oauth import CALLBACK, authorize, exchange, landed, redeem, refresh

DAY = 86_400
YEAR = 365 * DAY


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, "--auto-consent") as server:
        yield server


def pass_days(server: Running, days: float) -> None:
    server.control("POST", "clock", {"advance_seconds": days * DAY})


def test_1_3_a_connection_refreshed_daily_lives_five_years_to_the_day(quick: Running) -> None:
    """Every value of the token is used once a month; the hard end comes all the same."""
    quick.control("POST", "clock", {"is_stopped": True})
    wanted = {"x-include-refresh-token-hard-expires-in": "true"}
    token = redeem(quick).json()["refresh_token"]
    values = {token}
    for month in range(60):
        pass_days(quick, 30)
        body = refresh(quick, token, **wanted).json()
        assert body["x_refresh_token_hard_expires_in"] == 5 * YEAR - (month + 1) * 30 * DAY
        assert body["x_refresh_token_expires_in"] == 8_726_400
        token = body["refresh_token"]
        values.add(token)
    assert len(values) == 61, "a new value every time, because a day had passed"
    pass_days(quick, 25)
    assert refresh(quick, token).json()["error"] == "invalid_grant"
    assert "x_refresh_token_hard_expires_in" not in redeem(quick).json()


def test_1_3_within_a_day_the_same_value_comes_back(quick: Running) -> None:
    quick.control("POST", "clock", {"is_stopped": True})
    token = redeem(quick).json()["refresh_token"]
    for _ in range(23):
        pass_days(quick, 1 / 24)
        body = refresh(quick, token).json()
        assert body["refresh_token"] == token
        assert body["expires_in"] == 3_600
    pass_days(quick, 1 / 24)
    assert refresh(quick, token).json()["refresh_token"] != token


def test_1_3_the_replaced_value_gives_the_new_one_for_a_day_and_then_nothing(
    quick: Running,
) -> None:
    """Two workers that refresh at once both stay connected; a copy from last week does not."""
    first = redeem(quick).json()["refresh_token"]
    pass_days(quick, 1)
    second = refresh(quick, first).json()["refresh_token"]
    pass_days(quick, 0.99)
    assert refresh(quick, first).json()["refresh_token"] == second
    pass_days(quick, 0.02)
    assert refresh(quick, first).json() == {
        "error": "invalid_grant",
        "error_description": "Token invalid",
    }
    assert refresh(quick, second).status_code == 200


def test_1_3_a_test_can_force_the_hard_end(quick: Running) -> None:
    tokens = redeem(quick).json()
    quick.control("POST", "expire-refresh-tokens", {})
    assert refresh(quick, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    bearer = f"Bearer {tokens['access_token']}"
    assert quick.read("preferences", Authorization=bearer).status_code == 200


def test_1_3_the_lives_of_tokens_are_switches(quick: Running) -> None:
    lives = {"access_token_seconds": 120, "refresh_idle_seconds": 15_552_000}
    quick.control("PATCH", "switches", lives)
    quick.control("POST", "clock", {"is_stopped": True})
    tokens = redeem(quick).json()
    assert (tokens["expires_in"], tokens["x_refresh_token_expires_in"]) == (120, 15_552_000)
    bearer = f"Bearer {tokens['access_token']}"
    quick.control("POST", "clock", {"advance_seconds": 119})
    assert quick.read("preferences", Authorization=bearer).status_code == 200
    quick.control("POST", "clock", {"advance_seconds": 1})
    answer = quick.read("preferences", Authorization=bearer)
    assert answer.json()["fault"]["error"][0]["detail"] == "Token expired: eyJl"
    pass_days(quick, 179)
    assert refresh(quick, tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("seconds", [60, 600])
def test_1_2_the_life_of_a_code_is_a_switch(quick: Running, seconds: int) -> None:
    quick.control("PATCH", "switches", {"code_seconds": seconds})
    quick.control("POST", "clock", {"is_stopped": True})
    code, late = (landed(authorize(quick))["code"] for _ in range(2))
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    quick.control("POST", "clock", {"advance_seconds": seconds - 1})
    assert exchange(quick, form | {"code": code}).status_code == 200
    quick.control("POST", "clock", {"advance_seconds": 1})
    assert exchange(quick, form | {"code": late}).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("verifier", [None, "right", "wrong"])
def test_1_2_pkce_is_ignored_as_in_reality(quick: Running, verifier: str | None) -> None:
    right = "a" * 43
    digest = hashlib.sha256(right.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
    form = {
        "grant_type": "authorization_code",
        "code": landed(authorize(quick, **asked))["code"],
        "redirect_uri": CALLBACK,
    }
    if verifier is not None:
        form["code_verifier"] = right if verifier == "right" else "b" * 43
    assert exchange(quick, form).status_code == 200


def test_1_5_a_disconnected_company_answers_401_and_can_be_connected_again(quick: Running) -> None:
    tokens = redeem(quick).json()
    quick.control("POST", "revoke", {})
    answer = quick.read("preferences", Authorization=f"Bearer {tokens['access_token']}")
    assert answer.status_code == 401
    assert answer.json()["fault"]["error"][0]["code"] == "3200"
    assert refresh(quick, tokens["refresh_token"]).status_code == 400
    again = redeem(quick).json()
    assert quick.read("preferences", Authorization=f"Bearer {again['access_token']}").is_success


@pytest.mark.parametrize("token", ["short", "x" * 4_097, ""])
def test_8_3200_a_malformed_bearer(workshop: Running, token: str) -> None:
    answer = workshop.read("preferences", Authorization=f"Bearer {token}".strip())
    error = answer.json()["fault"]["error"][0]
    assert error["detail"] == "Malformed bearer token: too short or too long"


def test_8_3200_in_xml_for_those_who_read_xml(workshop: Running) -> None:
    answer = workshop.read("preferences", Authorization="Bearer none", Accept="application/xml")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/xml;charset=utf-8"
    assert answer.text.partition(">")[2].partition("time=")[0] == (
        '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" '
    )
    assert answer.text.endswith(
        '<Fault type="AUTHENTICATION"><Error code="3200"><Message>message=AuthenticationFailed; '
        "errorCode=003200; statusCode=401</Message><Detail>Malformed bearer token: too short or "
        "too long</Detail></Error></Fault></IntuitResponse>"
    )
