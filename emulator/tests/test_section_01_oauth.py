"""Fact sheet section 1: discovery, consent, codes, tokens and their ends, over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
import pytest

from conftest import Running, running

CALLBACK = "http://localhost:8000/connect/qbo/callback"
SCOPE = "com.intuit.quickbooks.accounting"


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path, "--auto-consent") as server:
        yield server


def authorize(server: Running, **changes: str) -> httpx2.Response:
    query = {
        "client_id": server.ready["client_id"],
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": CALLBACK,
        "state": "s & ä",
    }
    return server.client.get(f"{server.ready['base_url']}/connect/oauth2", params=query | changes)


def landed(answer: httpx2.Response) -> dict[str, str]:
    location = answer.headers["location"]
    assert location.startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def exchange(server: Running, form: dict[str, str], **headers: str) -> httpx2.Response:
    keys = (server.ready["client_id"], server.ready["client_secret"])
    return server.client.post(
        f"{server.ready['base_url']}/oauth2/v1/tokens/bearer",
        data=form,
        auth=httpx2.USE_CLIENT_DEFAULT if "client_id" in form else keys,
        headers=headers,
    )


def redeem(server: Running, **changes: str) -> httpx2.Response:
    code = landed(authorize(server))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return exchange(server, form | changes)


def refresh(server: Running, token: str, **headers: str) -> httpx2.Response:
    return exchange(server, {"grant_type": "refresh_token", "refresh_token": token}, **headers)


def test_1_1_discovery_names_every_address_of_the_same_origin(workshop: Running) -> None:
    document = workshop.client.get(workshop.ready["discovery_url"]).json()
    wanted = {
        *("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint"),
        *("revocation_endpoint", "jwks_uri", "scopes_supported", "response_types_supported"),
        *("subject_types_supported", "id_token_signing_alg_values_supported"),
        *("token_endpoint_auth_methods_supported", "claims_supported"),
    }
    assert set(document) == wanted
    for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert document[name].startswith(workshop.ready["base_url"])


def test_1_2_the_callback_carries_code_state_and_company(workshop: Running) -> None:
    back = landed(authorize(workshop))
    assert set(back) == {"code", "state", "realmId"}
    assert back["state"] == "s & ä"
    assert back["realmId"] == workshop.ready["realm_id"]


@pytest.mark.parametrize(
    "redirect_uri",
    ["http://example.com/cb", "ftp://localhost/x", "", "/cb", "https://app.example.com/cb#x"],
)
def test_1_2_a_wrong_redirect_address_is_never_followed(
    workshop: Running, redirect_uri: str
) -> None:
    answer = authorize(workshop, redirect_uri=redirect_uri)
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_1_2_an_unknown_client_is_told_so(workshop: Running) -> None:
    assert authorize(workshop, client_id="AB123").status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "everything"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_1_2_wrong_questions_are_sent_back(
    workshop: Running, changes: dict[str, str], error: str
) -> None:
    assert landed(authorize(workshop, **changes)) == {"error": error, "state": "s & ä"}


def test_1_2_a_person_consents_on_a_page(emulator: Running) -> None:
    with httpx2.Client(base_url=emulator.ready["base_url"]) as browser:
        page = ask(browser, emulator)
        assert "Connect which company?" in page.text
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'")
        assert policy.endswith("form-action 'self' http://localhost:8000")
        assert "<script" not in page.text
        assert "style=" not in page.text
        assert page.headers["set-cookie"].startswith("emulator_session=")
        answer = decide(browser, page, "connect")
        assert set(landed(answer)) == {"code", "state", "realmId"}
        assert decide(browser, page, "connect").status_code == 400


def test_1_2_a_person_declines(emulator: Running) -> None:
    with httpx2.Client(base_url=emulator.ready["base_url"]) as browser:
        answer = decide(browser, ask(browser, emulator), "cancel")
    assert landed(answer) == {"error": "access_denied", "state": "s & ä"}


def test_1_2_another_browser_cannot_answer_the_question(emulator: Running) -> None:
    base = emulator.ready["base_url"]
    with httpx2.Client(base_url=base) as mine, httpx2.Client(base_url=base) as theirs:
        page = ask(mine, emulator)
        assert decide(theirs, page, "connect").status_code == 400
        assert decide(mine, page, "connect").status_code == 302


def ask(browser: httpx2.Client, server: Running) -> httpx2.Response:
    query = {
        "client_id": server.ready["client_id"],
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": CALLBACK,
        "state": "s & ä",
    }
    return browser.get("/connect/oauth2", params=query)


def decide(browser: httpx2.Client, page: httpx2.Response, decision: str) -> httpx2.Response:
    ticket = page.text.partition('name="ticket" value="')[2].partition('"')[0]
    return browser.post("/connect/oauth2/decision", data={"ticket": ticket, "decision": decision})


def test_1_3_the_token_response(workshop: Running) -> None:
    answer = redeem(workshop)
    assert answer.status_code == 200
    assert answer.headers["intuit_tid"]
    body = answer.json()
    assert set(body) == {
        *("token_type", "access_token", "expires_in"),
        *("refresh_token", "x_refresh_token_expires_in"),
    }
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 3600
    assert body["x_refresh_token_expires_in"] == 8_726_400
    assert "realmId" not in body


def test_1_3_client_keys_in_the_body_work_too(workshop: Running) -> None:
    keys = {name: workshop.ready[name] for name in ("client_id", "client_secret")}
    assert redeem(workshop, **keys).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "authorization_code", "code": "x"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
        ({"client_id": "x", "client_secret": "y"}, 401, "invalid_client"),
    ],
)
def test_1_3_refusals(workshop: Running, form: dict[str, str], status: int, error: str) -> None:
    answer = exchange(workshop, form)
    assert answer.status_code == status
    assert answer.json()["error"] == error
    assert answer.headers["intuit_tid"]


def test_1_3_the_sample_of_a_refused_token(workshop: Running) -> None:
    body = refresh(workshop, "RT1-39-H0-unknown").json()
    assert body == {"error": "invalid_grant", "error_description": "Token invalid"}


def test_1_3_a_code_works_once_with_its_own_redirect_and_not_for_long(quick: Running) -> None:
    code = landed(authorize(quick))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert exchange(quick, form).status_code == 200
    assert exchange(quick, form).json()["error"] == "invalid_grant"
    assert redeem(quick, redirect_uri="http://localhost:8000/other").status_code == 400
    late = landed(authorize(quick))["code"]
    quick.control("POST", "clock", {"advance_seconds": 301})
    assert exchange(quick, form | {"code": late}).json()["error"] == "invalid_grant"


def test_1_3_the_refresh_token_changes_daily_and_the_old_one_overlaps(quick: Running) -> None:
    first = redeem(quick).json()["refresh_token"]
    assert refresh(quick, first).json()["refresh_token"] == first
    quick.control("POST", "clock", {"advance_seconds": 86_400})
    second = refresh(quick, first).json()["refresh_token"]
    assert second != first
    assert refresh(quick, first).json()["refresh_token"] == second
    quick.control("POST", "clock", {"advance_seconds": 86_401})
    assert refresh(quick, first).json()["error"] == "invalid_grant"
    assert refresh(quick, second).status_code == 200


def test_1_3_a_switch_rotates_on_every_refresh_without_overlap(quick: Running) -> None:
    changes = {"refresh_rotation_seconds": 0, "refresh_overlap_seconds": 0}
    quick.control("PATCH", "switches", changes)
    first = redeem(quick).json()["refresh_token"]
    second = refresh(quick, first).json()["refresh_token"]
    assert second != first
    assert refresh(quick, first).json()["error"] == "invalid_grant"


def test_1_3_idle_and_hard_expiry(quick: Running) -> None:
    quick.control("PATCH", "switches", {"refresh_hard_seconds": 10_000_000})
    token = redeem(quick).json()["refresh_token"]
    for _ in range(2):
        quick.control("POST", "clock", {"advance_seconds": 4_900_000})
        answer = refresh(quick, token, **{"x-include-refresh-token-hard-expires-in": "true"})
        token = answer.json()["refresh_token"]
        assert answer.json()["x_refresh_token_expires_in"] == 8_726_400
    assert 190_000 < answer.json()["x_refresh_token_hard_expires_in"] <= 200_000
    quick.control("POST", "clock", {"advance_seconds": 200_001})
    assert refresh(quick, token).json()["error"] == "invalid_grant"


def test_1_3_an_unused_connection_ends(quick: Running) -> None:
    token = redeem(quick).json()["refresh_token"]
    quick.control("POST", "clock", {"advance_seconds": 8_726_401})
    assert refresh(quick, token).json()["error"] == "invalid_grant"


def test_1_3_an_access_token_lives_an_hour(quick: Running) -> None:
    assert quick.read("preferences").status_code == 200
    quick.control("POST", "clock", {"advance_seconds": 3_601})
    answer = quick.read("preferences")
    assert answer.status_code == 401
    assert answer.json()["fault"]["error"][0]["detail"].startswith("Token expired: ")


def test_1_3_the_id_token_is_signed_by_the_published_key(quick: Running) -> None:
    code = landed(authorize(quick, scope=f"openid {SCOPE}"))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    token = exchange(quick, form).json()["id_token"]
    document = quick.client.get(quick.ready["discovery_url"]).json()
    key_set = jwt.PyJWKSet.from_dict(httpx2.get(document["jwks_uri"]).json())
    key = key_set[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key.key, algorithms=["RS256"], audience=quick.ready["client_id"])
    assert claims["iss"] == document["issuer"]
    assert claims["realmid"] == quick.ready["realm_id"]


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_1_4_revoking_either_token_ends_the_connection(
    quick: Running, name: str, *, as_json: bool
) -> None:
    tokens = redeem(quick).json()
    body = {"token": tokens[name]}
    answer = quick.client.post(
        f"{quick.ready['base_url']}/v2/oauth2/tokens/revoke",
        auth=(quick.ready["client_id"], quick.ready["client_secret"]),
        json=body if as_json else None,
        data=None if as_json else body,
    )
    assert (answer.status_code, answer.content) == (200, b"")
    assert refresh(quick, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    bearer = f"Bearer {tokens['access_token']}"
    assert quick.read("preferences", Authorization=bearer).status_code == 401
    assert quick.read("preferences").status_code == 200


def test_1_4_userinfo_needs_the_openid_scope(workshop: Running) -> None:
    address = f"{workshop.ready['base_url']}/v1/openid_connect/userinfo"
    answer = httpx2.get(address, headers=workshop.headers())
    assert set(answer.json()) == {
        *("sub", "email", "emailVerified", "givenName", "familyName"),
        *("phoneNumber", "phoneNumberVerified", "address"),
    }
    plain = redeem(workshop).json()["access_token"]
    refused = httpx2.get(address, headers={"Authorization": f"Bearer {plain}"})
    assert refused.status_code == 401


def test_1_5_a_person_disconnects_in_the_books(quick: Running) -> None:
    tokens = redeem(quick).json()
    assert quick.control("POST", "revoke", {})["revoked"] == 2
    assert refresh(quick, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert quick.read("preferences").status_code == 401
