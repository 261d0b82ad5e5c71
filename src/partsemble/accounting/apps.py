"""Accounting as a Django app."""

from django.apps import AppConfig


class AccountingConfig(AppConfig):
    """Connections to books, and the mirror of what was read there."""

    name = "partsemble.accounting"
    label = "accounting"
    verbose_name = "Accounting"
