"""Public values of identity."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partsemble.kernel.ids import BusinessId, UserId


class Role(StrEnum):
    """What a person is in a business (BIZ-2); the value is stable and stored."""

    OWNER = "owner"
    ADMIN = "admin"
    ACCOUNTANT = "accountant"
    BUILDER = "builder"


@dataclass(frozen=True, slots=True)
class BusinessView:
    """A business as its people see it."""

    id: BusinessId
    name: str
    slug: str
    currency: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class MembershipView:
    """One business that a user belongs to, and as what."""

    business: BusinessView
    role: Role


@dataclass(frozen=True, slots=True)
class UserView:
    """A person who can sign in."""

    id: UserId
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class ActivityView:
    """One line of a business's activity log (BIZ-5)."""

    recorded_at: datetime
    actor_label: str
    verb: str
    subject: str
    subject_label: str
