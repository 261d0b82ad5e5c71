"""Work and workers on the staff's pages."""

from django.contrib import admin

from partsemble.database.staff import ExactFilter, LookOnlyAdmin
from partsemble.jobs.models import Job, Worker


class BusinessIdFilter(ExactFilter):
    """Jobs of one business; this app knows businesses by their ids alone."""

    title = "business (id)"
    parameter_name = "business"
    lookup = "business_id"


class NameFilter(ExactFilter):
    """Jobs of one kind."""

    title = "kind"
    parameter_name = "kind"
    lookup = "name"


@admin.register(Job)
class JobAdmin(LookOnlyAdmin):
    """What was asked of the workers, and how far it is; not what it was about."""

    list_display = ("name", "state", "business_id", "actor_label", "attempts", "created_at")
    list_filter = (BusinessIdFilter, NameFilter, "state")
    fields = (
        "name",
        "state",
        "business_id",
        "actor_label",
        "run_at",
        "attempts",
        "max_attempts",
        "worker",
        "lease_until",
        "progress",
        "last_error",
        "created_at",
        "started_at",
        "finished_at",
    )


@admin.register(Worker)
class WorkerAdmin(LookOnlyAdmin):
    """Who works, and when they were last seen."""

    list_display = ("name", "started_at", "seen_at")
    fields = ("name", "started_at", "seen_at")
    ordering = ("-seen_at",)
