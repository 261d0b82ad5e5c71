"""The API as a Django app; it has a table, of the writes that clients may repeat."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The API for programs."""

    name = "partsemble.api"
    label = "api"
    verbose_name = "API"
