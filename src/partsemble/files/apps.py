"""Files as a Django app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Products from files."""

    name = "partsemble.files"
    label = "files"
    verbose_name = "Files"
