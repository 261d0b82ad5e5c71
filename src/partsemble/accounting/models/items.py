"""The mirror of the books' items."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Substr

from partsemble.accounting.documents import ItemType
from partsemble.database.fields import FixedPointField
from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager

TEXT_LENGTH = 500
"""Providers allow 100 characters a level and five levels; this holds all of them."""
SORT_LENGTH = 120
"""How much of a name decides its place in a list."""
INITIALS_LENGTH = 8
"""How much of that is in the index: enough to find the neighbourhood, see `Item.Meta`."""
SEARCH_LENGTH = 300
"""SKU, name, id and the beginning of the path."""


class Item(BusinessOwned):
    """One item of the books as it was last read (SYNC-3); only a sync writes what is mirrored.

    `is_hidden` is ours: people put out of sight what is never going to be a product (ITEM-5).
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
    fingerprint = models.CharField(max_length=32, blank=True)
    sort_name = models.CharField(max_length=SORT_LENGTH)
    initials = models.GeneratedField(
        expression=Substr("sort_name", 1, INITIALS_LENGTH),
        output_field=models.CharField(max_length=INITIALS_LENGTH),
        db_persist=True,
    )
    search_text = models.CharField(max_length=SEARCH_LENGTH)
    is_hidden = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[ScopedManager["Item"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row per item of a connection, and one small index for the order by name.

        A sync writes 100,000 of these rows, and what it pays for is the pages of the indexes
        that each transaction touches: names and SKUs come in no order, so nearly every row
        dirties another page of each index on them. An index on the whole sort name with all
        that a search looks at, and another one on the SKU, made a first sync four times as
        long. So only the first letters are kept in order. They are few and recur, which keeps
        the index small and its pages busy; both databases walk along it and sort the rows of
        equal initials as they come, so that a page by name costs next to nothing; what it takes
        to pass rows on the way to a page far behind is there, too. Searches,
        filters and every other order read the business's rows once: 25 ms for 100,000.

        Trigram indexes were left out: under row-level security PostgreSQL may not ask LIKE
        before the policy, and would not use them.
        """

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["connection", "external_id"], name="item_once_per_connection"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["business", "initials", "is_hidden"], name="item_by_initials_shown"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name
