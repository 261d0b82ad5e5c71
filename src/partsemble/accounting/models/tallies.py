"""How many calls were made, per connection, per app, and month (CONN-9)."""

from typing import ClassVar

from django.db import models

from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager


class ConnectionTally(BusinessOwned):
    """The calls of one connection in one month."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(
        "accounting.Connection", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    client_id = models.CharField(max_length=200)
    month = models.DateField()
    reads = models.PositiveBigIntegerField()
    writes = models.PositiveBigIntegerField()

    objects: ClassVar[ScopedManager["ConnectionTally"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row a month."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["connection", "client_id", "month"], name="connection_tally_once_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.reads} reads"


class AppTally(models.Model):
    """The calls of all businesses as one app in one month, which is what a provider meters.

    It belongs to no business and tells nothing of any: two sums and a number of connections.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=16)
    client_id = models.CharField(max_length=200)
    month = models.DateField()
    reads = models.PositiveBigIntegerField()
    writes = models.PositiveBigIntegerField()
    connections = models.PositiveIntegerField()

    class Meta:
        """One row a month."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["provider", "client_id", "month"], name="app_tally_once_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.month:%Y-%m}: {self.reads} reads"
