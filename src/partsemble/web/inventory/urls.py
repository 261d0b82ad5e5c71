"""Addresses of Inventory, below a business."""

from django.urls import path

from partsemble.web.inventory import importing, views

urlpatterns = [
    path("accounting-items/", views.accounting_items, name="accounting_items"),
    path("accounting-items/choose/", views.choose_items, name="choose_items"),
    path("accounting-items/import/", importing.import_items, name="import_items"),
    path("imports/<uuid:import_id>/", importing.item_import, name="item_import"),
    path("accounting-items/<uuid:item_id>/", views.accounting_item, name="accounting_item"),
    path(
        "accounting-items/in-the-books/<str:external_id>/",
        views.accounting_item_in_books,
        name="accounting_item_in_books",
    ),
]
