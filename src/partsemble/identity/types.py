"""Public values of identity."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from partsemble.kernel.actor import Actor
from partsemble.kernel.ids import BusinessId, TokenId, UserId
from partsemble.kernel.permissions import Permission
from partsemble.kernel.secret import Secret


class Role(StrEnum):
    """What a person is in a business (BIZ-2); the value is stable and stored."""

    OWNER = "owner"
    ADMIN = "admin"
    ACCOUNTANT = "accountant"
    BUILDER = "builder"


class Feature(StrEnum):
    """A part of Partsemble that a business switches on (BIZ-4); the value is stable and stored.

    Others come with what they switch.
    """

    RECEIVING = "receiving"
    """Goods are received here, so that Partsemble is the master of quantities (SYNC-8)."""


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
    actor: Actor


@dataclass(frozen=True, slots=True)
class UserView:
    """A person who can sign in."""

    id: UserId
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class TokenView:
    """An API token as the people of its business see it; the secret is not in it (API-1)."""

    id: TokenId
    name: str
    prefix: str
    """The first characters, by which a person recognises it."""
    scopes: frozenset[Permission]
    person: str
    """Whose role bounds what it may do."""
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    is_expired: bool


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token in the one moment in which its secret is known."""

    id: TokenId
    name: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class TokenCall:
    """Who calls by a token, and what the token was given at most."""

    actor: Actor
    scopes: frozenset[Permission]


class FieldChange(NamedTuple):
    """What a field was and what it became, as plain text; empty: nothing was said."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to a record, as the activity log is told."""

    verb: str
    subject: str
    subject_id: UUID | None = None
    subject_label: str = ""
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ActivityView:
    """One line of a business's activity log (BIZ-5)."""

    recorded_at: datetime
    actor_label: str
    verb: str
    subject: str
    subject_label: str
    id: UUID
    changes: tuple[FieldChange, ...]
