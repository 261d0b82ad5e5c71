"""Tables of quantities that are kept in step: from where they are compared, and what was done."""

from typing import ClassVar

from django.db import models

from partsemble.database.fields import FixedPointField
from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager
from partsemble.sync.types import CorrectionState


class LinkAnchor(BusinessOwned):
    """From where a product and its item are compared (ITEM-4).

    Stock entries up to `number` are in the books already, whatever they are. `purchase_cost` is
    the item's last one that our cost has followed: only a changed one revalues (SYNC-7). A row
    of another item than the present one counts for nothing.
    """

    product = models.OneToOneField(
        "catalog.Product", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    item = models.ForeignKey(
        "accounting.Item", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveBigIntegerField()
    purchase_cost = FixedPointField(null=True)

    objects: ClassVar[ScopedManager["LinkAnchor"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row a product, by its primary key."""

    def __str__(self) -> str:
        return f"{self.product_id} from {self.number} on"


class QuantityCorrection(BusinessOwned):
    """What a run made of one product whose item said something else than expected (SYNC-7).

    `quantity` is the books' quantity less the one that was expected there. What was there before
    and after is ours; for what was not applied, after is what would have been. The numbers are
    those of the stock entries that were posted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(
        "sync.ItemSync", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    item_id = models.UUIDField()
    state = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in CorrectionState]
    )
    code = models.CharField(max_length=64, blank=True)
    quantity = FixedPointField()
    remote = FixedPointField()
    expected = FixedPointField()
    on_hand_before = FixedPointField()
    on_hand_after = FixedPointField()
    shortage_after = FixedPointField()
    value_before = FixedPointField()
    value_after = FixedPointField()
    entry_number = models.PositiveBigIntegerField(null=True)
    cost_entry_number = models.PositiveBigIntegerField(null=True)

    objects: ClassVar[ScopedManager["QuantityCorrection"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One line a product in the report of a run."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "product"], name="correction_once_per_run"),
            models.CheckConstraint(
                condition=models.Q(state__in=[each.value for each in CorrectionState]),
                name="correction_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.quantity} of {self.product_id}"
