"""The screens as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and views."""

    name = "partsemble.web"
    label = "web"
