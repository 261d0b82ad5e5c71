"""Who is in the demo: one owner, one business."""

from dataclasses import dataclass
from typing import Final

from partsemble.identity.queries import find_user, list_memberships
from partsemble.identity.services import create_business, create_user
from partsemble.identity.types import BusinessView

EMAIL: Final = "owner@example.com"
PASSWORD: Final = "workshop-demo-2026"  # noqa: S105 printed for everybody to see
BUSINESS: Final = "Harbor Lane Lamps"


@dataclass(frozen=True, slots=True)
class DemoOwner:
    """How to sign in to the demo."""

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
    return DemoOwner(email=EMAIL, password=PASSWORD, business=business)
