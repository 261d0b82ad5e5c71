"""Secrets of the second step of signing in, sealed like every other stored secret (BIZ-3)."""

from allauth.mfa.adapter import DefaultMFAAdapter

from partsemble.database.encryption import seal, unseal
from partsemble.kernel.secret import Secret


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """Keeps keys of authenticator apps and seeds of recovery codes unreadable in the database."""

    def encrypt(self, text: str) -> str:
        """This will seal a secret before it is stored."""
        return seal(Secret(text))

    def decrypt(self, encrypted_text: str) -> str:
        """This will open a stored secret.

        Raises:
            SecretUnreadable: if its key is gone.
        """
        return unseal(encrypted_text).reveal()
