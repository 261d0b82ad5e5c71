"""The one cast of all tests: three people of a business, and a stranger who owns another."""

from dataclasses import dataclass

from django.test import Client

from partsemble.identity import queries, services
from partsemble.identity.types import BusinessView, Role, UserView
from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import UserId

PASSWORD = "four lamps in a long row"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works in one business."""

    user: UserView
    business: BusinessView
    actor: Actor

    def sign_in(self) -> Client:
        """This will give a browser in which the person is signed in."""
        client = Client()
        assert client.login(username=self.user.email, email=self.user.email, password=PASSWORD)
        return client


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays."""

    owner: Person
    builder: Person
    accountant: Person
    stranger: Person
    """Owns another business, and must see nothing of this one."""


def make_cast() -> Cast:
    """This will store the cast through the services that people's own clicks go through."""
    olivia = _make_user("olivia@lamps.example", "Olivia Owner")
    sam = _make_user("sam@chairs.example", "Sam Stranger")
    lamps = services.create_business(user_id=olivia.id, name="Hollow Reed Lamps")
    chairs = services.create_business(user_id=sam.id, name="Short Leg Chairs")
    owner = _cast(olivia, lamps)
    return Cast(
        owner=owner,
        builder=_hire(owner, "bela@lamps.example", "Bela Builder", Role.BUILDER),
        accountant=_hire(owner, "ada@books.example", "Ada Accountant", Role.ACCOUNTANT),
        stranger=_cast(sam, chairs),
    )


def _make_user(email: str, name: str) -> UserView:
    return services.create_user(email=email, password=PASSWORD, name=name)


def _hire(owner: Person, email: str, name: str, role: Role) -> Person:
    user = _make_user(email, name)
    services.add_member(actor=owner.actor, user_id=user.id, role=role)
    return _cast(user, owner.business)


def _cast(user: UserView, business: BusinessView) -> Person:
    actor = queries.get_actor_by_id(user_id=UserId(user.id), business_id=business.id)
    return Person(user=user, business=business, actor=actor)
