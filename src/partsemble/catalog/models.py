"""Tables of the catalog."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from partsemble.catalog.types import (
    DEFAULT_UNIT,
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    SKU_LENGTH,
    UNIT_LENGTH,
    ProductType,
)
from partsemble.database.fields import FixedPointField
from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager

SORT_LENGTH = 120
"""How much of a name decides its place in a list."""
SEARCH_LENGTH = 300
"""The SKU and the beginning of the name."""


class Product(BusinessOwned):
    """What a business stocks, builds or sells (PROD-1).

    `sku_key` and `sort_name` are the case-folded SKU and name: databases fold no case alike.
    `accounting_item` is the link to the books (ITEM-4). The catalog keeps it without reading
    through it: whoever sets it knows the item, and whoever needs the item asks the books.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sku = models.CharField(max_length=SKU_LENGTH)
    sku_key = models.CharField(max_length=3 * SKU_LENGTH)
    name = models.CharField(max_length=NAME_LENGTH)
    sort_name = models.CharField(max_length=SORT_LENGTH)
    search_text = models.CharField(max_length=SEARCH_LENGTH)
    description = models.CharField(max_length=DESCRIPTION_LENGTH, blank=True)
    type = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in ProductType]
    )
    is_stocked = models.BooleanField()
    unit = models.CharField(max_length=UNIT_LENGTH, default=DEFAULT_UNIT)
    unit_cost = FixedPointField(null=True)
    selling_price = FixedPointField(null=True)
    reorder_point = FixedPointField(null=True)
    is_active = models.BooleanField(default=True)
    accounting_item = models.OneToOneField(
        "accounting.Item", on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_item_active = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[ScopedManager["Product"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One SKU per business; read by SKU or by name."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["business", "sku_key"], name="product_sku_once_per_business"
            ),
            models.CheckConstraint(
                condition=Q(type__in=[each.value for each in ProductType]),
                name="product_type_known",
            ),
            models.CheckConstraint(condition=~Q(sku_key=""), name="product_sku_given"),
            models.CheckConstraint(
                condition=(Q(unit_cost__isnull=True) | Q(unit_cost__gte=0))
                & (Q(selling_price__isnull=True) | Q(selling_price__gte=0))
                & (Q(reorder_point__isnull=True) | Q(reorder_point__gte=0)),
                name="product_numbers_not_negative",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Every order of the list, with all that it takes to pass rows on the way to a page
            # far behind: a sort of 100,000 rows takes a tenth of a second. That by name is
            # searched, too, and holds the words (ADR 24).
            models.Index(
                fields=["business", "sort_name", "id", "is_active", "search_text"],
                name="product_by_name",
            ),
            *(
                models.Index(
                    fields=["business", column, "id", "is_active"], name=f"product_by_{name}"
                )
                for name, column in (
                    ("sku", "sku_key"),
                    ("type", "type"),
                    ("price", "selling_price"),
                    ("cost", "unit_cost"),
                )
            ),
        ]

    def __str__(self) -> str:
        return self.sku


class LinkChange(BusinessOwned):
    """One change of a product's link to the books: from, to, by whom, when (ITEM-4)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_item = models.ForeignKey(
        "accounting.Item", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_item = models.ForeignKey(
        "accounting.Item", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    user = models.ForeignKey(
        "identity.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_label = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[ScopedManager["LinkChange"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Read per product, newest first; a change that changes nothing is none."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(from_item__isnull=False) | Q(to_item__isnull=False),
                name="link_change_names_an_item",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business", "product", "-recorded_at"], name="link_change_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.from_item_id} → {self.to_item_id}"
