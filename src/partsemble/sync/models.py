"""Tables of sync: settings, runs, plans, problems."""

from typing import ClassVar

from django.db import models

from partsemble.database.ids import new_id
from partsemble.database.models import BusinessOwned, ScopedManager

# Tables of their own, made known here.
from partsemble.sync import correction_models, due_models, import_models  # noqa: F401
from partsemble.sync.types import OPEN_STATES, ReadMode, RefreshSubject, RunState, Trigger

NAME_LENGTH = 500


class SyncSettings(BusinessOwned):
    """What a business wants read; without a row, the defaults hold (SYNC-2)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item_types = models.JSONField()

    objects: ClassVar[ScopedManager["SyncSettings"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """One row a business."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["business"], name="sync_settings_once"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.item_types)


class ItemSync(BusinessOwned):
    """One run: what started it, how far it is, what it came to (SYNC-1, SYNC-5).

    `observed_at` is the provider's clock when it gave the first page; `book_rows` how many rows
    it counted then, of all types and states. `is_whole` is False if rows vanished while a full
    run read, so that one may have slipped past it. `is_holding` says that deactivations which
    nobody confirmed are held back.

    `followed` counts linked products that took over what their items say (ITEM-6).

    `holds_values` and `holds_zeros` say the same of corrections that change too much stock value,
    or empty too many products; None until corrections are weighed. `differing` counts products
    whose quantities differ from the books and are left alone (SYNC-8).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    connection = models.ForeignKey(
        "accounting.Connection", on_delete=models.PROTECT, related_name="+"
    )
    trigger = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in Trigger]
    )
    user_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=[(each.value, each.value) for each in RunState])
    types = models.JSONField()
    mode = models.CharField(
        max_length=16,
        choices=[(each.value, each.value) for each in ReadMode],
        default=ReadMode.FULL.value,
    )
    full_reason = models.CharField(max_length=16, blank=True)
    since = models.DateTimeField(null=True)
    layout = models.CharField(max_length=32, blank=True)
    is_preview = models.BooleanField(default=False)
    applied_preview = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    confirmed_run = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    queued_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    observed_at = models.DateTimeField(null=True)
    book_rows = models.PositiveIntegerField(null=True)
    is_whole = models.BooleanField(default=True)
    is_holding = models.BooleanField(default=False)
    is_plan_kept = models.BooleanField(default=True)
    total_rows = models.PositiveIntegerField(null=True)
    read_rows = models.PositiveIntegerField(default=0)
    planned_steps = models.PositiveIntegerField(default=0)
    applied_steps = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    deactivated = models.PositiveIntegerField(default=0)
    reactivated = models.PositiveIntegerField(default=0)
    held_back = models.PositiveIntegerField(default=0)
    skipped_unchanged = models.PositiveIntegerField(default=0)
    skipped_by_type = models.JSONField(default=dict)
    problem_count = models.PositiveIntegerField(default=0)
    followed = models.PositiveIntegerField(default=0)
    holds_values = models.BooleanField(null=True)
    holds_zeros = models.BooleanField(null=True)
    corrected = models.PositiveIntegerField(default=0)
    held_corrections = models.PositiveIntegerField(default=0)
    refused_corrections = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_facts = models.JSONField(default=dict)

    objects: ClassVar[ScopedManager["ItemSync"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """At most one run of a business is open, whatever the lock says, and one preview."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["business", "is_preview"],
                condition=models.Q(state__in=sorted(each.value for each in OPEN_STATES)),
                name="item_sync_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(applied_steps__lte=models.F("planned_steps")),
                name="item_sync_applies_what_is_planned",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["business", "-queued_at", "-id"], name="item_sync_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.state} run of {self.queued_at:%Y-%m-%d %H:%M}"


class PlanPage(BusinessOwned):
    """Some consecutive steps of a run's plan, frozen when they were planned (SYNC-4).

    Steps are numbered from 1 within the run; those up to the run's `applied_steps` are applied.
    The counts say what a page holds without opening its document (`confirmed`: how many of the
    deactivations a person let through); `names` is what a search looks at.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ItemSync, on_delete=models.CASCADE, related_name="+", db_index=False)
    first_sequence = models.PositiveIntegerField()
    step_count = models.PositiveIntegerField()
    created = models.PositiveIntegerField()
    updated = models.PositiveIntegerField()
    deactivated = models.PositiveIntegerField()
    reactivated = models.PositiveIntegerField()
    confirmed = models.PositiveIntegerField(default=0)
    names = models.TextField()
    steps = models.BinaryField()

    objects: ClassVar[ScopedManager["PlanPage"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Read by run, in order."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "first_sequence"], name="plan_page_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.step_count} steps from {self.first_sequence}"


class SyncProblem(BusinessOwned):
    """One item that a run could not mirror."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ItemSync, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=NAME_LENGTH)
    code = models.CharField(max_length=64)
    sentence = models.TextField()

    objects: ClassVar[ScopedManager["SyncProblem"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Behind the wall like the run itself."""

    def __str__(self) -> str:
        return f"{self.name}: {self.sentence}"


class SyncRefresh(BusinessOwned):
    """What a run did to accounts, vendors or preferences beside the items (SYNC-1)."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ItemSync, on_delete=models.CASCADE, related_name="+", db_index=False)
    subject = models.CharField(
        max_length=16, choices=[(each.value, each.value) for each in RefreshSubject]
    )
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    absent = models.PositiveIntegerField(default=0)
    fields = models.JSONField(default=list)
    failure_code = models.CharField(max_length=64, blank=True)

    objects: ClassVar[ScopedManager["SyncRefresh"]] = ScopedManager()

    class Meta(BusinessOwned.Meta):
        """Each subject once a run."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "subject"], name="sync_refresh_once_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.changed} changed"
