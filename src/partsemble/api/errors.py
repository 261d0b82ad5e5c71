"""What the API refuses by itself; what services refuse passes through it."""

from partsemble.kernel.errors import DomainError


class TokenTooNarrow(DomainError):
    """The token was not given the permission that the operation needs; facts: `permission`."""

    code = "token_too_narrow"


class IdempotencyKeyReused(DomainError):
    """The key stands for another request of this business; facts: `key`."""

    code = "idempotency_key_reused"
