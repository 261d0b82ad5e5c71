"""What identity refuses."""

from partsemble.kernel.errors import DomainError, NotFound


class BusinessNotFound(DomainError):
    """The user belongs to no business of that name; whether one exists is never said."""

    code = "business_not_found"


class EmailTaken(DomainError):
    """Another user signs in with that address."""

    code = "email_taken"


class TokenMissing(DomainError):
    """A call of the API shows no token."""

    code = "token_missing"


class TokenUnknown(DomainError):
    """The token never existed, was revoked, or its person has left the business."""

    code = "token_unknown"


class TokenExpired(DomainError):
    """The token was good until an instant that has passed; facts: `expired_at`."""

    code = "token_expired"


class TokenNotFound(NotFound):
    """This business has no such token in force."""

    code = "token_not_found"


class TooManyCalls(DomainError):
    """The token was used too often; facts: `limit` a minute, `wait_seconds`."""

    code = "too_many_calls"


class MembershipExists(DomainError):
    """The user belongs to that business already."""

    code = "membership_exists"
