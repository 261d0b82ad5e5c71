"""Catalog as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Products and their links."""

    name = "partsemble.catalog"
    label = "catalog"
    verbose_name = "Catalog"
