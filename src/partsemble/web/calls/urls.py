"""Addresses of the sync log, below a business's Settings → Integrations."""

from django.urls import path

from partsemble.web.calls import views

urlpatterns = [
    path("", views.show_calls, name="sync_log"),
    path("<uuid:call_id>/", views.show_call, name="sync_log_call"),
]
