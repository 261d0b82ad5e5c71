"""Locks as a Django app."""

from django.apps import AppConfig


class LocksConfig(AppConfig):
    """The sync lock."""

    name = "partsemble.locks"
    label = "locks"
    verbose_name = "Sync lock"
