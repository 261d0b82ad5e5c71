"""Jobs as a Django app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """The table of work and the registry of what can be done."""

    name = "partsemble.jobs"
    label = "jobs"
    verbose_name = "Background work"

    def ready(self) -> None:
        """This will import the `tasks` of every app, which register their kinds of job."""
        autodiscover_modules("tasks")
