"""The table of imports: items that people made products of, or are making."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager
from partsemble.sync.types import ImportState


class ItemImport(BusinessOwned):
    """One import: which items, what was said of them, how far it is, what it came to (ITEM-2).

    `position` is the last item that was looked at, in order of id; it moves in the transaction
    that makes the products, so an import that was cut off goes on behind it. `until` is the item
    that had come last when somebody confirmed: what comes later was not among what they saw.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    selection = models.JSONField()
    choices = models.JSONField()
    occurred_on = models.DateField()
    state = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in ImportState]
    )
    total = models.PositiveIntegerField()
    position = models.UUIDField(null=True)
    until = models.UUIDField(null=True)
    created = models.PositiveIntegerField(default=0)
    has_product = models.PositiveIntegerField(default=0)
    inactive = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    obstructed = models.PositiveIntegerField(default=0)
    stocked = models.PositiveIntegerField(default=0)
    leftovers = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager["ItemImport"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Read newest first."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in ImportState]),
                name="item_import_state_known",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business", "-created_at"], name="item_import_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.created} of {self.total}"
