"""Runs of the sync on the staff's pages."""

from django.contrib import admin

from partsemble.database.staff import BusinessFilter, LookOnlyAdmin
from partsemble.sync.models import ItemSync


@admin.register(ItemSync)
class ItemSyncAdmin(LookOnlyAdmin):
    """What was started, and what it came to."""

    list_display = ("queued_at", "business", "state", "trigger", "actor_label", "failure_code")
    list_filter = (BusinessFilter, "state", "trigger")
    list_select_related = ("business",)
    fields = (
        ("business", "id"),
        ("state", "trigger"),
        "actor_label",
        ("queued_at", "started_at", "finished_at"),
        ("total_rows", "read_rows"),
        ("planned_steps", "applied_steps"),
        ("created", "updated", "deactivated", "reactivated"),
        ("skipped_unchanged", "problem_count"),
        "failure_code",
    )
    readonly_fields = ("id",)
