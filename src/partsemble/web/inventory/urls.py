"""Addresses of Inventory, below a business."""

from django.urls import path

from partsemble.web.inventory import views

urlpatterns = [
    path("accounting-items/", views.accounting_items, name="accounting_items"),
]
