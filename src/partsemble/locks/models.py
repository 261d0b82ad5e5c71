"""The table of the sync lock."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from partsemble.database.models import BusinessOwned, ScopedManager
from partsemble.locks.types import HolderKind

LABEL_LENGTH = 200


class SyncLock(BusinessOwned):
    """Who holds, or held last, the sync lock of a business; never deleted, so fences grow."""

    business = models.OneToOneField(
        "identity.Business",
        primary_key=True,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
    )
    fence = models.PositiveBigIntegerField()
    kind = models.CharField(
        max_length=16, choices=[(kind.value, kind.value.replace("_", " ")) for kind in HolderKind]
    )
    holder_id = models.UUIDField()
    label = models.CharField(max_length=LABEL_LENGTH)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    since = models.DateTimeField()
    expires_at = models.DateTimeField()
    lease_seconds = models.FloatField(default=0)
    """How far ahead of its holder's last sign of life the lease ends."""

    objects: ClassVar[ScopedManager["SyncLock"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row per business is said by the primary key."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in HolderKind]),
                name="synclock_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(fence__gte=1), name="synclock_fence_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.label}"
