"""What calls to a provider are about, and what came of them, in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from partsemble.accounting.types import CallOutcome

OUTCOME_WORDS: Final[Mapping[CallOutcome, str]] = MappingProxyType(
    {
        CallOutcome.ANSWERED: "Answered",
        CallOutcome.REFUSED: "Refused",
        CallOutcome.FAILED: "Failed there",
        CallOutcome.UNANSWERED: "No answer",
    }
)

ENTITY_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Item": "Items",
        "Account": "Accounts",
        "Vendor": "Vendors",
        "Customer": "Customers",
        "CompanyInfo": "Company",
        "Preferences": "Preferences",
        "Token": "Permission: keys",
        "Revocation": "Permission: given back",
        "Discovery": "Addresses of the provider",
        "Other": "Something else",
    }
)
"""By the names that the call log stores; a test sees that none is missing."""


def name_entity(entity: str) -> str:
    """This will say what a call is about."""
    return ENTITY_WORDS.get(entity, entity)
