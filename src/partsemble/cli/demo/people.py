"""Who is in the demo: one owner, one business, one API token."""

from dataclasses import dataclass
from typing import Final

from partsemble.identity.queries import (
    find_user,
    get_actor_by_id,
    list_memberships,
    list_tokens,
)
from partsemble.identity.services import (
    create_business,
    create_user,
    issue_token,
    revoke_token,
)
from partsemble.identity.types import BusinessView
from partsemble.kernel.ids import UserId
from partsemble.kernel.secret import Secret

EMAIL: Final = "owner@example.com"
PASSWORD: Final = "workshop-demo-2026"  # noqa: S105 printed for everybody to see
BUSINESS: Final = "Harbor Lane Lamps"
TOKEN_NAME: Final = "demo"  # noqa: S105 its name, not its secret


@dataclass(frozen=True, slots=True)
class DemoOwner:
    """How to sign in to the demo."""

    user_id: UserId
    email: str
    password: str
    business: BusinessView


def ensure_owner() -> DemoOwner:
    """This will make the demo's owner and business unless an earlier start did."""
    user = find_user(email=EMAIL) or create_user(email=EMAIL, password=PASSWORD, name="Robin Lane")
    memberships = list_memberships(user_id=user.id)
    business = (
        memberships[0].business
        if memberships
        else create_business(user_id=user.id, name=BUSINESS, time_zone="America/New_York")
    )
    return DemoOwner(user_id=user.id, email=EMAIL, password=PASSWORD, business=business)


def renew_token(*, owner: DemoOwner) -> Secret:
    """This will make the demo's API token, which may do all, in place of the former start's.

    A secret is known in one moment only, so the next start can't tell what this one gave out.
    """
    actor = get_actor_by_id(user_id=owner.user_id, business_id=owner.business.id)
    for each in list_tokens(actor=actor):
        if each.name == TOKEN_NAME:
            revoke_token(actor=actor, token_id=each.id)
    return issue_token(actor=actor, name=TOKEN_NAME, scopes=actor.permissions).secret
