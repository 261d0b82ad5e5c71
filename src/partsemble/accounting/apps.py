"""Accounting as a Django app."""

from django.apps import AppConfig


class AccountingConfig(AppConfig):
    """Connections to books, and the mirror of what was read there."""

    name = "partsemble.accounting"
    label = "accounting"
    verbose_name = "Accounting"

    def ready(self) -> None:
        """This will make the job names of this app known to workers."""
        from partsemble.accounting import tasks  # noqa: F401, PLC0415 registers its job names
