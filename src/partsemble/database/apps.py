"""Puts the guards of the database in place on every connection and after every migration."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class DatabaseConfig(AppConfig):
    """The ground that the apps stand on; it has no tables of its own."""

    name = "partsemble.database"
    label = "database"
    verbose_name = "Database ground"

    def ready(self) -> None:
        """This will hook the guards to the two moments that Django offers for them."""
        from partsemble.database import counting, guard, policies, triggers, waiting  # noqa: PLC0415 models need the registry

        connection_created.connect(guard.watch_connection)
        connection_created.connect(waiting.watch_connection)
        pre_migrate.connect(triggers.clear_before_migrate)
        post_migrate.connect(policies.install_after_migrate)
        post_migrate.connect(triggers.install_after_migrate)
        post_migrate.connect(counting.install_after_migrate)
