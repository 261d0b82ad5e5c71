"""Stock as a Django app."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """The append-only ledger."""

    name = "partsemble.stock"
    label = "stock"
    verbose_name = "Stock"
