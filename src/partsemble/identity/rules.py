"""Who may do what by default, and how a business gets its short name. Pure."""

import re
import unicodedata
from collections.abc import Collection
from types import MappingProxyType
from typing import Final

from partsemble.identity.types import Role
from partsemble.kernel.permissions import ALL_PERMISSIONS, Permission

SLUG_LENGTH: Final = 40
"""Long enough to recognise a business in an address, short enough to type."""

DEFAULT_PERMISSIONS: Final = MappingProxyType(
    {
        Role.OWNER: ALL_PERMISSIONS,
        Role.ADMIN: ALL_PERMISSIONS,
        Role.ACCOUNTANT: frozenset(
            {
                Permission.MANAGE_CONNECTION,
                Permission.RUN_SYNC,
                Permission.EXPORT,
                Permission.VIEW_INVENTORY,
                Permission.VIEW_SALES,
                Permission.VIEW_SYNC_LOG,
            }
        ),
        Role.BUILDER: frozenset(
            {
                Permission.VIEW_INVENTORY,
                Permission.MANAGE_PRODUCTS,
                Permission.EXECUTE_BUILDS,
                Permission.ADJUST_STOCK,
            }
        ),
    }
)
"""The permission matrix of BIZ-2. An Admin holds every row of it but can't edit Admin; what
sets the Owner apart is that the Owner's row can't be edited at all."""


def choose_slug(*, name: str, taken: Collection[str]) -> str:
    """This will make a short name for addresses and commands out of a business's name.

    Arguments:
        name: as its people write it, in any script.
        taken: the short names that are in use and begin alike.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")
    stem = words[:SLUG_LENGTH].rstrip("-") or "business"
    candidate, number = stem, 1
    while candidate in taken:
        number += 1
        ending = f"-{number}"
        candidate = stem[: SLUG_LENGTH - len(ending)].rstrip("-") + ending
    return candidate
