"""Tables of syncs that nobody stands in front of: what waits, and what may start by itself."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from partsemble.accounting.types import NoticedChange
from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager
from partsemble.sync.types import Door, Trigger

LABEL_LENGTH = 200
KEY_LENGTH = 64
"""SHA-256 in hexadecimal digits."""


class AutomaticSync(BusinessOwned):
    """What a business lets start syncs by itself besides its schedule, which `jobs` keeps."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    follows_changes = models.BooleanField(default=False)

    objects: ClassVar[ScopedManager["AutomaticSync"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row a business; without a row, nothing does."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["business"], name="automatic_sync_once"),
        ]

    def __str__(self) -> str:
        return "follows changes" if self.follows_changes else "waits to be asked"


class WaitingSync(BusinessOwned):
    """A sync that was asked for and waits for its time, for the lock, or for the books.

    One row for each door of a business: asking again joins it. `id` is the name of the run that
    will be started for it, chosen now, so that whoever asked can follow it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    door = models.CharField(max_length=16, choices=[(each.value, each.value) for each in Door])
    trigger = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in Trigger]
    )
    user_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=LABEL_LENGTH)
    is_full = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField()

    objects: ClassVar[ScopedManager["WaitingSync"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row a door."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["business", "door"], name="waiting_sync_once_a_door"),
            models.CheckConstraint(
                condition=models.Q(door__in=[each.value for each in Door]),
                name="waiting_sync_door_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.door}, ready at {self.ready_at:%H:%M:%S}"


class HeardChange(BusinessOwned):
    """A provider's word that something changed, kept so that its repetition is recognised.

    `gone_id` names the record that is said to be no more, deleted or merged into another; the
    next run asks for it (`list_open_ids`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=KEY_LENGTH)
    change = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in NoticedChange]
    )
    external_id = models.CharField(max_length=64)
    gone_id = models.CharField(max_length=64, blank=True)
    happened_at = models.DateTimeField()
    heard_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[ScopedManager["HeardChange"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Each event once; forgotten by age."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["business", "key"], name="heard_change_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business", "heard_at"], name="heard_change_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} {self.change}"
