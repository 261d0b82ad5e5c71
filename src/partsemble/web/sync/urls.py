"""Addresses of item syncs, below a business's Settings → Integrations."""

from django.urls import path

from partsemble.web.sync import run_views, views

urlpatterns = [
    path("", views.sync_items, name="sync_items"),
    path("start/", views.start_sync, name="start_sync"),
    path("types/", views.choose_types, name="choose_item_types"),
    path("runs/<uuid:run_id>/", run_views.show_run, name="sync_run"),
    path("runs/<uuid:run_id>/live/", run_views.show_run_live, name="sync_run_live"),
]
