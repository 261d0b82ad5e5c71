"""Everything that changes identity, by one door."""

from partsemble.identity.services.activity import (
    prepare_activities,
    record_activities,
    record_activity,
    record_staff_look,
)
from partsemble.identity.services.people import (
    add_member,
    adopt_company_terms,
    create_business,
    create_user,
    issue_token,
    revoke_token,
    set_feature,
    set_staff,
    use_token,
)

__all__ = [
    "add_member",
    "adopt_company_terms",
    "create_business",
    "create_user",
    "issue_token",
    "prepare_activities",
    "record_activities",
    "record_activity",
    "record_staff_look",
    "revoke_token",
    "set_feature",
    "set_staff",
    "use_token",
]
