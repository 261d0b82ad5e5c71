"""Django's admin as this installation uses it."""

from django.contrib.admin.apps import AdminConfig


class StaffConfig(AdminConfig):
    """The admin with our site (`config.staff`) in place of its own."""

    default_site = "partsemble.config.staff.StaffSite"
