"""Addresses of what a business switches on and off, below its Settings."""

from django.urls import path

from partsemble.web.features import views

urlpatterns = [
    path("features/", views.features, name="features"),
    path("features/receiving/", views.change_receiving, name="change_receiving"),
    path("integrations/mode/", views.change_inventory_mode, name="change_inventory_mode"),
]
