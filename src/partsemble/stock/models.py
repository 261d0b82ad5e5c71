"""Tables of the ledger."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from partsemble.database.fields import FixedPointField
from partsemble.database.ids import new_id
from partsemble.database.models import AppendOnly, BusinessOwned, ScopedManager
from partsemble.stock.types import (
    KEY_ENDING_LENGTH,
    KEY_LENGTH,
    NOTES_LENGTH,
    AdjustmentReason,
    Counterpart,
    EntryKind,
)

FINGERPRINT_LENGTH = 64
"""SHA-256 in hexadecimal digits."""


class StockEntry(AppendOnly):
    """One posted event (STOCK-1): never changed, only followed by others.

    `key` names the event in its business, `fingerprint` stands for what was asked for under it.
    `number` counts the entries of the business in the order of posting; it is for people, and the
    order of everything here. `source_id` is no foreign key: documents and runs live above.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=16, choices=[(each.value, each.value) for each in EntryKind])
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    actor_label = models.CharField(max_length=200)
    source_kind = models.CharField(max_length=32, blank=True)
    source_id = models.UUIDField(null=True)
    key = models.CharField(max_length=KEY_LENGTH + KEY_ENDING_LENGTH)
    fingerprint = models.CharField(max_length=FINGERPRINT_LENGTH)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversal"
    )
    reason = models.CharField(max_length=16, blank=True)
    notes = models.CharField(max_length=NOTES_LENGTH, blank=True)
    move_count = models.PositiveIntegerField()

    objects: ClassVar[ScopedManager["StockEntry"]] = ScopedManager()

    class Meta(AppendOnly.Meta):
        """One entry per event, and one reversal per entry."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["business", "key"], name="entry_once_per_key"),
            models.UniqueConstraint(fields=["business", "number"], name="entry_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in EntryKind]), name="entry_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["", *(each.value for each in AdjustmentReason)]),
                name="entry_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.REVERSAL.value, reverses__isnull=False)
                | (~Q(kind=EntryKind.REVERSAL.value) & Q(reverses__isnull=True)),
                name="entry_reversal_names_its_entry",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, move_count__gte=1), name="entry_counts_from_one"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["source_id", "number"],
                condition=Q(source_id__isnull=False),
                name="entry_by_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.kind}"


class StockMove(AppendOnly):
    """One line of a posted event: what moved, from or to where, and what was there after it.

    The balance after each move is stored because it never changes: a page of a million moves
    with running balances costs what a page without them would. Number, kind and date are the
    entry's, kept here for the same reason.
    """

    BELONGS = (
        'EXISTS (SELECT 1 FROM "stock_stockentry" AS entry WHERE entry."id" = NEW."entry_id"'
        ' AND entry."business_id" = NEW."business_id" AND entry."number" = NEW."number"'
        ' AND entry."kind" = NEW."kind" AND entry."occurred_on" = NEW."occurred_on"'
        ' AND NEW."position" <= entry."move_count")'
    )
    """A posted entry has all the moves it will ever have."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(
        StockEntry, on_delete=models.PROTECT, related_name="moves", db_index=False
    )
    number = models.PositiveBigIntegerField()
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=[(each.value, each.value) for each in EntryKind])
    occurred_on = models.DateField()
    product = models.ForeignKey(
        "catalog.Product", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    counterpart = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in Counterpart]
    )
    quantity = FixedPointField()
    value = FixedPointField()
    shortage = FixedPointField()
    on_hand_after = FixedPointField()
    value_after = FixedPointField()
    shortage_after = FixedPointField()

    objects: ClassVar[ScopedManager["StockMove"]] = ScopedManager()

    class Meta(AppendOnly.Meta):
        """Read in the order of posting: all of them, those of a kind, those of a product."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["business", "number", "position"], name="move_place_once"
            ),
            models.CheckConstraint(
                condition=Q(counterpart__in=[each.value for each in Counterpart]),
                name="move_counterpart_known",
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="move_position_from_one"),
            models.CheckConstraint(
                condition=~Q(quantity=0, value=0, shortage=0), name="move_moves_something"
            ),
            models.CheckConstraint(
                condition=Q(quantity=0)
                | Q(quantity__gt=0, value__gte=0)
                | Q(quantity__lt=0, value__lte=0),
                name="move_value_goes_with_quantity",
            ),
            models.CheckConstraint(
                condition=Q(on_hand_after__gte=0, value_after__gte=0, shortage_after__gte=0)
                & (Q(on_hand_after__gt=0) | Q(value_after=0)),
                name="move_leaves_nothing_negative",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["product", "number", "position"], name="move_of_product"),
            models.Index(fields=["business", "kind", "number", "position"], name="move_of_kind"),
            # By day, with all that sums by day need.
            models.Index(
                fields=["product", "occurred_on", "quantity", "value", "shortage"],
                name="move_by_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}.{self.position}: {self.quantity} of {self.product_id}"


class StockBalance(BusinessOwned):
    """What is there of a product: the sum of its moves, kept for speed (STOCK-2).

    Its row is what postings lock. `number` is of the last entry that moved the product.
    """

    product = models.OneToOneField(
        "catalog.Product", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    on_hand = FixedPointField()
    value = FixedPointField()
    shortage = FixedPointField()
    last_unit_cost = FixedPointField(null=True)
    number = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[ScopedManager["StockBalance"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Nothing is negative, nothing is worth nothing, and no shortage beside stock (I1, I5)."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(on_hand__gte=0, value__gte=0, shortage__gte=0),
                name="balance_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(on_hand__gt=0) | Q(value=0), name="balance_empty_is_worthless"
            ),
            models.CheckConstraint(
                condition=Q(on_hand=0) | Q(shortage=0), name="balance_fills_shortage_first"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business", "on_hand"], name="balance_by_on_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.on_hand} of {self.product_id}"


class EntryCounter(BusinessOwned):
    """The number of a business's last entry."""

    business = models.OneToOneField(
        "identity.Business",
        primary_key=True,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
    )
    last_number = models.PositiveBigIntegerField()

    objects: ClassVar[ScopedManager["EntryCounter"]] = ScopedManager()

    def __str__(self) -> str:
        return str(self.last_number)
