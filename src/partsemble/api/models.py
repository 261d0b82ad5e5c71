"""The table of the API."""

from typing import ClassVar

from django.db import models

from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager

KEY_LENGTH = 200
"""A UUID has 36 characters; what is longer than this was not meant as a key."""
FINGERPRINT_LENGTH = 64
"""SHA-256 in hexadecimal digits."""


class RepeatableWrite(BusinessOwned):
    """What a client's Idempotency-Key stands for: one request, and the record that it names."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=KEY_LENGTH)
    fingerprint = models.CharField(max_length=FINGERPRINT_LENGTH)
    record_id = models.UUIDField(default=new_id)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[ScopedManager["RepeatableWrite"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """A key stands for one request of its business."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["business", "key"], name="repeatable_write_once"),
        ]

    def __str__(self) -> str:
        return self.key
