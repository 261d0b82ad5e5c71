"""API tokens for tests, and ways to reach into their table."""

from datetime import datetime

from tests.support.cast import Person

from partsemble.database.scope import business_scope
from partsemble.identity.models import ApiToken, Membership
from partsemble.identity.services import issue_token
from partsemble.kernel.permissions import ALL_PERMISSIONS, Permission
from partsemble.kernel.secret import Secret


def make_token(
    person: Person,
    *,
    scopes: frozenset[Permission] = ALL_PERMISSIONS,
    name: str = "A script",
    expires_at: datetime | None = None,
) -> Secret:
    """This will make a token the way the screen does."""
    return issue_token(actor=person.actor, name=name, scopes=scopes, expires_at=expires_at).secret


def change_token(person: Person, **columns: object) -> None:
    """This will write into the one token of a person's business past every rule."""
    with business_scope(person.business.id):
        assert ApiToken.objects.update(**columns) == 1


def leave_business(person: Person) -> None:
    """This will end a person's membership."""
    with business_scope(person.business.id):
        assert Membership.objects.filter(user_id=person.user.id).delete()[0] == 1
