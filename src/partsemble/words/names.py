"""What the things of the kernel are called on screens."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from django.utils.timesince import timesince, timeuntil

from partsemble.identity.types import Role
from partsemble.kernel.permissions import Permission
from partsemble.locks.types import HolderKind
from partsemble.words.figures import show_quantity

PERMISSION_WORDS: Final[Mapping[Permission, str]] = MappingProxyType(
    {
        Permission.MANAGE_TEAM: "manage team",
        Permission.MANAGE_SETTINGS: "manage settings and feature toggles",
        Permission.MANAGE_CONNECTION: "manage connection and export configuration",
        Permission.RUN_SYNC: "run syncs and import items",
        Permission.EXPORT: "export and retry exports",
        Permission.VIEW_INVENTORY: "view inventory and costs",
        Permission.MANAGE_PRODUCTS: "manage products, suppliers and BOMs",
        Permission.EXECUTE_BUILDS: "plan and execute builds",
        Permission.APPROVE_BUILDS: "approve and reject builds",
        Permission.ADJUST_STOCK: "receive goods and adjust stock",
        Permission.VIEW_SALES: "view sales and margins",
        Permission.VIEW_SYNC_LOG: "view the sync log",
    }
)

ROLE_WORDS: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.OWNER: "Owner",
        Role.ADMIN: "Admin",
        Role.ACCOUNTANT: "Accountant",
        Role.BUILDER: "Builder",
    }
)


HOLDER_WORDS: Final[Mapping[HolderKind, str]] = MappingProxyType(
    {
        HolderKind.ITEM_SYNC: "An item sync",
        HolderKind.SALES_SYNC: "A sales sync",
        HolderKind.BUILD: "A build",
        HolderKind.SETTING: "A change of settings",
    }
)


COUNTRY_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AE": "United Arab Emirates",
        "AU": "Australia",
        "CA": "Canada",
        "FR": "France",
        "GB": "United Kingdom",
        "HK": "Hong Kong",
        "IE": "Ireland",
        "IN": "India",
        "MX": "Mexico",
        "MY": "Malaysia",
        "NZ": "New Zealand",
        "SG": "Singapore",
        "US": "United States",
        "ZA": "South Africa",
    }
)
"""Where companies with such books mostly are; any other country shows its code."""


def say(fact: object) -> str:
    """This will say a fact in words: a permission, a role, when, how many, or the thing itself."""
    if isinstance(fact, Permission):
        return PERMISSION_WORDS[fact]
    if isinstance(fact, Role):
        return ROLE_WORDS[fact]
    if isinstance(fact, HolderKind):
        return HOLDER_WORDS[fact]
    if isinstance(fact, datetime):
        return _say_when(fact)
    return show_quantity(fact) if isinstance(fact, Decimal) else str(fact)


def _say_when(instant: datetime) -> str:
    left = timeuntil(instant, depth=1)
    if not left.startswith("0"):
        return f"in {left}"
    # What is less than a minute ahead counts as none; a minute later it counts as one.
    is_ahead = not timeuntil(instant + timedelta(minutes=1), depth=1).startswith("0")
    return "in a moment" if is_ahead else say_since(instant)


def say_since(instant: datetime, *, now: datetime | None = None) -> str:
    """This will say how long ago something was, in one unit; None: as of this moment."""
    passed = timesince(instant, now, depth=1)
    return "just now" if passed.startswith("0") else f"{passed} ago"


def make_initials(label: str) -> str:
    """This will make one or two letters that stand for a name or an e-mail address."""
    words = label.split("@", 1)[0].replace(".", " ").replace("-", " ").split()
    return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper() if words else "?"
