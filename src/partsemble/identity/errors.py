"""What identity refuses."""

from partsemble.kernel.errors import DomainError


class BusinessNotFound(DomainError):
    """The user belongs to no business of that name; whether one exists is never said."""

    code = "business_not_found"


class EmailTaken(DomainError):
    """Another user signs in with that address."""

    code = "email_taken"


class MembershipExists(DomainError):
    """The user belongs to that business already."""

    code = "membership_exists"
