"""The mirror of the books' items."""

from typing import ClassVar

from django.db import models

from partsemble.accounting.documents import ItemType
from partsemble.database.fields import FixedPointField
from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager

TEXT_LENGTH = 500
"""Providers allow 100 characters a level and five levels; this holds all of them."""
SORT_LENGTH = 120
"""How much of a name decides its place in a list."""
SEARCH_LENGTH = 300
"""SKU, name, id and the beginning of the path; an index entry of PostgreSQL holds it in any
script together with the sort name."""


class Item(BusinessOwned):
    """One item of the books as it was last read (SYNC-3); only a sync writes it.

    `digest` stands for all mirrored fields: a reading that gives the same digest changed
    nothing, and a step of a plan applies only to the digest it was planned against (SYNC-4).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(
        "accounting.Connection", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=TEXT_LENGTH)
    full_name = models.CharField(max_length=TEXT_LENGTH)
    sku = models.CharField(max_length=TEXT_LENGTH, blank=True)
    type = models.CharField(max_length=16, choices=[(each.value, each.value) for each in ItemType])
    description = models.TextField(blank=True)
    unit_price = FixedPointField(null=True)
    purchase_cost = FixedPointField(null=True)
    quantity_on_hand = FixedPointField(null=True)
    inventory_start_date = models.DateField(null=True)
    income_account_id = models.CharField(max_length=64, blank=True)
    expense_account_id = models.CharField(max_length=64, blank=True)
    asset_account_id = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField()
    revision = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=32)
    sort_name = models.CharField(max_length=SORT_LENGTH)
    search_text = models.CharField(max_length=SEARCH_LENGTH)

    objects: ClassVar[ScopedManager["Item"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row per item of a connection.

        The index by name holds all that a search and its filters look at, so that they read a
        tenth of the table. Trigram indexes were left out: under row-level security PostgreSQL
        may not ask LIKE before the policy, and would not use them.
        """

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["connection", "external_id"], name="item_once_per_connection"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["business", "sort_name", "id", "type", "is_active", "search_text"],
                name="item_by_name",
            ),
            models.Index(fields=["business", "sku", "id"], name="item_by_sku"),
        ]

    def __str__(self) -> str:
        return self.full_name
