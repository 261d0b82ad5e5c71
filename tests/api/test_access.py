"""Every operation declares its permission, and every declaration holds (API-1, BIZ-1, BIZ-2).

The operations are found by walking the API itself, so a new one is tried as every role, with
narrow tokens, without one, and with those of another business from the moment that it exists.
"""

from typing import Final

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse
from tests.support.api import Program, list_doors, read, read_problem
from tests.support.cast import Cast
from tests.support.products import make_product
from tests.support.stock import adjust
from tests.support.tokens import change_token, leave_business, make_token

from partsemble.api.access import Token
from partsemble.api.urls import api
from partsemble.database.clock import DatabaseClock
from partsemble.identity import services
from partsemble.identity.errors import TokenMissing
from partsemble.identity.queries import list_tokens
from partsemble.identity.rules import DEFAULT_PERMISSIONS
from partsemble.identity.types import Role
from partsemble.kernel.permissions import ALL_PERMISSIONS
from partsemble.kernel.secret import Secret

NEEDS_NOTHING: Final = {"show_business": "it tells a token whose it is, which every token may know"}
NO_OPERATIONS: Final = {
    "openapi-json": "the document is public, like the source that it is written from",
    "api-root": "ninja's name for where the API begins; it answers 404",
}

DOORS = tuple(list_doors())

pytestmark = pytest.mark.django_db


def test_every_operation_declares_its_permission() -> None:
    declared = {each.name for each in DOORS if type(each.operation.auth_callbacks[0]) is Token}
    assert declared == {each.name for each in DOORS}
    assert [each.name for each in DOORS if len(each.operation.auth_callbacks) != 1] == []


def test_what_needs_no_permission_is_listed_here() -> None:
    assert {each.name for each in DOORS if each.needs is None} == set(NEEDS_NOTHING)


def test_every_address_is_an_operation_or_listed_here() -> None:
    names = {each.name for each in api.urls[0] if isinstance(each, URLPattern)}
    assert names - {each.name for each in DOORS} == set(NO_OPERATIONS)


def test_an_operation_that_declares_nothing_lets_nobody_in(cast: Cast) -> None:
    assert isinstance(api.auth, list)
    (closed,) = api.auth
    request = RequestFactory().get("/", headers={"Authorization": "Bearer x"})
    with pytest.raises(TokenMissing):
        closed(request)


def test_nobody_is_let_in_without_a_token() -> None:
    for each in DOORS:
        response = Program(token=None).call(each.method, each.fill())
        assert read_problem(response, 401)["code"] == "token_missing", each
        assert response["WWW-Authenticate"] == 'Bearer realm="Partsemble"'


def test_the_cookies_of_a_browser_open_nothing(cast: Cast) -> None:
    browser = cast.owner.sign_in()
    for each in DOORS:
        assert browser.generic(each.method, each.fill()).status_code == 401, each


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic eDp5", "psb_x", "Token psb_x"])
def test_what_is_no_bearer_token_is_missing(header: str) -> None:
    response = Client().get("/api/v1/business", headers={"Authorization": header})
    assert read_problem(response, 401)["code"] == "token_missing"


def test_tokens_out_of_force_open_nothing(cast: Cast) -> None:
    made_up, revoked = Secret("psb_" + "x" * 54), make_token(cast.stranger)
    expired, left = make_token(cast.owner), revoked
    change_token(cast.owner, expires_at=DatabaseClock(plus_seconds=-1))
    (shown,) = list_tokens(actor=cast.stranger.actor)
    services.revoke_token(actor=cast.stranger.actor, token_id=shown.id)
    codes = {made_up: "token_unknown", left: "token_unknown", expired: "token_expired"}
    for token, code in codes.items():
        for each in DOORS:
            response = Program(token=token).call(each.method, each.fill())
            assert read_problem(response, 401)["code"] == code, each
            assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_whoever_left_is_let_in_no_more(cast: Cast) -> None:
    token = make_token(cast.owner)
    change_token(cast.owner, user_id=cast.builder.user.id)
    leave_business(cast.builder)
    for each in DOORS:
        response = Program(token=token).call(each.method, each.fill())
        assert read_problem(response, 401)["code"] == "token_unknown", each


@pytest.mark.parametrize("role", Role)
def test_a_role_calls_what_its_permissions_say(cast: Cast, role: Role) -> None:
    token = make_token(cast.owner)
    if role is not Role.OWNER:
        colleague = cast.stranger.user
        services.add_member(actor=cast.owner.actor, user_id=colleague.id, role=role)
        change_token(cast.owner, user_id=colleague.id)
    for each in DOORS:
        response = Program(token=token).call(each.method, each.fill())
        assert response.status_code < 500, each
        if each.needs is None or each.needs in DEFAULT_PERMISSIONS[role]:
            assert response.status_code not in (401, 403), f"{each} as {role}"
        else:
            assert read_problem(response, 403)["code"] == "permission_missing", f"{each} as {role}"


def test_a_token_calls_what_its_scopes_say(cast: Cast) -> None:
    for needs in {each.needs for each in DOORS} - {None}:
        token = make_token(cast.owner, scopes=ALL_PERMISSIONS - {needs})
        for each in DOORS:
            response = Program(token=token).call(each.method, each.fill())
            if each.needs is needs:
                assert read_problem(response, 403)["code"] == "token_too_narrow", each
            else:
                assert response.status_code not in (401, 403), each


@pytest.mark.django_db(transaction=True)
def test_another_business_sees_none_of_it(cast: Cast, synced: Program) -> None:
    stranger = Program(token=make_token(cast.stranger))
    (run,) = read(synced.get("item-syncs"))["rows"]
    items = read(synced.get("accounting-items", limit=200))["rows"]
    assert len(items) > 40
    product = make_product(cast.owner.actor, "X")
    records = {
        "item_id": items[0]["id"],
        "run_id": run["id"],
        "account_id": read(synced.get("ledger-accounts"))["rows"][0]["id"],
        "vendor_id": read(synced.get("vendors"))["rows"][0]["id"],
        "product_id": product.id,
        "entry_id": adjust(cast.owner.actor, product.id, "5").id,
    }
    for door in DOORS:
        address = door.path.format_map(records)
        mine, theirs = synced.call(door.method, address), stranger.call(door.method, address)
        if mine.status_code == 422:
            # An order without content is refused for that, whoever sends it.
            assert theirs.status_code == 422, door
            continue
        assert mine.status_code in (200, 202, 204), door
        if address != door.path:
            assert read_problem(theirs, 404)["code"].endswith("not_found"), door
        elif theirs.status_code in (200, 204):
            found = (read(theirs) if theirs.content else None) or {}
            assert found.get("rows", []) == [], door
            assert found.get("name", cast.stranger.business.name) == cast.stranger.business.name
        else:
            assert read_problem(theirs, 409)["code"] == "not_connected", door
        for word in (cast.owner.business.name, items[0]["name"], run["id"]):
            assert word not in theirs.text.replace(address, ""), door


def test_the_document_says_what_is_needed() -> None:
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    for each in DOORS:
        described = paths[each.path][each.method.lower()]
        assert described.get("x-permission") == each.needs
        assert described["security"] == [{"Token": []}]
    assert {(method.upper(), path) for path, found in paths.items() for method in found} == {
        (each.method, each.path) for each in DOORS
    }


def test_the_document_is_served_and_no_page_for_it(client: Client) -> None:
    assert read(client.get("/api/v1/openapi.json"))["openapi"].startswith("3.1")
    assert client.get("/api/v1/docs").status_code == 404
    assert reverse("api:openapi-json") == "/api/v1/openapi.json"
