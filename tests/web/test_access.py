"""Every address declares who may open it, and every declaration holds (BIZ-1, BIZ-2).

The addresses are found by walking the project's URLs, so a new screen is tried as every role, as
nobody and as another business's owner from the moment that it exists.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter
from django.utils.http import urlencode
from tests.support.cast import PASSWORD, Cast, Person

from partsemble.identity import queries, services
from partsemble.identity.types import Role
from partsemble.web.access import DECLARED_ELSEWHERE, Access, Audience

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Address:
    """One pattern of the project's URLs."""

    route: str
    name: str
    access: Access | None
    converters: dict[str, object]

    def fill(self, slug: str) -> str:
        """This will give an address in that business, with made-up records."""
        values: dict[str, object] = {}
        for key, converter in self.converters.items():
            if key == "slug":
                values[key] = slug
            elif isinstance(converter, UUIDConverter):
                values[key] = uuid.UUID(int=7)
            else:
                values[key] = 7 if isinstance(converter, IntConverter) else "x"
        return reverse(self.name, kwargs=values)


def walk(
    resolver: URLResolver, prefix: str = "", outer: dict[str, object] | None = None
) -> Iterator[Address]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        converters = {**(outer or {}), **each.pattern.converters}
        if isinstance(each, URLResolver):
            yield from walk(each, route, converters)
        elif isinstance(each, URLPattern):
            name = each.name or ""
            access = getattr(each.callback, "access", None) or DECLARED_ELSEWHERE.get(name)
            yield Address(route, name, access, converters)


ADDRESSES = [each for each in walk(get_resolver()) if not each.route.startswith(("api/", "staff/"))]
"""Of the screens; tests/api does the same with the API, and test_staff with the staff's pages."""
BUSINESS_SCREENS = [
    each for each in ADDRESSES if each.access and each.access.audience is Audience.BUSINESS
]
USER_SCREENS = [each for each in ADDRESSES if each.access and each.access.audience is Audience.USER]


def is_sent_to_sign_in(response: "_MonkeyPatchedWSGIResponse") -> bool:
    return response.status_code == 302 and response["Location"].startswith("/account/login/")


def ask(client: Client, method: str, url: str) -> "_MonkeyPatchedWSGIResponse":
    response = client.generic(method, url)
    assert response.status_code < 500, f"{method} {url}: {response.status_code}"
    return response


def test_every_address_declares_who_may_open_it() -> None:
    assert [each.route for each in ADDRESSES if each.access is None] == []


def test_no_declaration_outlives_its_address() -> None:
    assert set(DECLARED_ELSEWHERE) <= {each.name for each in ADDRESSES}


def test_business_screens_live_under_their_business() -> None:
    assert BUSINESS_SCREENS
    for each in ADDRESSES:
        is_under_business = each.route.startswith("b/<slug:slug>/")
        assert is_under_business == (each in BUSINESS_SCREENS), each.route


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_sent_to_the_sign_in_page(cast: Cast, method: str) -> None:
    for each in [*BUSINESS_SCREENS, *USER_SCREENS]:
        response = ask(Client(), method, each.fill(cast.owner.business.slug))
        assert is_sent_to_sign_in(response), each.route


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_another_business_does_not_exist(cast: Cast, method: str) -> None:
    client = cast.stranger.sign_in()
    for each in BUSINESS_SCREENS:
        response = ask(client, method, each.fill(cast.owner.business.slug))
        assert response.status_code == 404, each.route
        assert cast.owner.business.name not in response.text
        unknown = ask(client, method, each.fill("no-such-business"))
        assert unknown.status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("method", METHODS)
def test_a_role_opens_what_its_permissions_say(cast: Cast, method: str, role: Role) -> None:
    person = find_person(cast, role)
    client = person.sign_in()
    for each in BUSINESS_SCREENS:
        assert each.access is not None
        response = ask(client, method, each.fill(person.business.slug))
        needed = each.access.permission
        if needed is None or person.actor.is_allowed(needed):
            assert response.status_code != 403, f"{each.route} as {role}"
            assert not is_sent_to_sign_in(response), f"{each.route} as {role}"
        else:
            assert response.status_code == 403, f"{each.route} as {role}"
            assert "which your role does not include" in response.text
        if method not in each.access.methods and response.status_code != 403:
            assert response.status_code == 405, f"{each.route} answers {method}"


def find_person(cast: Cast, role: Role) -> Person:
    if role is Role.ADMIN:
        user = services.create_user(email="alma@lamps.example", password=PASSWORD)
        services.add_member(actor=cast.owner.actor, user_id=user.id, role=role)
        actor = queries.get_actor_by_id(user_id=user.id, business_id=cast.owner.business.id)
        return Person(user=user, business=cast.owner.business, actor=actor)
    people = {Role.OWNER: cast.owner, Role.ACCOUNTANT: cast.accountant, Role.BUILDER: cast.builder}
    return people[role]


@pytest.mark.django_db
def test_signing_in_leads_back_to_the_page(cast: Cast) -> None:
    home = reverse("home", kwargs={"slug": cast.owner.business.slug})
    response = Client().get(home)
    assert response["Location"] == f"/account/login/?{urlencode({'next': home})}"


@pytest.mark.django_db
def test_a_fragment_sends_the_whole_page_to_sign_in(cast: Cast) -> None:
    home = reverse("home", kwargs={"slug": cast.owner.business.slug})
    response = Client().get(
        home, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{home}"}
    )
    assert response["HX-Redirect"] == f"/account/login/?{urlencode({'next': home})}"
