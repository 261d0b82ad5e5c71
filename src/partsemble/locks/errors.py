"""What the sync lock refuses."""

from partsemble.kernel.errors import DomainError


class SyncLockHeld(DomainError):
    """Somebody else holds the lock; it ends by itself (LOCK-5).

    Facts: `kind`, `holder_id`, `label` (the person), `since`, `expires_at`. Of a build whose
    transaction is still going on only the kind is known; the others are None.
    """

    code = "sync_lock_held"


class SyncLockLost(DomainError):
    """The lease ended, or somebody took the lock since; nothing may be written (LOCK-4).

    Facts: `kind`, `holder_id`, `fence`.
    """

    code = "sync_lock_lost"
