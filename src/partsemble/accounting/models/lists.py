"""The mirrors of the books' chart of accounts and of their vendors."""

from typing import ClassVar

from django.db import models

from partsemble.accounting.documents import AccountClass, AccountType
from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager

TEXT_LENGTH = 500
"""Providers allow 100 characters a level and five levels; this holds all of them."""
SORT_LENGTH = 200
SEARCH_LENGTH = 600


class LedgerAccount(BusinessOwned):
    """One account of the chart as it was last read; only a sync writes it.

    One that a complete reading lacked stays, with `is_present` false: documents refer to it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(
        "accounting.Connection", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    external_id = models.CharField(max_length=64)
    number = models.CharField(max_length=TEXT_LENGTH, blank=True)
    name = models.CharField(max_length=TEXT_LENGTH)
    full_name = models.CharField(max_length=TEXT_LENGTH)
    type = models.CharField(
        max_length=32, choices=[(each.value, each.value) for each in AccountType]
    )
    subtype = models.CharField(max_length=TEXT_LENGTH, blank=True)
    classification = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in AccountClass]
    )
    currency = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField()
    is_present = models.BooleanField(default=True)
    parent_id = models.CharField(max_length=64, blank=True)
    revision = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=32)
    sort_key = models.CharField(max_length=SORT_LENGTH)
    search_text = models.CharField(max_length=SEARCH_LENGTH)

    objects: ClassVar[ScopedManager["LedgerAccount"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row per account of a connection, read in the order of the chart."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["connection", "external_id"], name="ledger_account_once_per_connection"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["business", "connection", "sort_key", "id"], name="ledger_account_in_chart"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class Vendor(BusinessOwned):
    """One vendor as it was last read; only a sync writes it. Absent ones stay, as accounts do."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(
        "accounting.Connection", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=TEXT_LENGTH)
    currency = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField()
    is_present = models.BooleanField(default=True)
    revision = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=32)
    sort_key = models.CharField(max_length=SORT_LENGTH)
    search_text = models.CharField(max_length=SEARCH_LENGTH)

    objects: ClassVar[ScopedManager["Vendor"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row per vendor of a connection, read in the order of names."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["connection", "external_id"], name="vendor_once_per_connection"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["business", "connection", "sort_key", "id"], name="vendor_by_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name
