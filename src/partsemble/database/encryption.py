"""Secrets at rest: encrypted, with the id of their key beside each value (CONN-2).

The keys are the same `PARTSEMBLE_SECRET_KEYS` that sign sessions. Each is stretched by HKDF
under a label of its own, so that the encryption key never equals the signing key. A sealed
value reads `<key id>:<Fernet token>`. The id says at once which key opens it: rotation puts a
new key first, old values still open, `sealed` finds them by a prefix, and when none is left the
old key can go. The id is derived one-way and tells nothing about its key.

What was left out: binding a value to its row. Fernet has no room for it, and whoever can swap
values between rows can also read what the application may read.

Sources: RFC 5869 (HKDF); the Fernet specification, version 0x80.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from partsemble.kernel.errors import DomainError
from partsemble.kernel.secret import Secret

_KEY_LABEL = b"partsemble encryption key, version 1"
_KEY_ID_LABEL = b"partsemble encryption key id, version 1"
_KEY_BYTES = 32
_KEY_ID_BYTES = 4
KEY_ID_LENGTH = 2 * _KEY_ID_BYTES
"""In hexadecimal digits."""
_SEPARATOR = ":"


class SecretUnreadable(DomainError):
    """A stored secret can't be decrypted: its key is gone, or the value was damaged."""

    code = "secret_unreadable"


@dataclass(frozen=True, slots=True)
class _KeyRing:
    newest: str
    keys: Mapping[str, Fernet] = field(repr=False)


def seal(secret: Secret) -> str:
    """This will encrypt a secret with the newest key."""
    ring = _key_ring(tuple(settings.PARTSEMBLE_SECRET_KEYS))
    token = ring.keys[ring.newest].encrypt(secret.reveal().encode())
    return f"{ring.newest}{_SEPARATOR}{token.decode()}"


def unseal(sealed: str) -> Secret:
    """This will decrypt what `seal` made with any key that is still listed.

    Raises:
        SecretUnreadable: naming the id of the key that is missing.
    """
    key_id, _, token = sealed.partition(_SEPARATOR)
    key = _key_ring(tuple(settings.PARTSEMBLE_SECRET_KEYS)).keys.get(key_id)
    if key is None:
        raise SecretUnreadable(key_id=key_id, problem="its key is not listed")
    try:
        return Secret(key.decrypt(token.encode()).decode())
    except InvalidToken:
        raise SecretUnreadable(key_id=key_id, problem="the value was damaged") from None


def newest_key_id() -> str:
    """This will give the id with which newly sealed values begin."""
    return _key_ring(tuple(settings.PARTSEMBLE_SECRET_KEYS)).newest


def list_key_ids() -> list[str]:
    """This will list the ids of the listed keys, the newest first."""
    return list(_key_ring(tuple(settings.PARTSEMBLE_SECRET_KEYS)).keys)


@cache
def _key_ring(listed: tuple[str, ...]) -> _KeyRing:
    keys = {_derive_id(key): Fernet(_derive_key(key)) for key in listed}
    return _KeyRing(newest=_derive_id(listed[0]), keys=keys)


def _derive_key(key: str) -> bytes:
    return urlsafe_b64encode(_stretch(key, label=_KEY_LABEL, length=_KEY_BYTES))


def _derive_id(key: str) -> str:
    return _stretch(key, label=_KEY_ID_LABEL, length=_KEY_ID_BYTES).hex()


def _stretch(key: str, *, label: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=label).derive(key.encode())
