"""Sync as a Django app."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Runs and their plans."""

    name = "partsemble.sync"
    label = "sync"
    verbose_name = "Sync"

    def ready(self) -> None:
        """This will make the job names of this app known to workers."""
        from partsemble.sync import tasks  # noqa: F401, PLC0415 registers its job names
