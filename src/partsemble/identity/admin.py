"""Businesses on the staff's pages."""

from django.contrib import admin

from partsemble.database.staff import LookOnlyAdmin
from partsemble.identity.models import Business


@admin.register(Business)
class BusinessAdmin(LookOnlyAdmin):
    """Which businesses there are."""

    list_display = ("name", "slug", "currency", "time_zone", "created_at")
    fields = ("name", "slug", "currency", "time_zone", "created_at")
    search_fields = ("name", "slug")
