"""Who may do what by default, how a business gets its short name, what a token is. Pure."""

import base64
import re
import unicodedata
from collections.abc import Collection
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from partsemble.identity.types import Role
from partsemble.kernel.permissions import ALL_PERMISSIONS, Permission
from partsemble.kernel.secret import Secret

SLUG_LENGTH: Final = 40
"""Long enough to recognise a business in an address, short enough to type."""

KEY_MARK: Final = "psb_"
"""What every token begins with, so that scanners of repositories and logs recognise one."""
TOKEN_RANDOM_BYTES: Final = 40
TOKEN_PREFIX_LENGTH: Final = 12
"""How much of a token is shown for recognition: the mark and 48 of its 320 random bits, so that
272 stay unknown."""

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


def make_token(*, randomness: bytes) -> Secret:
    """This will write random bytes as the text of an API token.

    Arguments:
        randomness: exactly `TOKEN_RANDOM_BYTES` bytes.

    Raises:
        ValueError: if there are more or fewer.
    """
    if len(randomness) != TOKEN_RANDOM_BYTES:
        raise ValueError(f"randomness must be {TOKEN_RANDOM_BYTES} bytes, got {len(randomness)}")
    return Secret(KEY_MARK + base64.urlsafe_b64encode(randomness).decode().rstrip("="))


def hash_token(token: Secret) -> str:
    """This will give what is stored of a token: SHA-256 in hexadecimal digits.

    It needs neither salt nor rounds, which slow down guessing of what people make up: nobody
    guesses 320 random bits.
    """
    return sha256(token.reveal().encode()).hexdigest()
