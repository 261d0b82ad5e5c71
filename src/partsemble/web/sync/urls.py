"""Addresses of item syncs, below a business's Settings → Integrations."""

from django.urls import path

from partsemble.web.sync import automatic, run_views, views

urlpatterns = [
    path("", views.sync_items, name="sync_items"),
    path("start/", views.start_sync, name="start_sync"),
    path("preview/", views.start_preview, name="start_preview"),
    path("types/", views.choose_types, name="choose_item_types"),
    path("automatic/", automatic.choose_automatic, name="choose_automatic_sync"),
    path("when-free/", automatic.run_when_free, name="run_when_free"),
    path("when-free/cancel/", automatic.call_off_sync, name="call_off_sync"),
    path("runs/<uuid:run_id>/", run_views.show_run, name="sync_run"),
    path(
        "runs/<uuid:run_id>/corrections/",
        run_views.show_run_corrections,
        name="sync_run_corrections",
    ),
    path("runs/<uuid:run_id>/live/", run_views.show_run_live, name="sync_run_live"),
]
