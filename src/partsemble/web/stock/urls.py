"""Addresses of stock, below a business."""

from django.urls import path

from partsemble.web.stock import as_of_views, views

urlpatterns = [
    path("stock/", views.stock_transactions, name="stock_transactions"),
    path("stock/as-of/", as_of_views.stock_as_of, name="stock_as_of"),
    path("stock/as-of/download/", as_of_views.download_stock_as_of, name="download_stock_as_of"),
    path("stock/<uuid:entry_id>/", views.stock_transaction, name="stock_transaction"),
    path("stock/<uuid:entry_id>/reverse/", views.reverse_transaction, name="reverse_transaction"),
    path("products/<uuid:product_id>/adjust/", views.adjust_product, name="adjust_product"),
    path(
        "products/<uuid:product_id>/adjust/effect/",
        views.adjustment_effect,
        name="adjustment_effect",
    ),
]
