"""Public values of the sync lock."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from partsemble.kernel.ids import BusinessId, UserId


class HolderKind(StrEnum):
    """What holds the lock; the value is stable and stored."""

    ITEM_SYNC = "item_sync"
    SALES_SYNC = "sales_sync"
    BUILD = "build"
    SETTING = "setting"
    """A setting that must not change while one of the others is under way."""


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who wants or has the lock."""

    kind: HolderKind
    holder_id: UUID
    """The run or build; whoever comes with the same id takes over from itself (LOCK-3)."""
    label: str
    """The person, in words."""
    user_id: UserId | None = None


@dataclass(frozen=True, slots=True)
class SyncLease:
    """The lock in the hands of a holder."""

    business_id: BusinessId
    fence: int
    holder: LockHolder


@dataclass(frozen=True, slots=True)
class SyncLockView:
    """The lock as others see it."""

    kind: HolderKind
    holder_id: UUID
    label: str
    user_id: UserId | None
    fence: int
    since: datetime
    expires_at: datetime
    """When it ends by itself if its holder gives no sign of life until then."""
