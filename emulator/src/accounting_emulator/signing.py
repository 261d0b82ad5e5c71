"""OpenID tokens: an RSA key made at start, its public half, and signatures by it (RFC 7519)."""

import base64
from functools import cached_property
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_ID = "emulator-1"


class Signer:
    """Signs id tokens; the key is made on first use and lives as long as the process."""

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)

    def sign(self, *, claims: dict[str, Any]) -> str:
        """Make a signed token (RS256) that carries these claims."""
        header = {"kid": KEY_ID, "typ": "JWT", "alg": "RS256"}
        parts = (msgspec.json.encode(header), msgspec.json.encode(claims))
        text = ".".join(_encode(part) for part in parts)
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_encode(signature)}"

    def key_set(self) -> dict[str, Any]:
        """Give the public key as a JSON Web Key Set."""
        numbers = self._key.public_key().public_numbers()
        return {
            "keys": [
                {
                    "kty": "RSA",
                    "kid": KEY_ID,
                    "use": "sig",
                    "alg": "RS256",
                    "e": _encode(numbers.e.to_bytes(3, "big")),
                    "n": _encode(numbers.n.to_bytes(256, "big")),
                }
            ]
        }


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
